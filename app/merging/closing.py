"""Closing the joining tenant for the length of the move, and letting it go on alone again."""

import asyncio
from contextvars import Context

from app.merging.refusals import MergeRefused
from app.trail import checking, heads, sealing
from app.usage import ending
from billing import collect
from tenants import provision, registry
from tenants.clusters import close_doors, owner, quoted
from tenants.current import acting_for
from tenants.db import control, place_of
from tenants.shapes import MERGING, Tenant

_CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2"
# A tenant the vendor had suspended, or that nobody was let in to yet, stays so.
_OPEN = """
update tenant set status = 'active', suspended_at = null, suspended_until = null,
    suspension_reason = null
where id = $1 and (status = 'suspended' and suspension_reason = $2
                   or status = 'provisioning' and $3)
"""
_UNBOOKED = "select exists (select from usage_pending)"
# Programs that have not heard yet write for some seconds more.
_TRIES = 20
_PAUSE_SECONDS = 0.5


async def shut(tenant: Tenant) -> bool:
    """People see a dated page; then nobody but the owner reaches the database, and it stays as it
    is. What was used comes into the books, what was done is sealed. Safe to repeat.

    Returns whether people were let in before. Raises MergeRefused when programs do not cease.
    """
    await registry.reload()
    known = await registry.by_slug(tenant.slug)
    if known is not None and known.status == "active":
        await provision.suspend(tenant.slug, MERGING, None)
        await registry.reload()
        known = await registry.by_slug(tenant.slug)
    await _still(tenant)
    return known is not None and known.suspension_reason == MERGING


async def open_again(tenant: Tenant, *, was_open: bool = False) -> None:
    """The database is open as before, and so are the doors if they were (`was_open`: known to
    have been, before the merger was whole). Safe to repeat."""
    await _open_database(tenant)
    await control.execute(_OPEN, tenant.id, MERGING, was_open)
    await registry.reload()


async def _still(tenant: Tenant) -> None:
    """Close until nothing is left to be booked or sealed: whoever had not heard may have written
    after the last words, and nobody could say any later."""
    if not await _may_connect(tenant):
        await _cut(tenant, still=True)
        if not await _is_left(tenant):
            return
    for _ in range(_TRIES):
        await _open_database(tenant)
        await _cut(tenant, still=False)
        # A context of its own: the caller may act for somebody else.
        await asyncio.create_task(_last_words(tenant), context=Context())
        await _cut(tenant, still=True)
        if not await _is_left(tenant):
            return
        await asyncio.sleep(_PAUSE_SECONDS)
    raise MergeRefused(f"programs go on writing to {tenant.slug}: end them, then run again")


async def _is_left(tenant: Tenant) -> bool:
    """Whether something was done that is not in the books or not sealed."""
    async with owner(tenant.cluster, tenant.database) as connection:
        unbooked = await connection.fetchval(_UNBOOKED)
        return bool(unbooked or await checking.unsealed(connection.fetch))


async def _open_database(tenant: Tenant) -> None:
    async with owner(tenant.cluster) as admin:
        await close_doors(admin, tenant.database, tenant.role)


async def _last_words(tenant: Tenant) -> None:
    with acting_for(tenant):
        await _count(tenant)
        # Our own transaction at the receiving side may be long: it holds no sealing back here.
        while await sealing.seal_rows(apart=True):
            pass
        await heads.publish()


async def count(tenant: Tenant) -> None:
    """Bring what a tenant has used until now into the books, in a context of its own."""

    async def counted() -> None:
        with acting_for(tenant):
            await _count(tenant)

    await asyncio.create_task(counted(), context=Context())


async def _count(tenant: Tenant) -> None:
    # What a rehearsal's copy has done was counted where it was done.
    if tenant.status != "provisioning":
        await ending.count_up_to_now()
    while await collect.collect():
        pass


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
