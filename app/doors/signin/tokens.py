"""Whether a token says what it must: signature first, then the claims one by one.

OpenID Connect Core 1.0 section 3.1.3.7; Back-Channel Logout 1.0 section 2.6. The checks of claims
are pure: they answer with the English name of what is wrong, or None.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from app.doors.signin import provider

Claims = Mapping[str, Any]

LEEWAY = timedelta(seconds=60)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# The protocol allows 255 ASCII characters for a subject.
_LONGEST = 255


class TokenRefused(Exception):
    """A token that proves nothing; its text is the English reason for the log."""


async def verified(issuer: str, token: str) -> jwt.Token:
    """The token, if one of the issuer's keys signed it; raises TokenRefused, ProviderDown."""
    algorithms = (await provider.metadata(issuer)).algorithms
    if not algorithms:
        # An empty list would mean the library's own choice.
        raise TokenRefused("the issuer offers no signature we believe")
    try:
        try:
            return jwt.decode(token, await provider.keys(issuer), algorithms=algorithms)
        except InvalidKeyIdError:
            # Issuers change their keys; ask once more before saying no.
            fresh = await provider.keys(issuer, anew=True)
            return jwt.decode(token, fresh, algorithms=algorithms)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"signature: {type(error).__name__}") from error


def wrong_in_id_token(
    claims: Claims, *, issuer: str, client_id: str, nonce: str, begun_at: datetime, at: datetime
) -> str | None:
    """What keeps an ID token from proving who signed in, in the attempt begun at `begun_at`."""
    if (wrong := _wrong_in_both(claims, issuer, client_id, at)) is not None:
        return wrong
    if not _text(claims, "sub"):
        return "sub"
    if (_moment(claims, "iat") or 0) < (begun_at - LEEWAY).timestamp():
        return "iat before the attempt"
    if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
        return "nonce"
    return None


def wrong_in_logout_token(
    claims: Claims, header: Claims, *, issuer: str, client_id: str, at: datetime
) -> str | None:
    """What keeps a logout token from ending sessions."""
    if (wrong := _wrong_in_both(claims, issuer, client_id, at)) is not None:
        return wrong
    if str(header.get("typ", "JWT")).lower().removeprefix("application/") not in _LOGOUT_TYPES:
        return "typ"
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        return "events"
    if not _text(claims, "sub") and not _text(claims, "sid"):
        return "neither sub nor sid"
    if not _text(claims, "jti"):
        return "jti"
    # A nonce would let an ID token pass for a logout token.
    return "nonce" if "nonce" in claims else None


_LOGOUT_TYPES = {"logout+jwt", "jwt"}


def _wrong_in_both(claims: Claims, issuer: str, client_id: str, at: datetime) -> str | None:
    if claims.get("iss") != issuer:
        return "iss"
    if not for_client(claims, client_id):
        return "aud"
    expires, issued, before = (_moment(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or at.timestamp() >= expires + LEEWAY.total_seconds():
        return "exp"
    latest = (at + LEEWAY).timestamp()
    if issued is None or issued > latest:
        return "iat"
    return "nbf" if before is not None and before > latest else None


def for_client(claims: Claims, client_id: str) -> bool:
    """Whether the token is meant for us, and no other client could have been given it."""
    audience = claims.get("aud")
    names = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if client_id not in names or (party is not None and party != client_id):
        return False
    return len(set(map(str, names))) == 1 or party == client_id


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


def _moment(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
