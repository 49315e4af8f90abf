"""Used databases made as good as new, which is far cheaper than cloning one for every test.

A cleaned database has exactly the rows and sequences of the one it was once cloned from; one whose
tables were altered is thrown away. The tenant over it is a new one each time.
"""

import io
from collections import defaultdict
from itertools import count
from typing import Any, NamedTuple

import asyncpg

from tenants import registry
from tenants.clusters import owner, quoted
from tenants.db import control, place_of
from tenants.shapes import Tenant

_TABLES = """
select c.relname as name,
       array(select attname from pg_attribute a where a.attrelid = c.oid and attnum > 0
              and not attisdropped and attgenerated = '' order by attnum) as columns
from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
"""
# What the catalogue knows of tables, by the numbers that a clone has in common with its source.
_SHAPE = """
select array[
    (select sum(hashtext(concat(attrelid, attname, atttypid, attnotnull, attisdropped)))
     from pg_attribute where attrelid >= 16384 and attnum > 0),
    (select sum(hashtext(concat(oid, convalidated, condeferrable))) from pg_constraint),
    (select sum(hashtext(concat(oid, tgname, tgenabled))) from pg_trigger),
    (select sum(hashtext(concat(oid, relname, relkind))) from pg_class where oid >= 16384)
]::text
"""
# A table without a page has never had a row; the file tells without the table being opened.
_EVER_FILLED = """
select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
and (pg_stat_file(pg_relation_filepath(oid))).size > 0
"""
_SEQUENCES = """
select format('select %L as name, last_value, is_called from %s', oid::regclass, oid::regclass)
from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
"""


class _Table(NamedTuple):
    columns: list[str]
    rows: int
    content: bytes  # in PostgreSQL's binary COPY format


class _Pattern(NamedTuple):
    """What a fresh clone holds."""

    shape: str
    tables: dict[str, _Table]
    sequences: list[tuple[str, int, bool]]


class _Used(NamedTuple):
    """A clean database: whose clone it is, and the last transaction of its cleaning."""

    source: str
    mark: int


_numbers = count()
_patterns: dict[str, _Pattern] = {}
_free: dict[str, list[str]] = defaultdict(list)
_lent: dict[str, _Used] = {}


async def lend(source: str, database: str) -> None:
    """Put a clean clone of `source` in the place of `database`, if there is one."""
    if not _free[source]:
        return
    name = _free[source].pop()
    async with owner("main") as admin:
        # What a test left that made its tenants by other ways.
        await admin.execute(f"drop database if exists {quoted(database)} with (force)")
        await admin.execute(f"alter database {quoted(name)} rename to {quoted(database)}")
    _lent[database] = _lent.pop(name)


async def learn(source: str, database: str) -> None:
    """Remember what a fresh clone of `source` holds; `database` has just become one."""
    if database in _lent:
        return
    async with owner("main", database) as connection:
        if source not in _patterns:
            _patterns[source] = await _read(connection)
        mark = await connection.fetchval("select pg_current_xact_id()::text::bigint")
    _lent[database] = _Used(source, mark)


async def give_back(tenant: Tenant) -> bool:
    """Clean the tenant's database for another tenant; whether that could be done."""
    used = _lent.pop(tenant.database, None)
    if used is None or tenant.cluster != "main" or tenant.role != tenant.database:
        return False
    pools, key = place_of(tenant)
    await pools.forget(key)
    pattern = _patterns[used.source]
    async with owner("main", tenant.database) as connection:
        if await connection.fetchval(_SHAPE) != pattern.shape:
            return False
        await connection.execute(f"drop owned by {quoted(tenant.role)}")
        mark = await _clean(connection, pattern, used.mark)
    name = f"used_{next(_numbers)}"
    async with owner("main") as admin:
        await admin.execute(f"revoke all on database {quoted(tenant.database)} from public")
        await admin.execute(f"alter database {quoted(tenant.database)} rename to {quoted(name)}")
        await admin.execute(f"drop owned by {quoted(tenant.role)}")
        await admin.execute(f"drop role {quoted(tenant.role)}")
    await control.execute("delete from tenant where id = $1", tenant.id)
    await registry.reload()
    _lent[name] = _Used(used.source, mark)
    _free[used.source].append(name)
    return True


async def _read(connection: asyncpg.Connection) -> _Pattern:
    tables = {}
    for row in await connection.fetch(_TABLES):
        content = io.BytesIO()
        tag = await connection.copy_from_table(
            row["name"], columns=row["columns"], output=content, format="binary"
        )
        tables[row["name"]] = _Table(row["columns"], int(tag.split()[-1]), content.getvalue())
    return _Pattern(await connection.fetchval(_SHAPE), tables, await _sequences(connection))


async def _sequences(connection: asyncpg.Connection) -> list[tuple[str, int, bool]]:
    asked = [row[0] for row in await connection.fetch(_SEQUENCES)]
    if not asked:
        return []
    return [tuple(row) for row in await connection.fetch(" union all ".join(asked))]


async def _clean(connection: asyncpg.Connection, pattern: _Pattern, mark: int) -> int:
    """Bring back the tables that have changed since transaction `mark`; the last one of ours."""
    changed = await _changed(connection, pattern, mark)
    async with connection.transaction():
        # Neither foreign keys nor triggers have a say in it.
        await connection.execute("set local session_replication_role = replica")
        for name in changed:
            await connection.execute(f"delete from {quoted(name)}")
        for name in changed:
            table = pattern.tables[name]
            if table.rows:
                await connection.copy_to_table(
                    name, columns=table.columns, source=io.BytesIO(table.content), format="binary"
                )
        for name, last, called in pattern.sequences:
            await connection.execute(
                "select setval($1::text::regclass, $2, $3)", name, last, called
            )
        last = await connection.fetchval("select pg_current_xact_id()::text::bigint")
    return int(last)


async def _changed(connection: asyncpg.Connection, pattern: _Pattern, mark: int) -> list[str]:
    filled = {row["relname"] for row in await connection.fetch(_EVER_FILLED)}
    asked = " union all ".join(
        f"select '{name}' as name, count(*) as rows, coalesce(max(xmin::text::bigint), 0) as last"
        f" from {quoted(name)}"
        for name, table in pattern.tables.items()
        if table.rows or name in filled
    )
    rows: list[Any] = await connection.fetch(asked)
    return [
        row["name"]
        for row in rows
        if row["rows"] != pattern.tables[row["name"]].rows or row["last"] > mark
    ]
