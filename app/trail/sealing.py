"""Sealing what was committed, one bounded batch at a time; nobody who writes has to wait.

A row carries its transaction's number. Below the oldest transaction still at work everything is
settled, so rows are taken in that order and only up to there: one that commits late is sealed
late, and never missed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from app.trail import rules, signing
from app.trail.chain import Finding
from app.trail.checking import Published, Verdict, verify
from app.trail.rows import COLUMNS
from app.trail.rules import NO_SEAL, NOWHERE, Seal
from infra.clock import now
from tenants import db
from tenants.work import work

__all__ = ["BATCH", "Finding", "Published", "Verdict", "any_to_seal", "seal_rows", "told", "verify"]

BATCH = 5000
# Any fixed number serves: two sealers at once would only make the same seal twice.
_LOCK = 0x6D6F7473

# Rows of another cluster came with a restored database, and no transaction of theirs is at work.
# Served by trail_by_position and trail_seal_by_cluster: one step for each cluster there ever was.
_OPEN = """
with recursive place (cluster) as (
    (select cluster from trail order by cluster limit 1)
    union all
    select (select t.cluster from trail t where t.cluster > p.cluster order by t.cluster limit 1)
    from place p where p.cluster is not null
), here as (
    select (pg_control_system()).system_identifier as cluster, case when $3
        then least(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, {at_work})
        else pg_snapshot_xmin(pg_current_snapshot())::text::bigint end as horizon
), open as (
    select p.cluster, coalesce(s.to_tx, $1) as tx, coalesce(s.to_id, $2::uuid) as id,
           case when p.cluster = here.cluster then here.horizon
                else 9223372036854775807 end as horizon
    from place p cross join here left join lateral (
        select to_tx, to_id from trail_seal
        where cluster = p.cluster order by seq desc limit 1) s on true
    where p.cluster is not null
)
select cluster, tx, id, horizon from open o where exists (
    select from trail t
    where t.cluster = o.cluster and (t.tx, t.id) > (o.tx, o.id) and t.tx < o.horizon)
order by cluster limit 1
"""
# The oldest transaction that this role has at work in this database. A later one has a number that
# was not given yet when the snapshot was taken; rows are read by a statement of their own after it.
_AT_WORK = """
(select min(x.newest - ((x.newest - a.backend_xid::text::bigint) & 4294967295))
 from pg_stat_activity a, (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint) x (newest)
 where a.datname = current_database() and a.backend_xid is not null and a.pid <> pg_backend_pid())
"""
_OPEN = _OPEN.format(at_work=_AT_WORK)
_ROWS = f"""
select {COLUMNS} from trail
where cluster = $1 and (tx, id) > ($2, $3::uuid) and tx < $4 order by trail.tx, trail.id limit $5
"""  # noqa: S608
_HEAD = "select seq, digest, total from trail_seal order by seq desc limit 1"
_KEEP = """
with kept as (insert into trail_leaf (seq, leaves) values ($1, $17))
insert into trail_seal (seq, previous, cluster, after_tx, after_id, to_tx, to_id, rows, total,
                        first_at, last_at, sealed_at, leaves, public_key, digest, signature)
values ($1, $2, $3, $4, $5::text::uuid, $6, $7::text::uuid, $8, $9, $10::text::timestamptz,
        $11::text::timestamptz, $12::text::timestamptz, $13, $14, $15, $16)
"""


class Place(NamedTuple):
    """From where and up to which transaction rows of a cluster may be sealed."""

    cluster: int
    tx: int
    id: UUID
    horizon: int


async def any_to_seal() -> bool:
    """Whether settled rows wait for their seal."""
    return await _open() is not None


async def seal_rows(most: int = BATCH, *, apart: bool = False) -> int:
    """Seal at most that many of the current tenant's rows; how many. One transaction.

    `apart`: whatever is at work in other databases of the cluster does not hold the sealing back,
    for a tenant that is being closed and has no other role that writes.
    """
    async with work():
        if not await db.tenant.fetch_value("select pg_try_advisory_xact_lock($1)", _LOCK):
            return 0
        place = await _open(apart=apart)
        if place is None:
            return 0
        rows = await db.tenant.fetch(_ROWS, *place, most)
        await _keep(place, [tuple(row) for row in rows])
        return len(rows)


async def _open(*, apart: bool = False) -> Place | None:
    row = await db.tenant.fetch_row(_OPEN, *NOWHERE, apart)
    return Place(*row) if row else None


async def _keep(place: Place, rows: Sequence[tuple[Any, ...]]) -> None:
    head = await db.tenant.fetch_row(_HEAD)
    leaves = b"".join(map(rules.leaf, rows))
    moments = [row[1] for row in rows]
    seal = Seal(
        seq=head["seq"] + 1 if head else 1,
        previous=head["digest"] if head else NO_SEAL,
        cluster=place.cluster,
        after_tx=place.tx,
        after_id=str(place.id),
        to_tx=int(rows[-1][-1]),
        to_id=rows[-1][0],
        rows=len(rows),
        total=(head["total"] if head else 0) + len(rows),
        first_at=min(moments),
        last_at=max(moments),
        sealed_at=told(now()),
        leaves=rules.digest_over(leaves),
        public_key=signing.public_key(),
    )
    digest = rules.digest_of(seal)
    values = msgspec.structs.astuple(seal)
    await db.tenant.execute(_KEEP, *values, digest, signing.sign(digest), leaves)


def told(moment: datetime) -> str:
    """A moment as seals spell it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
