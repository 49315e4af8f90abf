"""The catalogue: rows about sets and copies, for people to watch; the archive needs none of it."""

from datetime import datetime
from uuid import UUID

from infra.clock import now
from infra.ids import uuid7
from tenants.backup.shapes import BackupSet, Kind
from tenants.db import control
from tenants.shapes import Tenant


async def begin(
    kind: Kind, cluster: str, tenant: Tenant | None = None, *, first_segment: str | None = None
) -> UUID:
    """A set that is being made."""
    identity = uuid7()
    whose = (tenant.id, tenant.slug) if tenant else (None, None)
    await control.execute(_BEGIN, identity, kind, cluster, *whose, now(), first_segment)
    return identity


async def finish(identity: UUID, reaches_at: datetime, parts: int, size: int) -> None:
    """The set is whole, and restores to (a base: from) `reaches_at`."""
    await control.execute(_FINISH, identity, now(), reaches_at, parts, size)


async def fail(identity: UUID, failure: str) -> None:
    """The set came to nothing."""
    await control.execute(_FAIL, identity, now(), failure[:500])


async def grown(identity: UUID, size: int) -> None:
    """One more file of an open log lies in the archive."""
    await control.execute(_GROWN, identity, size)


async def reached(identity: UUID, at: datetime) -> None:
    """An open log now holds everything that was committed before `at`."""
    await control.execute(_REACHED, identity, at)


async def end(identities: list[UUID], state: str) -> None:
    """Sets that nobody can restore any more: `retired` or `shredded`."""
    await control.execute(_END, identities, state, now())


async def forget_interrupted(kind: Kind, cluster: str) -> None:
    """What a killed process was making is no set; told when the next one begins."""
    await control.execute(_INTERRUPTED, kind, cluster, now())


async def copied(identity: UUID, place: str) -> None:
    """A whole copy of the set lies in that place."""
    await control.execute(_COPIED, identity, place, now())


async def verified(identity: UUID, place: str) -> None:
    """The copy in that place was read back and is what was written."""
    await control.execute(_VERIFIED, identity, place, now())


async def eras(cluster: str) -> list[BackupSet]:
    """The log's keys that still live, oldest first."""
    return [BackupSet.of(row) for row in await control.fetch(_ERAS, cluster)]


async def lost_since_base(cluster: str) -> bool:
    """Whether a piece of the cluster's log is gone and no base was begun since."""
    return bool(await control.fetch_value(_LOST, cluster))


async def was_copied_to(place: str) -> bool:
    """Whether a base that nobody has cleared away since was copied there."""
    return bool(await control.fetch_value(_COPIED_TO, place))


async def shredded(tenant_id: UUID) -> int:
    """How many of a tenant's own sets lost their keys for good."""
    return int(await control.fetch_value(_SHREDDED, tenant_id))


async def living(kind: Kind | None = None) -> list[BackupSet]:
    """Sets that can be restored, newest first."""
    return [BackupSet.of(row) for row in await control.fetch(_LIVING, kind)]


async def newest(limit: int = 100) -> list[BackupSet]:
    """The newest lines of the catalogue, whatever became of them."""
    return [BackupSet.of(row) for row in await control.fetch(_NEWEST, limit)]


async def places_of(identities: list[UUID]) -> dict[UUID, dict[str, datetime]]:
    """Where copies of these sets lie, and since when."""
    found: dict[UUID, dict[str, datetime]] = {identity: {} for identity in identities}
    for row in await control.fetch(_PLACES, identities):
        found[row["set_id"]][row["place"]] = row["copied_at"]
    return found


_BEGIN = """
insert into backup_set (id, kind, cluster, tenant_id, tenant_slug, state, began_at, first_segment)
values ($1, $2, $3, $4, $5, 'running', $6, $7)
"""
_FINISH = """
update backup_set set state = 'whole', ended_at = $2, reaches_at = $3, parts = $4, bytes = $5
where id = $1
"""
_FAIL = "update backup_set set state = 'failed', ended_at = $2, failure = $3 where id = $1"
_GROWN = "update backup_set set bytes = bytes + $2, parts = parts + 1 where id = $1"
_REACHED = "update backup_set set reaches_at = greatest(reaches_at, $2) where id = $1"
_END = """
update backup_set set state = $2, ended_at = coalesce(ended_at, $3)
where id = any($1) and state not in ('retired', 'shredded')
"""
_COPIED_TO = """
select exists (select from backup_copy c join backup_set s on s.id = c.set_id
               where c.place = $1 and s.kind = 'base' and s.state in ('whole', 'shredded'))
"""
_SHREDDED = "select count(*) from backup_set where tenant_id = $1 and state = 'shredded'"
_INTERRUPTED = """
update backup_set set state = 'failed', ended_at = $3, failure = 'interrupted'
where kind = $1 and cluster = $2 and state = 'running'
"""
_COPIED = """
insert into backup_copy (set_id, place, copied_at) values ($1, $2, $3) on conflict do nothing
"""
_VERIFIED = "update backup_copy set verified_at = $3 where set_id = $1 and place = $2"
_ERAS = """
select * from backup_set where kind = 'wal' and cluster = $1 and state in ('running', 'whole')
order by first_segment, began_at
"""
# An open log is being written for as long as it lives.
_LIVING = """
select * from backup_set where ($1::text is null or kind = $1)
  and (state = 'whole' or kind = 'wal' and state = 'running')
order by began_at desc
"""
_LOST = """
select exists (select from backup_receiver r where r.cluster = $1 and r.lost_at > coalesce(
    (select max(began_at) from backup_set s
     where s.kind = 'base' and s.state = 'whole' and s.cluster = $1), '-infinity'))
"""
_NEWEST = "select * from backup_set order by began_at desc limit $1"
_PLACES = "select set_id, place, copied_at from backup_copy where set_id = any($1)"
