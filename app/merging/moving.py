"""Adding their rows to ours, in one transaction: before its commit nothing has happened."""

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from app.leaving.catalogue import ForeignKey, Table
from app.leaving.loading import astray
from app.merging import ahead, chains, finding, images, rules
from app.merging.kinds import KNOWN
from app.merging.piping import pipe
from app.merging.refusals import MergeRefused
from app.merging.shapes import Changes, Meeting, Plan
from app.merging.sides import Sides, alone
from infra.clock import now, today
from tenants.clusters import quoted

_MERGER = """
insert into merger (id, joined_id, joined_slug, joined_name, plan_digest, shifts, at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
# Room for numbers that are drawn on both sides before the rows have come.
_ROOM = 1_000_000
_DOUBLE_CODES = """
select d.code from dossier d join code_alias c on c.code = d.code where c.dossier_id <> d.id limit 5
"""
_COUNTERS = "select prefix, on_day, last from code_counter"
_COUNTED = """
with theirs as (
    select * from unnest($2::text[], $3::date[], $4::int[]) as t (prefix, on_day, last)
), noted as (
    insert into merged_counter (merger_id, prefix, on_day, ours)
    select $1, t.prefix, t.on_day, (select last from code_counter c
        where (c.prefix, c.on_day) = (t.prefix, t.on_day)) from theirs t
)
insert into code_counter as c (prefix, on_day, last) select prefix, on_day, last from theirs
on conflict (prefix, on_day) do update set last = greatest(c.last, excluded.last)
"""
_ROWS = ("merger_id", "table_name", "old_key", "new_key", "moved", "written")


class Moved(NamedTuple):
    """What has come: how many rows, and how many became rows of ours or stayed behind."""

    rows: int
    same: int
    stayed: int


async def move(
    both: Sides,
    merger: UUID,
    plan: Plan,
    digest: bytes,
    close: Callable[[], Awaitable[None]],
) -> Moved:
    """Make their rows ours as the plan says. Raises MergeRefused for a plan that has grown stale.

    The bulk comes while they are at work; then `close` ends that, and the rest comes. Nobody who
    works here has to wait: rows are only added, and seen by others all at once.
    """
    joining = both.joining
    try:
        async with both.ours.transaction():
            await alone(both.ours)
            shifts = await _shifts(both)
            async with both.theirs.transaction(isolation="repeatable_read"):
                found = await _decided(both, plan)
                gone_ahead = await ahead.add(both, found.changes, shifts)
                trail = await chains.add_ahead(both)
            await close()
            async with both.theirs.transaction(isolation="repeatable_read"):
                found = await _decided(both, plan)
                note = (merger, joining.id, joining.slug, joining.site.name, digest)
                told = msgspec.json.encode(shifts).decode()
                await both.ours.execute(_MERGER, *note, told, now())
                rows = await ahead.catch_up(both, gone_ahead, found.changes, shifts)
                rows += await _add(both, found.changes, shifts, set(gone_ahead.rows))
                rows += await chains.add_rest(both, trail)
                await _counters(both, merger)
            await _note(both.ours, merger, found.changes)
            await _must_hold(both, found.changes)
        left = sum(map(len, found.changes.left.values()))
        stayed = sum(map(len, found.changes.stayed.values()))
        return Moved(rows, left - stayed, stayed)
    except asyncpg.UniqueViolationError as error:
        raise MergeRefused(f"a row has come that is here already: {error}; plan again") from None


async def _decided(both: Sides, plan: Plan) -> finding.Found:
    stale: list[str] = []

    def decide(meeting: Meeting) -> Meeting:
        settled, strange = rules.decided([meeting], plan)
        stale.extend(strange)
        return settled[0] if settled else meeting

    found = await finding.find(both, both.joining.slug, today(), decide)
    if stale:
        raise MergeRefused(
            f"{len(stale)} rows meet that the plan does not know, such as {stale[0]}: plan again"
        )
    return found


async def _shifts(both: Sides) -> dict[str, int]:
    """Numbers the database gives go on after ours: room is taken for all of theirs."""
    found = {}
    for name, sequence in both.given.items():
        table, column = name.split(".")
        most = await both.theirs.fetchval(
            f"select coalesce(max({quoted(column)}), 0) from {quoted(table)}"  # noqa: S608
        )
        last = await both.ours.fetchval("select nextval($1::text::regclass)", sequence)
        found[name] = last + _ROOM
        await both.ours.execute(
            "select setval($1::text::regclass, $2)", sequence, last + 2 * _ROOM + most
        )
    return found


async def _add(
    both: Sides, changes: Changes, shifts: Mapping[str, int], done: Container[str]
) -> int:
    """The other tables; those last in which somebody else's row could have to wait for ours."""
    tables = [table for table in both.going if table.name not in done]
    tables.sort(key=lambda table: table.name in KNOWN)
    return sum([await _table(both, table, changes, shifts) for table in tables])


async def _table(both: Sides, table: Table, changes: Changes, shifts: Mapping[str, int]) -> int:
    query = images.image(table, changes, shifts)
    columns = [column.name for column in table.columns]
    return await pipe(both.theirs, query, both.ours, table.name, columns)


async def _counters(both: Sides, merger: UUID) -> None:
    """Codes go on from the higher of two numbers, so that none is given twice."""
    rows = await both.theirs.fetch(_COUNTERS)
    if rows:
        columns: Sequence[list[object]] = [list(c) for c in zip(*map(tuple, rows), strict=True)]
        await both.ours.execute(_COUNTED, merger, *columns)


async def _note(connection: asyncpg.Connection, merger: UUID, changes: Changes) -> None:
    """What has to be known to tell the two apart again."""
    rows = []
    for table in changes.left.keys() | changes.maps.keys() | changes.changed.keys():
        maps, left = changes.maps.get(table, {}), changes.left.get(table, set())
        stayed = changes.stayed.get(table, set())
        changed = changes.changed.get(table, {})
        for key in left | maps.keys() | changed.keys():
            here = None if key in stayed else maps.get(key, key)
            written = msgspec.json.encode(changed[key]).decode() if key in changed else None
            rows.append((merger, table, key, here, key not in left, written))
    await connection.copy_records_to_table("merged_row", records=rows, columns=_ROWS)


async def _must_hold(both: Sides, changes: Changes) -> None:
    """What the switched off triggers and foreign keys would have asked.

    A row of theirs that went along leans on one that did, or on the one of ours it was mapped to;
    only what was left behind could be missed.
    """
    if rows := await both.ours.fetch(_DOUBLE_CODES):
        codes = ", ".join(row["code"] for row in rows)
        raise MergeRefused(f"codes that were another dossier's before: {codes}")
    for table in both.going:
        for key in table.foreign:
            if key.table in changes.left or not any(t.name == key.table for t in both.going):
                await must_lean(both.ours, table, key)


async def must_lean(connection: asyncpg.Connection, table: Table, key: ForeignKey) -> None:
    """Raise MergeRefused for rows whose reference leads nowhere."""
    if count := await astray(connection, table, key):
        raise MergeRefused(f"{count} rows of {table.name} would lean on no row of {key.table}")
