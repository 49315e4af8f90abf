"""Requests that come by the old address of a tenant that joined another (địa chỉ cũ).

What anybody may see and what machines call is answered there by the tenant that took over. Nobody
signs in there any more, since issuers know each tenant by its own address: whoever wants to is led
on, path and query kept.
"""

from litestar.types import HTTPScope
from prometheus_client import Counter

from app.doors.signin import paths
from infra.settings import settings
from tenants.shapes import Tenant

# Pages for people who sign in. The callback, which is below one of them, is answered.
_LED_ON = (paths.SIGN_IN["citizen"], "/can-bo", "/quan-tri")
_visits = Counter("motcua_old_address_total", "Requests by an old address", ["host"])


def leads_on(scope: HTTPScope, tenant: Tenant) -> str | None:
    """Where the tenant's own address has the page asked for; None to answer it here."""
    if scope["method"] not in {"GET", "HEAD"} or scope["path"] == paths.CALLBACK:
        return None
    # A part of a page cannot be fetched from another site; the doors send the whole page there.
    if any(name == b"hx-request" for name, _ in scope["headers"]):
        return None
    if not any(scope["path"] == each or scope["path"].startswith(f"{each}/") for each in _LED_ON):
        return None
    raw, query = scope["raw_path"], scope["query_string"]
    rest = (raw + b"?" + query if query else raw).decode("ascii", "replace")
    return settings().origin(tenant.host) + rest


def count(host: str) -> None:
    """Count a visit: an address that nobody uses any more may be given up one day."""
    _visits.labels(host).inc()
