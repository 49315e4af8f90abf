"""Signing the trail's seals with a key derived from the tenant's own, which no database holds."""

from collections.abc import Collection
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.sealed import derive
from tenants.current import current
from tenants.shapes import Tenant

_PURPOSE = "trail seal"


def sign(message: bytes) -> bytes:
    """The current tenant's Ed25519 signature, 64 bytes."""
    return _private(current().secrets.key).sign(message)


def public_key(tenant: Tenant | None = None) -> bytes:
    """The 32 bytes by which anybody can check a tenant's seals."""
    return _private((tenant or current()).secrets.key).public_key().public_bytes_raw()


def signed(message: bytes, signature: bytes, key: bytes, trusted: Collection[bytes]) -> bool:
    """Whether a trusted key signed the message."""
    if key not in trusted:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _private(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive(key, _PURPOSE))
