"""Carries usage from a tenant's own database into the books, exactly once in effect.

Two databases take part, so no transaction spans them. The order makes every point safe to be
killed at: the books get the facts first (again = nothing new), then the tenant's notes go.
"""

from datetime import date, datetime

import msgspec

from billing import rules
from billing.months import day_start
from billing.shapes import Fact
from infra import clock
from tenants import db
from tenants.current import current
from tenants.work import work

# The rows are sorted by id, so that collectors at work together never wait in a circle.
_ADD = """
insert into usage (tenant_id, collected_at,
                   id, meter, quantity, subject, occurred_at, recorded_at, billed_in, digest)
select $1, $2, * from unnest($3::text[], $4::text[], $5::bigint[], $6::text[],
                             $7::timestamptz[], $8::timestamptz[], $9::date[], $10::bytea[])
on conflict (tenant_id, id) do nothing
returning id
"""
_ADD_CONFLICT = """
insert into usage_conflict (tenant_id, id, digest, content, seen_at)
values ($1, $2, $3, $4, $5) on conflict do nothing
"""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, and when the tenant's database got it."""

    fact: Fact
    recorded_at: datetime


async def collect(limit: int = 500) -> int:
    """Collect at most `limit` waiting facts of the current tenant; how many were taken.

    A result equal to `limit` means that more may wait. Opens its own units of work, one for each
    database; any number of collectors may run at the same time.
    """
    waiting = await pending(limit)
    if waiting:
        await book(waiting)
        await settle(waiting)
    return len(waiting)


async def pending(limit: int) -> list[Recorded]:
    """The next facts the books have not confirmed, in the order of their ids."""
    # Served by the primary keys of usage_pending and usage_record.
    rows = await db.tenant.fetch(
        "select r.* from usage_pending p join usage_record r using (id) order by p.id limit $1",
        limit,
    )
    return [_recorded(dict(row)) for row in rows]


async def book(waiting: list[Recorded]) -> None:
    """Write facts into the books; what is there already stays, another content is set aside."""
    tenant_id = current().id
    async with work():
        # Closing a month takes this lock alone, so a fact is in that statement or in the next.
        await db.control.execute(
            "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", f"books:{tenant_id}"
        )
        closed = frozenset(
            row["month"]
            for row in await db.control.fetch(
                "select month from statement where tenant_id = $1", tenant_id
            )
        )
        columns = zip(*(_row(recorded, closed) for recorded in waiting), strict=True)
        added = await db.control.fetch(_ADD, tenant_id, clock.now(), *map(list, columns))
        await _set_aside(waiting, {row["id"] for row in added})


async def settle(waiting: list[Recorded]) -> None:
    """Strike confirmed facts off the tenant's list."""
    async with work():
        await db.tenant.execute(
            "delete from usage_pending where id in"
            " (select id from usage_pending where id = any($1) order by id for update)",
            [recorded.fact.id for recorded in waiting],
        )


async def requeue(since: date) -> int:
    """Put every fact recorded since a day (00:00 in Vietnam) back on the list; how many.

    For the day the books had to be restored from an older copy: collecting again is harmless.
    """
    async with work():
        tag = await db.tenant.execute(
            "insert into usage_pending (id) select id from usage_record where recorded_at >= $1"
            " order by id on conflict do nothing",
            day_start(since),
        )
    return int(tag.rpartition(" ")[2])


async def _set_aside(waiting: list[Recorded], added: set[str]) -> None:
    """Note every fact that the books hold with another content under the same id."""
    known = [recorded.fact for recorded in waiting if recorded.fact.id not in added]
    rows = await db.control.fetch(
        "select id, digest from usage where tenant_id = $1 and id = any($2)",
        *(current().id, [fact.id for fact in known]),
    )
    held = {row["id"]: row["digest"] for row in rows}
    for fact in known:
        digest = rules.digest(fact)
        if held[fact.id] != digest:
            content = msgspec.json.encode(fact).decode()
            await db.control.execute(
                _ADD_CONFLICT, *(current().id, fact.id, digest, content, clock.now())
            )


def _recorded(row: dict[str, object]) -> Recorded:
    return Recorded(
        fact=msgspec.convert({k: v for k, v in row.items() if k != "recorded_at"}, Fact),
        recorded_at=msgspec.convert(row["recorded_at"], datetime),
    )


def _row(recorded: Recorded, closed: frozenset[date]) -> tuple[object, ...]:
    fact = recorded.fact
    return (
        *(fact.id, fact.meter, fact.quantity, fact.subject, fact.occurred_at),
        *(recorded.recorded_at, rules.billed_in(fact, closed), rules.digest(fact)),
    )
