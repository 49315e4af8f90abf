"""Signed addresses of the `files` driver: who holds one may fetch one object until it expires."""

import base64
import binascii
from datetime import timedelta

import msgspec

from infra import clock, sealed
from tenants.shapes import Tenant

PATH = "/kho"
_LONGEST = 4096


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What one link allows: this method, this key, until then, under this name and type."""

    method: str  # GET; a HEAD request counts as one
    key: str
    expires: int  # Unix seconds
    file_name: str
    media_type: str


def sign(tenant: Tenant, key: str, *, file_name: str, media_type: str, seconds: int) -> str:
    """The path of a link on any of the tenant's own addresses."""
    expires = clock.now() + timedelta(seconds=seconds)
    grant = Grant("GET", key, int(expires.timestamp()), file_name, media_type)
    body = base64.urlsafe_b64encode(msgspec.msgpack.encode(grant)).rstrip(b"=").decode()
    return f"{PATH}/{body}.{sealed.sign(_key(tenant), _message(tenant, body))}"


def read(tenant: Tenant, token: str) -> Grant | None:
    """The grant behind the last part of a link; None if forged, expired or another tenant's."""
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        return None
    if not sealed.signed(_key(tenant), _message(tenant, body), signature):
        return None
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        grant = msgspec.msgpack.decode(packed, type=Grant)
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        return None
    return grant if grant.expires >= clock.now().timestamp() else None


def _key(tenant: Tenant) -> bytes:
    return sealed.derive(tenant.secrets.key, "storage-link")


def _message(tenant: Tenant, body: str) -> str:
    return f"{tenant.id}|{body}"
