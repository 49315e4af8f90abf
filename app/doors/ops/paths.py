"""What the vendor's addresses name: a tenant and a month."""

from datetime import date

import msgspec

from app.refusals import NotFound
from billing.months import month_of, parse_month, shifted
from infra import clock
from tenants import registry
from tenants.shapes import Tenant


class MonthLinks(msgspec.Struct, frozen=True, kw_only=True):
    """The month a page shows, and its neighbours' addresses; none after the one at hand."""

    month: date
    words: str
    previous: str
    next: str


async def tenant_of(slug: str) -> Tenant:
    """The tenant of that short name; raises NotFound."""
    tenant = await registry.by_slug(slug)
    if tenant is None:
        raise NotFound
    return tenant


def month_at(text: str) -> date:
    """The first day of the month written `yyyy-mm`; raises NotFound for anything else."""
    month = parse_month(text)
    if month is None:
        raise NotFound
    return month


def month_links(here: str, text: str) -> MonthLinks:
    """The month asked for as `?thang=yyyy-mm`, or the one at hand."""
    this = month_of(clock.now())
    month = min(parse_month(text) or this, this)
    return MonthLinks(
        month=month,
        words=f"tháng {month:%m/%Y}",
        previous=f"{here}?thang={shifted(month, -1):%Y-%m}",
        next=f"{here}?thang={shifted(month, 1):%Y-%m}" if month < this else "",
    )


def base_of(tenant: Tenant) -> str:
    """Where a tenant's statements are, before the month."""
    return f"/bang-ke/{tenant.slug}"
