"""Their rows as they are to stand among ours: SQL over temporary tables beside their data. Pure
but for laying those tables out.

`motcua_map_T` has the new keys of rows that others refer to, `motcua_left_T` the rows that are not
added, `motcua_changed_T` the columns that are written otherwise; each only where there are any.
"""

from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from app.leaving.catalogue import Column, Table
from app.merging.kinds import NAMED, ONLY
from app.merging.shapes import Changes
from tenants.clusters import literal, quoted

Shifts = Mapping[str, int]  # "table.column" -> what is added to a number the database gives


def key_of(table: Table, alias: str = "t") -> str:
    """The SQL of a row's key as one text."""
    return text_of(table.key, alias)


def text_of(columns: Sequence[str], alias: str = "t", between: str = "'|'") -> str:
    """The SQL of several columns as one text."""
    names = ", ".join(f"{alias}.{quoted(name)}::text" for name in columns)
    return f"concat_ws({between}, {names})"


def image(table: Table, changes: Changes, shifts: Shifts, *, keyed: bool = False) -> str:
    """The query of the rows a table adds, with its stored columns in their order; `keyed` adds the
    key they have now, as `former_key`."""
    joins, columns = list[str](), list[str]()
    changed = table.name in changes.changed
    for column in table.columns:
        plain = _moved(table, column, changes, shifts, joins)
        columns.append(_written(column, plain) if changed else f"{plain} as {quoted(column.name)}")
    if changed:
        joins.append(f"left join {beside('changed', table.name)} c on c.key = {key_of(table)}")
    if keyed:
        columns.append(f"{key_of(table)} as former_key")
    where = [*_left(table, changes), *([ONLY[table.name]] if table.name in ONLY else [])]
    chosen = f"select {', '.join(columns)} from {quoted(table.name)} t {' '.join(joins)}"  # noqa: S608
    return f"{chosen} where {' and '.join(where)}" if where else chosen


def beside(what: str, table: str) -> str:
    """A temporary table's quoted name."""
    return f"pg_temp.{quoted(f'motcua_{what}_{table}')}"


async def lay_out(connection: asyncpg.Connection, table: Table, changes: Changes) -> None:
    """Make the temporary tables that say how rows of `table` change."""
    name = table.name
    if name in changes.maps:
        (key,) = (column for column in table.columns if [column.name] == table.key)
        pairs = changes.maps[name].items()
        await _fill(connection, beside("map", name), "old text, new text", list(pairs))
        await connection.execute(
            f"alter table {beside('map', name)} alter old type {key.type} using old::{key.type},"
            f" alter new type {key.type} using new::{key.type}, add primary key (old)"
        )
    if name in changes.left:
        rows = [(key,) for key in changes.left[name]]
        await _fill(connection, beside("left", name), "key text primary key", rows)
    if name in changes.changed:
        written = [
            (key, msgspec.json.encode(row).decode()) for key, row in changes.changed[name].items()
        ]
        await _fill(connection, beside("changed", name), "key text primary key, w text", written)


async def lay_out_keys(
    connection: asyncpg.Connection, what: str, table: str, keys: Sequence[str]
) -> None:
    """Make a temporary table `motcua_<what>_T` of keys, each once."""
    rows = [(key,) for key in dict.fromkeys(keys)]
    await _fill(connection, beside(what, table), "key text primary key", rows)


async def _fill(
    connection: asyncpg.Connection, table: str, columns: str, rows: Sequence[tuple[str, ...]]
) -> None:
    await connection.execute(f"drop table if exists {table}")
    await connection.execute(f"create temporary table {table.removeprefix('pg_temp.')} ({columns})")
    plain = table.removeprefix("pg_temp.").strip('"')
    await connection.copy_records_to_table(plain, records=rows)
    await connection.execute(f"analyze {table}")


def _moved(table: Table, column: Column, changes: Changes, shifts: Shifts, joins: list[str]) -> str:
    plain = f"t.{quoted(column.name)}"
    if shift := shifts.get(f"{table.name}.{column.name}"):
        return f"{plain} + {shift}"
    for target in NAMED.get(table.name, {}).get(column.name, ()):
        if target in changes.maps:
            alias, name = f"m{len(joins)}", literal(f"{target}:")
            joins.append(
                f"left join {beside('map', target)} {alias} on {plain} = {name} || {alias}.old"
            )
            plain = f"coalesce({name} || {alias}.new, {plain})"
    for key in table.foreign:
        if key.columns == [column.name] and key.table in changes.maps:
            alias = f"m{len(joins)}"
            joins.append(f"left join {beside('map', key.table)} {alias} on {alias}.old = {plain}")
            return f"coalesce({alias}.new, {plain})"
    return plain


def _written(column: Column, plain: str) -> str:
    """What a decision writes into a column, or what moves by itself."""
    name = literal(column.name)
    value = f"(c.w::jsonb->{name})" if column.type == "jsonb" else f"(c.w::jsonb->>{name})"
    written = f"case when c.w::jsonb ? {name} then {value}::{column.type} else {plain} end"
    return f"{written} as {quoted(column.name)}"


def _left(table: Table, changes: Changes) -> list[str]:
    if table.name not in changes.left:
        return []
    left = beside("left", table.name)
    return [f"not exists (select from {left} l where l.key = {key_of(table)})"]
