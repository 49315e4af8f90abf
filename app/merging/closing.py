"""Closing the joining tenant for the length of the move, and letting it go on alone again."""

import asyncio
from contextvars import Context

from app.trail import heads, sealing
from billing import collect
from tenants import provision, registry
from tenants.clusters import close_doors, owner, quoted
from tenants.current import acting_for
from tenants.db import control, place_of
from tenants.shapes import MERGING, Tenant

_CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2"
_OPEN = """
update tenant set status = 'active', suspended_at = null, suspended_until = null,
    suspension_reason = null where id = $1
"""


async def shut(tenant: Tenant) -> None:
    """People see a dated page; then nobody but the owner reaches the database, and it stays as it
    is. What was used comes into the books, what was done is sealed. Safe to repeat."""
    await registry.reload()
    known = await registry.by_slug(tenant.slug)
    if known is not None and known.status == "active":
        await provision.suspend(tenant.slug, MERGING, None)
    if await _may_connect(tenant):
        await _cut(tenant, still=False)
        # A context of its own: the caller may act for somebody else.
        await asyncio.create_task(_last_words(tenant), context=Context())
    await _cut(tenant, still=True)


async def open_again(tenant: Tenant) -> None:
    """The database and the doors are open as before. Safe to repeat."""
    async with owner(tenant.cluster) as admin:
        await close_doors(admin, tenant.database, tenant.role)
    await control.execute(_OPEN, tenant.id)
    await registry.reload()


async def _last_words(tenant: Tenant) -> None:
    with acting_for(tenant):
        while await collect.collect():
            pass
        # Our own transaction at the receiving side may be long: it holds no sealing back here.
        while await sealing.seal_rows(apart=True):
            pass
        await heads.publish()


async def _may_connect(tenant: Tenant) -> bool:
    async with owner(tenant.cluster) as admin:
        return bool(
            await admin.fetchval(
                "select has_database_privilege($1::text, $2::text, 'connect')",
                *(tenant.role, tenant.database),
            )
        )


async def _cut(tenant: Tenant, *, still: bool) -> None:
    """End what is at work there; `still`: and let nothing begin again."""
    pools, key = place_of(tenant)
    await pools.forget(key)
    async with owner(tenant.cluster) as admin:
        if still:
            database, role = quoted(tenant.database), quoted(tenant.role)
            await admin.execute(f"revoke connect on database {database} from {role}")
        await admin.execute(_CUT, tenant.database, tenant.role)
