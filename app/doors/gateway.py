"""Where the SMS gateway reports what became of a message; machines only."""

from uuid import UUID

from litestar import Response, Router, get
from litestar.params import FromPath, FromQuery

from app.onestop.notices import reports
from tenants import registry
from tenants.current import NoTenant, acting_for
from tenants.shapes import Tenant
from tenants.work import work


# Kannel can only report by GET; the unguessable address stands in for a session.
@get("/{slug:str}/{notice_id:uuid}/{token:str}", opt={"public": True, "own_work": True})
async def take_report(
    slug: FromPath[str],
    notice_id: FromPath[UUID],
    token: FromPath[str],
    type: FromQuery[int] = 0,
) -> Response[None]:
    """Note one delivery report; an address that is not ours is answered like any wrong one."""
    tenant = await registry.by_slug(slug)
    try:
        taken = tenant is not None and await _take(tenant, notice_id, token, type)
    except NoTenant:
        taken = False  # It came to another tenant's host.
    return Response(None, status_code=204 if taken else 404)


async def _take(tenant: Tenant, notice_id: UUID, token: str, kind: int) -> bool:
    with acting_for(tenant):
        if not reports.is_ours(notice_id, token):
            return False
        if report := reports.KANNEL.get(kind):
            async with work():
                await reports.take_report(notice_id, report)
    return True


gateway_routes = Router(reports.PATH, route_handlers=[take_report])
