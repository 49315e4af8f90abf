"""What the vendor's addresses name: a tenant and a month."""

from datetime import date

from app.refusals import NotFound
from billing.months import parse_month
from tenants import registry
from tenants.shapes import Tenant


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


def base_of(tenant: Tenant) -> str:
    """Where a tenant's statements are, before the month."""
    return f"/bang-ke/{tenant.slug}"
