"""Sealing secrets at rest and signing short-lived links, both from 32-byte keys."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class BrokenSeal(Exception):
    """The sealed bytes were changed, or another key sealed them."""


def seal(key: bytes, plain: bytes, label: str) -> bytes:
    """AES-256-GCM: a 12-byte nonce and the cipher text; `label` binds it to its place."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, label.encode())


def unseal(key: bytes, sealed: bytes, label: str) -> bytes:
    """The plain bytes back; raises BrokenSeal when key, label or bytes do not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], label.encode())
    except InvalidTag:
        raise BrokenSeal(label) from None


def unseal_by(keys: Sequence[bytes], sealed: bytes, label: str) -> bytes:
    """The plain bytes by whichever of the keys sealed them; raises BrokenSeal when none did."""
    for key in keys[:-1]:
        with suppress(BrokenSeal):
            return unseal(key, sealed, label)
    return unseal(keys[-1], sealed, label)


def sign(key: bytes, message: str) -> str:
    """An HMAC-SHA256 of `message` as 43 URL-safe characters."""
    digest = hmac.new(key, message.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def signed(key: bytes, message: str, signature: str) -> bool:
    """Whether `signature` is ours for `message`; takes the same time either way."""
    return hmac.compare_digest(sign(key, message).encode(), signature.encode())


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, so that no two uses share key material."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()
