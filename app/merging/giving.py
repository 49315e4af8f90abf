"""Giving them what has changed since and what is new, in one transaction on their side."""

from datetime import timedelta
from typing import Any

import asyncpg

from app.leaving.catalogue import Table
from app.leaving.loading import go_on
from app.merging import images, rules, series
from app.merging.images import key_of
from app.merging.kinds import kind_of
from app.merging.notes import Notes
from app.merging.owning import apart
from app.merging.piping import pipe
from app.merging.reading import rows_of
from app.merging.shapes import Changes
from app.merging.sides import Sides
from infra.clock import today
from tenants.clusters import quoted

_COPY = "insert into merged_row (merger_id, table_name, old_key, moved) values ($1, $2, $3, false)"
# What was done on their dossiers since, as we have sealed it: to be read there, proved here.
_TRAIL = """
select '{ours}'::uuid, {columns} from trail t where t.at >= '{at}' and t.subject_id in (
    select key from pg_temp.motcua_gone_dossier)
"""


async def give(both: Sides, notes: Notes, back: Changes) -> int:
    """Write what was given into their tables; how many rows. What was never theirs is noted."""
    for table in both.going:
        await _make_room(both, table, notes, back)
        await images.lay_out(both.ours, table, back)
    count = 0
    for table in both.going:
        await _take_away(both, table)
        count += await _add(both, table, notes, back)
    await _go_on(both)
    await _trail(both, notes)
    return count


async def _make_room(both: Sides, table: Table, notes: Notes, back: Changes) -> None:
    """Rows they never had get other names where theirs have them."""
    given = await both.ours.fetch(
        f"select g.key from {apart('given', table.name)} g left join {apart('was', table.name)} w"  # noqa: S608
        " using (key) where w.key is null and not exists"
        f" (select from {apart('gone', table.name)} o where o.key = g.key)"
    )
    keys = [row["key"] for row in given]
    if not keys:
        return
    rows = await rows_of(both.ours, table, keys)
    kind = kind_of(table.name)
    highest = await series.highest(both.theirs, table)
    for key in keys:
        await both.theirs.execute(_COPY, notes.id, table.name, key)
        taken = bool(kind.suffix) and await _taken(both.theirs, table, rows[key][kind.suffix])
        last = highest.get(series.group_of(table, rows[key]), 0)
        if table.name == "agency" and rows[key]["valid_to"] is None:
            # It is named there, but nobody works in it.
            back.write(table.name, key, {"valid_to": (today() - timedelta(days=1)).isoformat()})
        if taken or (kind.series and last):
            rules.beside(table.name, key, both.into.slug, rows[key], last, today(), back)


async def _taken(connection: asyncpg.Connection, table: Table, value: Any) -> bool:
    name = quoted(kind_of(table.name).suffix)
    query = f"select exists (select from {quoted(table.name)} where {name} = $1)"  # noqa: S608
    return bool(await connection.fetchval(query, value))


async def _take_away(both: Sides, table: Table) -> None:
    """Rows of theirs that are to be written anew, or are not theirs any more."""
    rows = await both.ours.fetch(
        f"select w.former from {apart('was', table.name)} w where exists"  # noqa: S608
        f" (select from {apart('given', table.name)} g where g.key = w.key)"
        f" or not exists (select from {apart('gone', table.name)} g where g.key = w.key)"
    )
    if rows:
        await both.theirs.execute(
            f"delete from {quoted(table.name)} t where {key_of(table)} = any($1)",  # noqa: S608
            [row["former"] for row in rows],
        )


async def _add(both: Sides, table: Table, notes: Notes, back: Changes) -> int:
    image = images.image(table, back, notes.shifts_back)
    given = f"{key_of(table)} in (select key from {apart('given', table.name)})"  # noqa: S608
    query = f"{image} {'and' if ' where ' in image else 'where'} {given}"
    columns = [column.name for column in table.columns]
    return await pipe(both.ours, query, both.theirs, table.name, columns)


async def _go_on(both: Sides) -> None:
    """Numbers the database gives go on after the highest."""
    for name, sequence in both.given.items():
        table, column = name.split(".")
        await go_on(both.theirs, table, column, sequence)


async def _trail(both: Sides, notes: Notes) -> None:
    columns = [column.name for column in both.tables["trail"].columns]
    await both.theirs.execute("delete from joined_trail where joined_id = $1", both.into.id)
    names = ", ".join(f"t.{quoted(name)}" for name in columns)
    query = _TRAIL.format(ours=both.into.id, columns=names, at=notes.at.isoformat())
    await pipe(both.ours, query, both.theirs, "joined_trail", ["joined_id", *columns])
