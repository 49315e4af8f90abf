"""Taking out of our tables what went, in the transaction that told it apart."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from app.leaving.catalogue import Table
from app.merging import owning
from app.merging.images import key_of
from app.merging.kinds import CHAIN
from app.merging.moving import must_lean
from app.merging.notes import Notes
from app.merging.owning import Hold, apart
from app.merging.sides import Sides
from infra.clock import today
from tenants.clusters import literal, quoted

# A counter that was only theirs goes; one that had been ours stands as before, unless it went on.
_COUNTERS = """
select m.prefix, m.on_day, m.ours, c.last from merged_counter m
join code_counter c on (c.prefix, c.on_day) = (m.prefix, m.on_day) where m.merger_id = $1
"""
_THEIR_COUNTERS = "select prefix, on_day, last from code_counter"
# Counters of days since, of prefixes that only agencies which go make codes with.
_NEW_COUNTERS = """
select c.prefix, c.on_day, c.last from code_counter c where not exists (
    select from merged_counter m where (m.prefix, m.on_day) = (c.prefix, c.on_day)
    and m.merger_id = $1)
and exists (select from agency a where a.code_prefix = c.prefix
            and a.id::text in (select key from pg_temp.motcua_gone_agency))
"""
_OURS_TOO = """
select exists (select from agency where code_prefix = $1
               and id::text not in (select key from pg_temp.motcua_gone_agency))
"""
_HIGHER = """
insert into code_counter as c (prefix, on_day, last) values ($1, $2, $3)
on conflict (prefix, on_day) do update set last = excluded.last where c.last < excluded.last
"""
_DROP = "delete from code_counter where (prefix, on_day) = ($1, $2)"
_SET = "update code_counter set last = $3 where (prefix, on_day) = ($1, $2)"


async def take_out(both: Sides, notes: Notes) -> int:
    """Remove what goes, and what was theirs and nothing of ours needs; how many rows. Raises
    MergeRefused where something would be left to lean on nothing."""
    count = 0
    for table in reversed(both.going):
        count += await _remove(both, table, notes)
    await _must_hold(both)
    await _end_agencies(both.ours)
    await _forget_chains(both, notes.joined_id)
    for name in ("merged_counter", "merged_row"):
        await both.ours.execute(f"delete from {name} where merger_id = $1", notes.id)  # noqa: S608
    await both.ours.execute("delete from merger where id = $1", notes.id)
    return count


async def part_counters(both: Sides, notes: Notes) -> None:
    """Codes go on in both from the last number that was given; none is given twice."""
    theirs = {tuple(row)[:2]: row["last"] for row in await both.theirs.fetch(_THEIR_COUNTERS)}
    for prefix, day, ours, last in await both.ours.fetch(_COUNTERS, notes.id):
        brought = theirs.get((prefix, day), 0)
        await both.theirs.execute(_HIGHER, prefix, day, last)
        if ours is None:
            await both.ours.execute(_DROP, prefix, day)
        elif last == max(ours, brought):
            await both.ours.execute(_SET, prefix, day, ours)
    for prefix, day, last in await both.ours.fetch(_NEW_COUNTERS, notes.id):
        await both.theirs.execute(_HIGHER, prefix, day, last)
        if not await both.ours.fetchval(_OURS_TOO, prefix):
            await both.ours.execute(_DROP, prefix, day)


async def _must_hold(both: Sides) -> None:
    """Foreign keys had no say. What is asked for before a row goes needs no second look, nor what
    goes with its owner."""
    for table in both.going:
        first = [hold.column for hold in owning.owners(table)[:1]]
        for key in table.foreign:
            target = both.tables[key.table]
            if key.columns != first and not _asks(target) and target in both.going:
                await must_lean(both.ours, table, key)


def _asks(table: Table) -> bool:
    """Whether a row goes only when nothing that stays leans on it."""
    return not owning.owners(table) or table.name in ("post", "work_calendar")


async def _remove(both: Sides, table: Table, notes: Notes) -> int:
    name, gone = quoted(table.name), apart("gone", table.name)
    where = [f"{key_of(table)} in (select key from {gone})"]  # noqa: S608
    if came := owning.CAME.get(table.name):
        given = f"select key from {apart('given', table.name)}"  # noqa: S608
        at = literal(notes.at.isoformat())
        where = [f"({where[0]} or t.{came} >= {at} and {key_of(table)} in ({given}))"]
    if not owning.owners(table) or table.name in ("post", "work_calendar"):
        where += [
            _free(both, hold) for hold in owning.holds(both.going) if hold.target == table.name
        ]
    tag = await both.ours.execute(
        f"delete from {name} t where {' and '.join(where)}"  # noqa: S608
    )
    return int(tag.split()[-1])


def _free(both: Sides, hold: Hold) -> str:
    """Whether no row that stays leans on `t`; one that goes with it does not count."""
    holder = both.tables[hold.table]
    stays = (
        f" and {key_of(holder, 'h')} not in (select key from {apart('gone', hold.table)})"  # noqa: S608
        if hold.table == hold.target
        else ""
    )
    return (
        f"not exists (select from {quoted(hold.table)} h"
        f" where h.{quoted(hold.column)} = t.{quoted(hold.reference)}{stays})"
    )


async def _end_agencies(connection: asyncpg.Connection) -> None:
    """An agency something of ours still names stays by name; nobody works in it here any more."""
    await connection.execute(
        "update agency set valid_to = greatest(valid_from, $1) where id::text in"
        " (select key from pg_temp.motcua_gone_agency) and coalesce(valid_to > $1, true)",
        today() - timedelta(days=1),
    )


async def _forget_chains(both: Sides, joined: UUID) -> None:
    """Their sealed trail is whole in their own database, and so are those it had taken in."""
    rows = await both.theirs.fetch("select distinct joined_id from joined_trail")
    ids = [joined, *(row["joined_id"] for row in rows)]
    for name in CHAIN:
        await both.ours.execute(
            f"delete from joined_{name} where joined_id = any($1)",  # noqa: S608
            ids,
        )
