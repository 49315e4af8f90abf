"""The bulk of their rows added while they are at work, and caught up with when they are closed.

What a snapshot of theirs shows is added first, unseen by anybody until our transaction commits.
Then, with nobody at work there, what has changed since is taken away again and added anew.
"""

from collections.abc import Mapping
from typing import NamedTuple

import asyncpg

from app.leaving.catalogue import Table
from app.merging import images
from app.merging.images import key_of
from app.merging.kinds import KNOWN, NAMED
from app.merging.piping import pipe
from app.merging.refusals import MergeRefused
from app.merging.shapes import Changes
from app.merging.sides import Sides
from tenants.clusters import quoted

# A smaller table is added at once while nobody is at work.
LEAST = 2000
MARK = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295"
# Numbers of rows' transactions have 32 bits and go round; those below 3 stand for "long ago".
NEWER = """
t.xmin::text::bigint >= 3 and ((t.xmin::text::bigint - {mark}) & 4294967295) < 2147483648
"""
_OUR_OWN = "t.xmin::text::bigint = pg_current_xact_id()::text::bigint & 4294967295"


class Ahead(NamedTuple):
    """What was added ahead: how many rows of which table, as of which moment, under which keys."""

    mark: int
    rows: dict[str, int]
    changes: Changes


async def add(both: Sides, changes: Changes, shifts: Mapping[str, int]) -> Ahead:
    """Add the large tables; inside a transaction of ours and a repeatable read of theirs."""
    ahead = Ahead(await both.theirs.fetchval(MARK), {}, changes)
    for table in both.going:
        if _may_go_ahead(table, changes, both.given) and await _is_large(both.theirs, table):
            query = images.image(table, changes, shifts)
            columns = [column.name for column in table.columns]
            count = await pipe(both.theirs, query, both.ours, table.name, columns)
            ahead.rows[table.name] = count
    return ahead


async def catch_up(both: Sides, ahead: Ahead, changes: Changes, shifts: Mapping[str, int]) -> int:
    """Bring the tables that went ahead to what theirs are now; how many rows they have in all."""
    await _repoint(both, ahead, changes)
    return sum([await _one(both, both.tables[n], ahead, changes, shifts) for n in ahead.rows])


def _may_go_ahead(table: Table, changes: Changes, given: Mapping[str, str]) -> bool:
    """Rows that nobody has to decide about, and whose key is theirs and ours alike."""
    leans = {key.columns[0] for key in table.foreign if key.table in KNOWN}
    decided = table.name in changes.left or table.name in changes.changed
    own = not leans & set(table.key) and not any(f"{table.name}.{k}" in given for k in table.key)
    return table.name not in KNOWN and not decided and own


async def _is_large(connection: asyncpg.Connection, table: Table) -> bool:
    query = f"select count(*) from (select from {quoted(table.name)} limit {LEAST}) t"  # noqa: S608
    return bool(await connection.fetchval(query) == LEAST)


async def _repoint(both: Sides, ahead: Ahead, changes: Changes) -> None:
    """A row of theirs that has become the same as one of ours only since."""
    for name, pairs in changes.maps.items():
        before = ahead.changes.maps.get(name, {})
        if not before.items() <= pairs.items():
            raise MergeRefused(f"what {name} becomes has changed meanwhile: plan again")
        for theirs in pairs.keys() - before.keys():
            for table in (both.tables[each] for each in ahead.rows):
                await _repoint_to(both.ours, table, name, theirs, pairs[theirs])


async def _repoint_to(
    connection: asyncpg.Connection, table: Table, target: str, old: str, new: str
) -> None:
    for key in table.foreign:
        if key.table == target:
            await _set(connection, table, key.columns[0], old, new)
    for column, named in NAMED.get(table.name, {}).items():
        if target in named:
            await _set(connection, table, column, f"{target}:{old}", f"{target}:{new}")


async def _set(
    connection: asyncpg.Connection, table: Table, column: str, old: str, new: str
) -> None:
    kind = next(each.type for each in table.columns if each.name == column)
    await connection.execute(
        f"update {quoted(table.name)} t set {quoted(column)} = $1::text::{kind}"  # noqa: S608
        f" where {quoted(column)} = $2::text::{kind} and {_OUR_OWN}",
        *(new, old),
    )


async def _one(
    both: Sides, table: Table, ahead: Ahead, changes: Changes, shifts: Mapping[str, int]
) -> int:
    newer = f"select {key_of(table)} from {quoted(table.name)} t where"  # noqa: S608
    rows = await both.theirs.fetch(f"{newer} {NEWER.format(mark=ahead.mark)}")
    keys = [row[0] for row in rows]
    keys += [*changes.left.get(table.name, ()), *changes.changed.get(table.name, {})]
    gone = await _take_back(both.ours, table, keys)
    added = await _add_anew(both, table, keys, changes, shifts)
    count = ahead.rows[table.name] - gone + added
    image = images.image(table, changes, shifts, keyed=True)
    if count != await both.theirs.fetchval(f"select count(*) from ({image}) t"):  # noqa: S608
        count -= await _take_back_deleted(both, table, image)
    return count


async def _take_back(connection: asyncpg.Connection, table: Table, keys: list[str]) -> int:
    if not keys:
        return 0
    tag = await connection.execute(
        f"delete from {quoted(table.name)} t where {_OUR_OWN} and {_keyed(table)}",  # noqa: S608
        keys,
    )
    return int(tag.split()[-1])


def _keyed(table: Table) -> str:
    """By its own type a key is found by its index."""
    if len(table.key) > 1:
        return f"{key_of(table)} = any($1::text[])"
    kind = next(column.type for column in table.columns if [column.name] == table.key)
    return f"t.{quoted(table.key[0])} = any($1::text[]::{kind}[])"


async def _add_anew(
    both: Sides, table: Table, keys: list[str], changes: Changes, shifts: Mapping[str, int]
) -> int:
    if not keys:
        return 0
    await images.lay_out_keys(both.theirs, "again", table.name, keys)
    image = images.image(table, changes, shifts)
    again = f"{key_of(table)} in (select key from {images.beside('again', table.name)})"  # noqa: S608
    query = f"{image} {'and' if ' where ' in image else 'where'} {again}"
    columns = [column.name for column in table.columns]
    return await pipe(both.theirs, query, both.ours, table.name, columns)


async def _take_back_deleted(both: Sides, table: Table, image: str) -> int:
    """Rows they have removed since: of what we have added, whatever they do not have any more."""
    await both.ours.execute("drop table if exists pg_temp.motcua_there")
    await both.ours.execute("create temporary table motcua_there (key text primary key)")
    query = f"select {key_of(table)} from ({image}) t"  # noqa: S608
    await pipe(both.theirs, query, both.ours, "motcua_there", ["key"])
    tag = await both.ours.execute(
        f"delete from {quoted(table.name)} t where {_OUR_OWN}"  # noqa: S608
        f" and {key_of(table)} not in (select key from pg_temp.motcua_there)"
    )
    return int(tag.split()[-1])
