"""Who a message comes from: signed with the sender's own key, for one receiver, for a few minutes.

A bearer token (RFC 6750) that is a JWT (RFC 7519) signed with Ed25519 (RFC 8037); `iss` is the
sender's address, `aud` the receiver's, `sha256` the digest of the very bytes it goes with.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from infra.outside import UNREADABLE
from infra.sealed import derive
from infra.settings import settings
from tenants.shapes import Signer, Tenant

LIFETIME = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)
_ALGORITHMS = ["Ed25519"]


class NotProven(Exception):
    """A token that proves nothing; its text is the English reason for the log."""


def address_of(tenant: Tenant) -> str:
    """The tenant's address as its partners know it."""
    return settings().origin(tenant.host)


def addresses_of(tenant: Tenant) -> tuple[str, ...]:
    """Every address partners may know it by: its own, then those of tenants that joined it."""
    return tuple(settings().origin(signer.host) for signer in tenant.signers)


def public_key_of(tenant: Tenant) -> str:
    """The tenant's public key as its partners keep it: 43 characters of base64url."""
    return _public_text(tenant.signers[0])


def is_public_key(text: str) -> bool:
    """Whether the text can be a partner's public key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(text))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return _text(key.public_bytes_raw()) == text


def signed(signer: Signer, audience: str, digest: str, at: datetime) -> str:
    """A token of the signer for bytes of that digest, good for a few minutes from `at`."""
    claims = {
        "iss": settings().origin(signer.host), "aud": audience, "sha256": digest,
        "iat": int(at.timestamp()), "exp": int((at + LIFETIME).timestamp()),
    }  # fmt: skip
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "d": _text(_private_key(signer).private_bytes_raw()),
            "x": _public_text(signer),
        }
    )
    return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=_ALGORITHMS)


def sender_said(token: str) -> str:
    """Whose token it says to be, not yet believed. Raises NotProven."""
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(_bytes(payload))
    except (IndexError, ValueError, *UNREADABLE):
        raise NotProven("not a token") from None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str) or not issuer.isascii() or not issuer.isprintable():
        raise NotProven("iss")
    return issuer


def check(
    token: str,
    *,
    issuer: str,
    public_key: str,
    audiences: tuple[str, ...],
    digest: str,
    at: datetime,
) -> None:
    """Make sure the issuer's key signed the token, now, for us and for bytes of that digest.

    `audiences` are our own addresses, old ones among them. Raises NotProven.
    """
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public_key})
    try:
        claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotProven(f"signature: {type(error).__name__}") from error
    if wrong := _wrong(claims, issuer, audiences, digest, at):
        raise NotProven(wrong)


def _wrong(
    claims: Mapping[str, Any], issuer: str, audiences: tuple[str, ...], digest: str, at: datetime
) -> str | None:
    if claims.get("iss") != issuer:
        return "iss"
    if claims.get("aud") not in audiences:
        return "aud"
    if not hmac.compare_digest(str(claims.get("sha256")).encode(), digest.encode()):
        return "sha256"
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > (at + LEEWAY).timestamp():
        return "iat"
    longest = issued + LIFETIME.total_seconds()
    if not isinstance(expires, int) or not at.timestamp() - LEEWAY.total_seconds() < expires:
        return "exp"
    return "exp" if expires > longest else None


def _public_text(signer: Signer) -> str:
    return _text(_private_key(signer).public_key().public_bytes_raw())


def _private_key(signer: Signer) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(signer.key, "exchange"))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
