"""How the providers of a tenant's messages do (nhà cung cấp tin nhắn): counts, never a message."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from app.doors.ops.paths import month_links, tenant_of
from app.doors.providers_view import provider_lines
from app.doors.render import page
from app.onestop.notices import health
from infra import clock

Month = Annotated[str, QueryParameter(name="thang", max_length=7)]


@get("/nha-cung-cap/{slug:str}")
async def show_providers(slug: FromPath[str], thang: Month = "") -> Response[bytes]:
    """Each provider's state now, and the month's attempts, failures and delays."""
    tenant = await tenant_of(slug)
    here = f"/nha-cung-cap/{tenant.slug}"
    months = month_links(here, thang)
    standing = await health.told_now(tenant.id)
    counted = await health.of_month(tenant.id, months.month)
    return page(
        "ops/providers.html",
        tenant=tenant,
        here=here,
        months=months,
        providers=provider_lines(standing, counted, clock.now()),
        told_at=max((each.told_at for each in standing), default=None),
    )
