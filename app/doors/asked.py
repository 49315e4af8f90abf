"""The request as handlers see it: nothing of ours hangs on its type parameters."""

from typing import Any

from litestar import Request

Asked = Request[Any, Any, Any]
