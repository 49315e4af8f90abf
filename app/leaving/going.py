"""Whether the removing of a tenant has begun: from there on nothing of it comes back."""

from uuid import UUID

from app.leaving.refusals import LeavingRefused
from tenants.db import control
from tenants.shapes import Tenant

# The steps of an erasure from the one that says something may be gone, in their order.
STEPS = ("removal_begun", "files_erased", "database_dropped", "backups_shredded", "backups_removed")
_GOING = """
select exists (select from erasure e join erasure_step s on s.erasure_id = e.id
               where e.tenant_id = $1 and s.step = any($2))
"""


async def is_going(tenant_id: UUID) -> bool:
    """Whether an erasure may have removed a part of the tenant."""
    return bool(await control.fetch_value(_GOING, tenant_id, list(STEPS)))


async def refuse(tenant: Tenant) -> None:
    """Raise LeavingRefused for a tenant of which a part may be gone."""
    if await is_going(tenant.id):
        raise LeavingRefused(f"{tenant.slug} is being erased: go on with motcua tenant erase")
