"""Backups over all rooms: a night's work, a tenant brought back, drills with files and trail."""

from collections.abc import Awaitable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from app import lifecycle
from app.leaving import going
from app.trail import heads
from app.trail.sealing import verify
from infra.archive import archive_at
from infra.clock import now
from storage import backups as files
from tenants import parted, provision, registry, takeovers, upgrade
from tenants.backup import base, copies, drills, dumps, marks, places, restoring
from tenants.backup.drills import Drill, Seen
from tenants.backup.opening import reaching
from tenants.backup.restoring import Loaded
from tenants.backup.retiring import retire
from tenants.backup.shapes import BackupError, cause
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.db import control
from tenants.holding import held, must_be_settled
from tenants.shapes import Tenant

_log = structlog.get_logger()
# So many files are read back in a drill of one tenant.
_SAMPLE = 20


class Restored(NamedTuple):
    """A tenant's database as it was, loaded and waiting to be switched."""

    loaded: Loaded
    files: files.Returned
    doubted: int  # messages that waited then, and may have been sent since


async def tonight(cluster: str) -> list[str]:
    """What is due every night for one cluster; a line for each step that failed.

    One step's trouble keeps none of the others from being done.
    """
    troubles: list[str] = []
    if await drills.can_drill(cluster):
        await _step(troubles, "drill", drill(cluster))
    await _step(troubles, "base", base.take(cluster))
    for tenant in await _tenants(cluster):
        await _step(troubles, f"dump of {tenant.slug}", dumps.take(tenant))
    troubles += await new_files(cluster)
    await _step(troubles, "copies", _copy_sets(troubles))
    await _step(troubles, "old sets", retire())
    return troubles


async def tonight_files(tenant: Tenant) -> int:
    """Copy a tenant's new files to every place of ours; how many copies were made."""
    async with held(tenant.slug, beside="files"):
        return await _copied_files(tenant)


async def _copied_files(tenant: Tenant) -> int:
    with acting_for(tenant):
        return sum([await files.copy_files(*place) for place in places.own().items()])


async def new_files(cluster: str) -> list[str]:
    """Copy the files that came since; a line for each tenant whose could not be."""
    troubles: list[str] = []
    for tenant in await _tenants(cluster):
        await _step(troubles, f"files of {tenant.slug}", tonight_files(tenant))
    return troubles


async def push_due() -> list[str]:
    """Send tenants' own copies where they want them, when it is time; a line for each failure."""
    troubles: list[str] = []
    due = {row["tenant_id"] for row in await control.fetch(_PUSH_DUE, now())}
    for tenant in await registry.active():
        if tenant.id in due:
            await _step(troubles, f"push to {tenant.slug}", copies.push(tenant))
    return troubles


async def drill(cluster: str) -> list[Drill]:
    """Restore the cluster's newest base, and the own copy of whoever's was not for longest."""
    found = await drills.of_cluster(cluster, _look)
    longest = await control.fetch_value(_UNDRILLED, cluster)
    tenant = next((t for t in await registry.active() if t.id == longest), None)
    if tenant:
        found.append(await drills.of_own(tenant, _look))
    return found


async def mark(cluster: str) -> None:
    """Mark every tenant of a cluster now, to have something to hold a drill against."""
    for tenant in await _tenants(cluster):
        if not await marks.take(tenant):
            raise BackupError(f"{tenant.slug} was never quiet; try again later")


async def restore(slug: str, target: datetime, *, own: bool) -> Restored:
    """Load a tenant as it was at `target` beside the living one, and bring its files back.

    `own` reads its own backup instead of its cluster's. Messages that waited to be sent then are
    put in doubt: they may have gone out since, and an officer decides. Nothing is switched yet.
    """
    async with held(slug, beside="restore"):
        tenant = await _whole(slug)
        await _must_have_been_itself(tenant, target)
        if not own:
            await reaching(tenant.cluster, target)
        return await _restored(tenant, target, own)


async def _restored(tenant: Tenant, target: datetime, own: bool) -> Restored:
    load = restoring.from_own if own else restoring.from_cluster
    loaded = await load(tenant, target)
    async with owner(tenant.cluster, loaded.database) as connection:
        returned = await _bring_files(tenant, connection)
        tag = await connection.execute(_DOUBT)
    await restoring.note_files(loaded.run, len(returned.missing))
    return Restored(loaded, returned, int(tag.split()[-1]))


async def bring_files_back(slug: str) -> files.Returned:
    """Put the files a tenant knows and its store has lost back from the places."""
    async with held(slug, beside="restore"):
        tenant = await _whole(slug)
        async with owner(tenant.cluster, tenant.database) as connection:
            return await _bring_files(tenant, connection)


async def switch(slug: str, who: str, reason: str, *, alone: bool = False) -> str:
    """Let the restored database serve; what the old one is called since.

    Whoever switches answers for it that the trail goes on from an earlier seal. `alone`: also one
    from before others joined, whose data is not in it: their mergers have to be given up then.
    Raises ProvisionError, and BackupError for one that does not hold who is part of the tenant
    now, or holds who has left.
    """
    async with held(slug, beside="restore"), held(slug, beside="merger"):
        tenant = await _whole(slug)
        # The closed database of who joined another is what the two are told apart by.
        await provision.must_be_alone(slug)
        await must_be_settled(tenant.id)
        await _must_hold_the_same(tenant, alone)
        kept = await restoring.switch(tenant)
    # It may be from before an upgrade: until `motcua upgrade` no program touches it.
    await upgrade.look(tenant)
    with acting_for(tenant):
        head = await heads.head()
    await heads.accept_break(tenant, head.seq if head else 0, who, reason)
    return kept


async def _must_have_been_itself(tenant: Tenant, target: datetime) -> None:
    if any(begin <= target < end for begin, end in await parted.away(tenant.id)):
        raise BackupError(
            f"{tenant.slug} was part of another tenant then: what it did lies in that one's backups"
        )


async def _must_hold_the_same(tenant: Tenant, alone: bool) -> None:
    """Who joined since would be nowhere, who parted since would be in two places."""
    parts = {each.former.id for each in await takeovers.in_force() if each.into_id == tenant.id}
    there = await restoring.who_was_part(tenant)
    slugs = {each.id: each.slug for each in await registry.every()}
    if gone := ", ".join(slugs.get(each, str(each)) for each in there - parts):
        raise BackupError(
            f"{gone} was part of {tenant.slug} then and is not any more: restore to a moment after"
            " they parted"
        )
    missing = ", ".join(slugs.get(each, str(each)) for each in parts - there)
    if missing and not alone:
        raise BackupError(
            f"{missing} had not joined {tenant.slug} then, and what it has done since would be"
            " lost: restore to a later moment; or, if there is none, switch with --alone and then"
            " motcua tenant merge cancel, which opens it as it was"
        )


async def name_place(slug: str, address: str, every_hours: int) -> None:
    """Send a tenant's own copies to its centre from now on; the place is written to at once."""
    archive_at(address)
    await copies.name_place(await lifecycle.named(slug), address, every_hours)


async def _whole(slug: str) -> Tenant:
    """The tenant, of which nothing was erased; raises ProvisionError."""
    tenant = await lifecycle.named(slug)
    await going.refuse(tenant)
    return tenant


async def _look(tenant_id: UUID, connection: asyncpg.Connection, at: datetime) -> Seen:
    """Files and trail of a database restored as of `at`."""
    tenant = next((t for t in await registry.every() if t.id == tenant_id), None)
    if tenant is None:
        return Seen()
    count, failure = await files.prove(tenant, connection, _SAMPLE)
    with acting_for(tenant):
        verdict = await verify(connection.fetch, keys=await heads.trusted(tenant), at=at)
    if not verdict.whole:
        failure = failure or f"the trail is broken: {verdict.findings[0].line}"
    return Seen(count, "whole" if verdict.whole else "broken", failure)


async def _bring_files(tenant: Tenant, connection: asyncpg.Connection) -> files.Returned:
    with acting_for(tenant):
        return await files.bring_back(await files.known_files(connection))


async def _copy_sets(troubles: list[str]) -> None:
    troubles += await copies.copy_all()


async def _tenants(cluster: str) -> list[Tenant]:
    await registry.reload()
    return [tenant for tenant in await registry.active() if tenant.cluster == cluster]


async def _step(troubles: list[str], name: str, doing: Awaitable[object]) -> None:
    try:
        await doing
    except Exception as error:
        _log.error("backup_step_failed", step=name, error=type(error).__name__, exc_info=True)
        troubles.append(f"{name}: {cause(error)}")


_PUSH_DUE = """
select tenant_id from backup_place
where pushed_at is null or pushed_at + every_hours * interval '1 hour' <= $1
"""
# Whose own copy was never restored, or not for longest.
_UNDRILLED = """
select s.tenant_id from backup_set s left join lateral (
    select max(at) as at from restore_drill d where d.tenant_id = s.tenant_id and d.kind = 'dump'
) d on true
where s.kind = 'dump' and s.state = 'whole' and s.cluster = $1
group by s.tenant_id, d.at order by d.at nulls first limit 1
"""
_DOUBT = """
update notice set state = 'in_doubt', claimed_until = null, error = 'restored'
where state = 'pending'
"""
