"""The request's number, and the short code a citizen can read out on the telephone."""

import base64
import hashlib
from contextvars import ContextVar
from uuid import UUID

from infra.ids import uuid7

_request: ContextVar[UUID | None] = ContextVar("request", default=None)


def begin() -> UUID:
    """Give the request at hand its number."""
    number = uuid7()
    _request.set(number)
    return number


def request_id() -> str | None:
    """The number of the request at hand; None outside of one."""
    number = _request.get()
    return str(number) if number else None


def code_of(number: UUID | None) -> str:
    """Six letters and digits that stand for the request in a log search (mã sự cố)."""
    digest = hashlib.sha256(number.bytes if number else b"").digest()
    # Base32 has no 0, 1, 8 and 9 to be misheard for letters.
    return base64.b32encode(digest)[:6].decode()


def incident_code() -> str:
    """The incident code of the request at hand."""
    return code_of(_request.get())
