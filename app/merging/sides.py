"""The two databases of a merger, seen by their owners, and what their catalogue says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from app.leaving.catalogue import NOT_CARRIED, Table, tables
from app.merging import rules
from app.merging.kinds import CHAIN, COUNTER
from app.merging.refusals import MergeRefused
from app.merging.shapes import Unique
from infra.owner_lock import send_others_away
from tenants.clusters import owner, unhurried
from tenants.shapes import Tenant

# Any fixed number serves; it only has to be the same in every process that merges or splits.
_LOCK = 0x6D6F746D
# What is unique by an expression is left to the database itself, which refuses a double.
_UNIQUES = """
select c.relname as table, coalesce(pg_get_expr(i.indpred, i.indrelid), '') as where,
  (select json_agg(attname order by n) from unnest(i.indkey::int[]) with ordinality as k(num, n),
     pg_attribute a where a.attrelid = c.oid and a.attnum = num) as columns
from pg_index i join pg_class c on c.oid = i.indrelid
where i.indisunique and i.indexprs is null and c.relnamespace = 'public'::regnamespace
order by c.relname collate "C", i.indisprimary desc, i.indexrelid::regclass::text collate "C"
"""
_GIVEN = """
select c.relname || '.' || a.attname as name,
       pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attidentity <> ''
"""


class Sides(msgspec.Struct, frozen=True):
    """Open connections: `ours` to the receiving tenant, `theirs` to the joining one."""

    ours: asyncpg.Connection
    theirs: asyncpg.Connection
    into: Tenant
    joining: Tenant
    tables: dict[str, Table]
    uniques: list[Unique]
    given: dict[str, str]  # "table.column" -> the sequence that gives its numbers

    @property
    def going(self) -> list[Table]:
        """The tables whose rows are added to ours, in the order of their references."""
        return rules.going(self.tables.values(), (*CHAIN, COUNTER))

    def meeting_by(self, table: Table) -> list[Unique]:
        """By which columns rows of the two can meet; numbers the database gives are moved away."""
        return [
            unique
            for unique in self.uniques
            if unique.table == table.name
            and rules.may_collide(unique, table)
            and not any(f"{table.name}.{name}" in self.given for name in unique.columns)
        ]


@asynccontextmanager
async def sides(into: Tenant, joining: Tenant) -> AsyncIterator[Sides]:
    """Both databases; raises MergeRefused when they are not on the same version."""
    if into.schema_version != joining.schema_version:
        raise MergeRefused(
            f"{into.slug} and {joining.slug} are on different versions of the schema:"
            " run motcua tenant migrate first"
        )
    async with (
        owner(into.cluster, into.database) as ours,
        owner(joining.cluster, joining.database) as theirs,
    ):
        for connection in (ours, theirs):
            await unhurried(connection)
            await connection.execute("set work_mem = '64MB'; set client_min_messages = warning")
        known = {table.name: table for table in await tables(ours)}
        yield Sides(ours, theirs, into, joining, known, await _uniques(ours), await _given(ours))


async def settled(connection: asyncpg.Connection) -> None:
    """Wait until no merger or split is at work in this database any more: a commit may still be
    under way, and seen by nobody, when the process that asked for it is long dead."""
    async with connection.transaction():
        await _lock(connection)


async def alone(connection: asyncpg.Connection) -> None:
    """No trigger and no foreign key has a say in this transaction: they were judged before. Nor is
    any other merger or split at work in this database."""
    await _lock(connection)
    try:
        await connection.execute("set local session_replication_role = replica")
    except asyncpg.InsufficientPrivilegeError:
        raise MergeRefused(
            "the owner may not load without triggers; as a superuser run:"
            " grant set on parameter session_replication_role to the owner"
        ) from None


async def _lock(connection: asyncpg.Connection) -> None:
    await send_others_away(connection, _LOCK)
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def _uniques(connection: asyncpg.Connection) -> list[Unique]:
    rows: Sequence[Any] = await connection.fetch(_UNIQUES)
    return [
        Unique(
            table=row["table"],
            columns=tuple(msgspec.json.decode(row["columns"])),
            where=row["where"],
        )
        for row in rows
        if row["table"] not in NOT_CARRIED
    ]


async def _given(connection: asyncpg.Connection) -> dict[str, str]:
    return {row["name"]: row["sequence"] for row in await connection.fetch(_GIVEN)}
