"""What an issuer says about itself: endpoints and keys, kept for ten minutes in this process.

OpenID Connect Discovery 1.0; JWK Sets of RFC 7517.
"""

import time
from typing import Any, TypeVar

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.doors.signin.refusals import ProviderDown
from infra import http
from infra.outside import UNREADABLE
from infra.settings import settings

T = TypeVar("T")

_FRESH_SECONDS = 600.0
# A forged token with an unknown key must not make us ask the issuer again and again.
_AGAIN_SECONDS = 10.0
_LARGEST_ANSWER = 512 * 1024


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a discovery document that we use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    scopes_supported: list[str] | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool | None = None

    @property
    def algorithms(self) -> list[str]:
        """Signatures we believe: never none, never one made with a secret two parties share."""
        offered = self.id_token_signing_alg_values_supported
        return [name for name in offered if name != "none" and not name.startswith("HS")]


class _Known(msgspec.Struct):
    """What this process holds of one issuer."""

    metadata: Metadata
    read_at: float
    keys: KeySet | None = None
    keys_read_at: float = 0.0


_known: dict[str, _Known] = {}


async def metadata(issuer: str) -> Metadata:
    """The issuer's own description; raises ProviderDown when it gives none that fits."""
    return (await _entry(issuer)).metadata


async def keys(issuer: str, *, anew: bool = False) -> KeySet:
    """The issuer's keys; `anew` asks again, because a token names a key not among them."""
    entry = await _entry(issuer)
    age = time.monotonic() - entry.keys_read_at
    if entry.keys is None or age > _FRESH_SECONDS or (anew and age > _AGAIN_SECONDS):
        entry.keys = _key_set(await _get(entry.metadata.jwks_uri, dict[str, Any]))
        entry.keys_read_at = time.monotonic()
    return entry.keys


async def userinfo(address: str, access_token: str) -> dict[str, Any]:
    """The claims behind an access token (OpenID Connect Core 1.0 section 5.3)."""
    bearer = {"Authorization": f"Bearer {access_token}"}
    return await _get(address, dict[str, Any], headers=bearer)


def forget() -> None:
    """Drop everything kept; the next question asks the issuer."""
    _known.clear()


async def _entry(issuer: str) -> _Known:
    known = _known.get(issuer)
    if known is not None and time.monotonic() - known.read_at < _FRESH_SECONDS:
        return known
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = await _get(address, Metadata)
    if found.issuer != issuer:
        raise ProviderDown("the discovery document is another issuer's")
    for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
        _must_be_secure(endpoint)
    _known[issuer] = _Known(metadata=found, read_at=time.monotonic())
    return _known[issuer]


async def _get(address: str, shape: type[T], headers: dict[str, str] | None = None) -> T:
    _must_be_secure(address)
    try:
        async with http.client() as client:
            answer = await client.get(address, headers=headers)
        if answer.status_code != 200 or len(answer.content) > _LARGEST_ANSWER:
            raise ProviderDown(f"status {answer.status_code}")
        return msgspec.json.decode(answer.content, type=shape)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, *UNREADABLE) as error:
        raise ProviderDown(type(error).__name__) from error


def _key_set(document: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(document)  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderDown(f"keys: {type(error).__name__}") from error


def _must_be_secure(address: str) -> None:
    if settings().mode == "production" and not address.startswith("https://"):
        raise ProviderDown("an endpoint is not https")
