"""Where the document is read: `/api/v1/openapi.json`, the same for everybody."""

from typing import Any

import msgspec
from litestar import Response, get

from app.doors.asked import Asked
from app.doors.interface.described import Api
from app.doors.interface.document import document
from app.doors.interface.words import TENANT_SITE, VENDOR_SITE, Title
from app.doors.render import site
from app.doors.sites import OPS_SITE

PATH = "/api/v1/openapi.json"
# Of each kind of site there is one in a process, and its doors do not change.
_written: dict[Title, bytes] = {}


@get(
    PATH,
    opt={
        "public": True,
        "api": Api(name="readInterface", of="interface", gives={200: dict[str, Any]}),
    },
)
async def read_interface(request: Asked) -> Response[bytes]:
    """This document (OpenAPI 3.1); it says nothing that depends on the tenant."""
    title = VENDOR_SITE if site.get() is OPS_SITE else TENANT_SITE
    if title not in _written:
        _written[title] = msgspec.json.encode(document(request.app, title))
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(_written[title], media_type="application/json", headers=headers)
