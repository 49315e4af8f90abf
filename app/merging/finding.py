"""Which rows of the two meet, table by table, each judged with what was decided before it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import asyncpg
import msgspec

from app.leaving.catalogue import Table
from app.leaving.facts import titles
from app.merging import images, rules, series
from app.merging.images import key_of, text_of
from app.merging.kinds import SHARED, kind_of
from app.merging.piping import pipe
from app.merging.reading import rows_of
from app.merging.shapes import Changes, Decision, Meeting, Row, Unique
from app.merging.sides import Sides

Decide = Callable[[Meeting], Meeting]
_THEIRS = "motcua_theirs"
_APART = "chr(31)"
# What this very transaction has added ahead is theirs.
_NOT_OURS = """
t.xmin::text::bigint is distinct from
    pg_current_xact_id_if_assigned()::text::bigint & 4294967295
"""
_ROOT = """
select id::text from agency where parent_id is null
order by kind <> 'province', valid_to is not null, key limit 1
"""


class Found(msgspec.Struct, kw_only=True):
    """What meets, and how their rows change by it."""

    meetings: list[Meeting] = []
    places: set[tuple[str, str]] = set()
    settled: dict[str, int] = {}  # those that are the same without anybody having to look
    changes: Changes = msgspec.field(default_factory=Changes)

    def meet(self, meeting: Meeting) -> None:
        """Two rows meet; the first of several names by which they do counts."""
        if meeting.place not in self.places:
            self.places.add(meeting.place)
            self.meetings.append(meeting)

    def same(self, table: str, theirs: str, ours: str) -> None:
        """A meeting that needs no word."""
        self.settled[table] = self.settled.get(table, 0) + 1
        self.changes.same(table, theirs, ours)


async def find(sides: Sides, slug: str, day: date, decide: Decide) -> Found:
    """Look through all tables; the temporary tables of `images` lie beside their data afterwards.

    `decide` gives a meeting its decision, tentatively or for good; `day` is the merger's.
    """
    found = Found()
    for table in sides.going:
        await _cascade(sides, table, found.changes)
        if kind_of(table.name).series:
            await _series(sides, table, found)
        else:
            for unique in sides.meeting_by(table):
                await images.lay_out(sides.theirs, table, found.changes)
                await _by(sides, table, unique, found)
            if table.name in SHARED:
                await _by_shared(sides, table, found)
        await _settle(sides, table, slug, day, decide, found)
        await images.lay_out(sides.theirs, table, found.changes)
    await _rename(sides, found.changes)
    return found


async def _by(sides: Sides, table: Table, unique: Unique, found: Found) -> None:
    kind = kind_of(table.name)
    pairs = await _pairs(sides, table, unique, (table.name, unique.columns), found.changes)
    if kind.by_itself and kind.offers == (Decision.SAME,):
        for theirs, ours in pairs:
            found.same(table.name, theirs, ours)
        return
    theirs_rows = await rows_of(sides.theirs, table, [theirs for theirs, _ in pairs])
    ours_rows = await rows_of(sides.ours, table, [ours for _, ours in pairs])
    for theirs, ours in pairs:
        rows = (ours, ours_rows[ours]), (theirs, theirs_rows[theirs])
        found.meet(rules.met(table, _title(table), unique.columns, *rows))


async def _by_shared(sides: Sides, table: Table, found: Found) -> None:
    """Rows that are called what a row of another table of ours is called."""
    column, other, name = SHARED[table.name]
    if not await sides.ours.fetchval(f"select exists (select from {other})"):  # noqa: S608
        return
    unique = Unique(table=table.name, columns=(column,))
    pairs = await _pairs(sides, table, unique, (other, (name,)), found.changes)
    rows = await rows_of(sides.theirs, table, [theirs for theirs, _ in pairs])
    for theirs, ours in pairs:
        # Two things of one name: there is nothing to compare.
        both = (ours, rows[theirs]), (theirs, rows[theirs])
        found.meet(rules.met(table, _title(table), unique.columns, *both))


async def _pairs(
    sides: Sides,
    table: Table,
    unique: Unique,
    named: tuple[str, Sequence[str]],
    changes: Changes,
) -> list[tuple[str, str]]:
    """Their keys and ours, of rows of theirs that have in the columns of `unique` what rows of ours
    have in the table and columns `named`."""
    there = sides.tables[named[0]]
    value, our_value = (text_of(names, between=_APART) for names in (unique.columns, named[1]))
    whole = " and ".join(f't."{name}" is not null' for name in unique.columns)
    where = f"{whole} and {unique.where}" if unique.where else whole
    our_where = where if there.name == table.name else "true"
    theirs = (
        f"select {value}, t.former_key from"  # noqa: S608
        f" ({images.image(table, changes, {}, keyed=True)}) t where {where}"
    )
    await sides.ours.execute(f"drop table if exists pg_temp.{_THEIRS}")
    await sides.ours.execute(f"create temporary table {_THEIRS} (value text, key text)")
    if not await pipe(sides.theirs, theirs, sides.ours, _THEIRS, ("value", "key")):
        return []
    rows = await sides.ours.fetch(
        f"select m.key as theirs, {key_of(there)} as ours from {_THEIRS} m"  # noqa: S608
        f' join (select * from "{there.name}" t where {our_where} and {_NOT_OURS}) t'
        f" on {our_value} = m.value order by 1"
    )
    return [(row["theirs"], row["ours"]) for row in rows]


async def _series(sides: Sides, table: Table, found: Found) -> None:
    names = await _names(sides, found.changes) if table.name == "workflow" else ({}, {})
    for theirs, ours, alike in await series.meetings(sides, table):
        if alike and not any(names):
            found.same(table.name, theirs, ours)
            continue
        ours_rows = await rows_of(sides.ours, table, [ours])
        theirs_rows = await rows_of(sides.theirs, table, [theirs])
        # The same words, which mean an agency of theirs that is called otherwise here.
        other = alike and _means_others(theirs_rows[theirs], names)
        if alike and not other:
            found.same(table.name, theirs, ours)
            continue
        rows = (ours, ours_rows[ours]), (theirs, theirs_rows[theirs])
        meeting = rules.met(table, _title(table), series.columns_of(table), *rows)
        found.meet(rules.kept(meeting) if other else meeting)


def _means_others(row: Row, names: tuple[rules.Names, rules.Names]) -> bool:
    document = row.get("document")
    return bool(rules.with_keys(document, *names) != document)


async def _settle(
    sides: Sides, table: Table, slug: str, day: date, decide: Decide, found: Found
) -> None:
    here = [meeting for meeting in found.meetings if meeting.table == table.name]
    if not here:
        return
    rows = await rows_of(sides.theirs, table, [meeting.theirs for meeting in here])
    highest = await series.highest(sides.ours, table)
    root = await sides.theirs.fetchval(_ROOT)
    for meeting in here:
        row = rows[meeting.theirs]
        decision = decide(meeting)
        last = highest.get(series.group_of(table, row), 0)
        rules.take(decision, slug, row, last, day, found.changes)
        if table.name == "work_calendar" and decision.decision is Decision.KEEP:
            # What had been counted stays so; from now on ours is everybody's.
            at = row["agency_id"] or root
            found.changes.write(table.name, meeting.theirs, {"agency_id": at})


async def _cascade(sides: Sides, table: Table, changes: Changes) -> None:
    """What hangs on a row that stays behind, stays with it."""
    for key in table.foreign:
        if key.table in changes.stayed and key.table != table.name and len(key.columns) == 1:
            rows = await sides.theirs.fetch(
                f"select {key_of(table)} as key from {table.name} t"  # noqa: S608
                f' where t."{key.columns[0]}"::text = any($1)',
                list(changes.stayed[key.table]),
            )
            for row in rows:
                changes.stay(table.name, row["key"])


async def _rename(sides: Sides, changes: Changes) -> None:
    """Definitions that go along name agencies and partners as they are called from now on."""
    names = await _names(sides, changes)
    if any(names):
        for name in ("procedure", "workflow"):
            await _rewrite(sides.theirs, sides.tables[name], names, changes)
            await images.lay_out(sides.theirs, sides.tables[name], changes)


async def _names(sides: Sides, changes: Changes) -> tuple[rules.Names, rules.Names]:
    """Keys of agencies and short names of partners, as theirs and as here."""
    return await _renamed(sides, "agency", changes), await _renamed(sides, "partner", changes)


async def _renamed(sides: Sides, name: str, changes: Changes) -> dict[str, str]:
    """What rows of theirs are called, and what here, they or the rows of ours they become."""
    table, column = sides.tables[name], kind_of(name).suffix
    written, maps = changes.changed.get(name, {}), changes.maps.get(name, {})
    former = await rows_of(sides.theirs, table, [*written, *maps])
    ours = await rows_of(sides.ours, table, list(maps.values()))
    now = written | {theirs: ours[here] for theirs, here in maps.items()}
    return {row[column]: now[key][column] for key, row in former.items()}


async def _rewrite(
    connection: asyncpg.Connection,
    table: Table,
    names: tuple[rules.Names, rules.Names],
    changes: Changes,
) -> None:
    left = list(changes.left.get(table.name, ()))
    query = f"select id::text, document::text from {table.name} where id::text <> all($1)"  # noqa: S608
    for row in await connection.fetch(query, left):
        document: Any = msgspec.json.decode(row["document"])
        if (rewritten := rules.with_keys(document, *names)) != document:
            changes.write(table.name, row["id"], {"document": rewritten})


def _title(table: Table) -> str:
    return titles().get(table.name, table.name)
