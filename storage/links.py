"""Signed addresses of the `files` driver: who holds one may fetch one object until it expires."""

import base64
import binascii
from datetime import timedelta

import msgspec

from infra import clock, sealed
from tenants.shapes import Signer, Tenant

PATH = "/kho"
_LONGEST = 4096
_LONGEST_LIFE = timedelta(days=1)


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
    own = tenant.signers[0]
    return f"{PATH}/{body}.{sealed.sign(_key(own), _message(own, body))}"


def read(tenant: Tenant, token: str) -> Grant | None:
    """The grant behind the last part of a link; None if forged, expired or another tenant's.

    Those of tenants that joined this one are good here: their objects lie under the same keys.
    """
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        return None
    signer = _signer(tenant, body, signature)
    if signer is None:
        return None
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        grant = msgspec.msgpack.decode(packed, type=Grant)
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        return None
    if _too_late(signer, grant):
        return None
    return grant if grant.expires >= clock.now().timestamp() else None


def _signer(tenant: Tenant, body: str, signature: str) -> Signer | None:
    ours = (s for s in tenant.signers if sealed.signed(_key(s), _message(s, body), signature))
    return next(ours, None)


def _too_late(signer: Signer, grant: Grant) -> bool:
    """Whether it was signed by a key that had been put away: links live for a minute."""
    retired = signer.retired_at
    return retired is not None and grant.expires > (retired + _LONGEST_LIFE).timestamp()


def _key(signer: Signer) -> bytes:
    return sealed.derive(signer.key, "storage-link")


def _message(signer: Signer, body: str) -> str:
    return f"{signer.id}|{body}"
