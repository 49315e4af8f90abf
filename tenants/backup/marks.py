"""Marks: what a tenant's database held at one exact place of the log, to hold a restore against.

No lock is taken. A mark is made in a moment in which no transaction is under way: between two
looks at the cluster nothing began, so a place in the log parts everything the snapshot sees from
everything it does not.
"""

import asyncio
import random
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from infra.clock import now
from infra.ids import uuid7
from tenants.backup.counting import Tables, contents, tables_of
from tenants.clusters import owner
from tenants.db import control
from tenants.shapes import Tenant

_KEPT = timedelta(days=40)
_TRIES = 400
_PAUSE_SECONDS = 0.05
# Both tell which transactions have been begun; nobody is under way when xmin is xmax.
_LOOK = "select pg_current_snapshot()::text as snapshot, pg_current_wal_insert_lsn()::text as lsn"


class Mark(NamedTuple):
    """What a tenant's database held."""

    id: UUID
    at: datetime
    tenant_id: UUID
    tenant_slug: str
    database: str
    lsn: str
    tables: Tables


async def take(tenant: Tenant) -> bool:
    """Make a mark now; False when the cluster was never quiet for a moment in 20 seconds."""
    async with (
        owner(tenant.cluster) as looking,
        owner(tenant.cluster, tenant.database) as connection,
    ):
        for _ in range(_TRIES):
            lsn = await _quiet(looking, connection)
            if lsn is not None:
                at = await looking.fetchval("select clock_timestamp()")
                tables = await contents(connection)
                await connection.execute("commit")
                await _keep(tenant, at, lsn, tables)
                return True
            await asyncio.sleep(_PAUSE_SECONDS * random.random())  # noqa: S311
    return False


async def since(cluster: str, moment: datetime, until: datetime) -> list[Mark]:
    """The marks of a cluster's living tenants between two moments, in the order of the log."""
    rows = await control.fetch(_SINCE, cluster, moment, until)
    return [
        Mark(
            *(row["id"], row["at"], row["tenant_id"], row["tenant_slug"]),
            *(row["database"], row["lsn"], tables_of(msgspec.json.decode(row["tables"]))),
        )
        for row in rows
    ]


async def last_at(tenant_id: UUID) -> datetime | None:
    """When the tenant was marked last."""
    found: datetime | None = await control.fetch_value(
        "select max(at) from backup_mark where tenant_id = $1", tenant_id
    )
    return found


async def _quiet(looking: asyncpg.Connection, connection: asyncpg.Connection) -> str | None:
    """Open a snapshot on `connection` in a quiet moment; the place in the log that parts it."""
    before = await looking.fetchrow(_LOOK)
    await connection.execute("begin isolation level repeatable read read only")
    after = await connection.fetchval("select pg_current_snapshot()::text")
    xmin, xmax, under_way = after.split(":")
    if before["snapshot"] == after and xmin == xmax and not under_way:
        return str(before["lsn"])
    await connection.execute("rollback")
    return None


async def _keep(tenant: Tenant, at: datetime, lsn: str, tables: Tables) -> None:
    await control.execute(
        "insert into backup_mark (id, at, cluster, tenant_id, tenant_slug, lsn, tables)"
        " values ($1, $2, $3, $4, $5, $6::text::pg_lsn, $7)",
        *(uuid7(), at, tenant.cluster, tenant.id, tenant.slug, lsn),
        msgspec.json.encode(tables).decode(),
    )
    await control.execute("delete from backup_mark where at < $1", now() - _KEPT)


_SINCE = """
select m.id, m.at, m.tenant_id, m.tenant_slug, m.lsn::text as lsn, m.tables::text as tables,
       t.database
from backup_mark m join tenant t on t.id = m.tenant_id
where m.cluster = $1 and m.at >= $2 and m.at <= $3 order by m.lsn, m.at
"""
