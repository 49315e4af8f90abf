"""Whether an issuer made sure enough of a person: `acr`, `amr` and `auth_time`. Pure.

OpenID Connect Core 1.0 section 2; TCVN 14423:2026 asks for several factors from administrators and
from the vendor's staff. What an issuer does not say counts as the weakest it could have done.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tenants.issuers import Demands

_LAST_SECOND = 2**33
LEEWAY = timedelta(seconds=60)


def lacking(claims: Mapping[str, Any], demands: Demands, at: datetime) -> str | None:
    """What an ID token's own claims lack of what is demanded, in English for the log, or None."""
    if (demands.acr or demands.amr) and not _strong(claims, demands):
        return "neither acr nor amr shows a second factor"
    if demands.max_age_seconds and not _recent(claims, demands.max_age_seconds, at):
        return "auth_time is missing or too long ago"
    return None


def asked_for(demands: Demands) -> dict[str, str]:
    """What the authorization request says of it."""
    asked = {"acr_values": " ".join(demands.acr)} if demands.acr else {}
    if demands.max_age_seconds:
        asked["max_age"] = str(demands.max_age_seconds)
    return asked


def proved_at(claims: Mapping[str, Any]) -> datetime | None:
    """When the person last proved who they are, aware UTC; None where the issuer does not say."""
    said = claims.get("auth_time")
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(said, UTC)


def shown(claims: Mapping[str, Any]) -> dict[str, Any]:
    """How the person proved it, for the trail."""
    return {name: claims[name] for name in ("acr", "amr", "auth_time") if name in claims}


def _strong(claims: Mapping[str, Any], demands: Demands) -> bool:
    methods = claims.get("amr")
    used = set(map(str, methods)) if isinstance(methods, list) else set()
    return claims.get("acr") in demands.acr or bool(used & set(demands.amr))


def _recent(claims: Mapping[str, Any], seconds: int, at: datetime) -> bool:
    proved = claims.get("auth_time")
    if isinstance(proved, bool) or not isinstance(proved, int | float):
        return False
    return (at - timedelta(seconds=seconds) - LEEWAY).timestamp() <= proved
