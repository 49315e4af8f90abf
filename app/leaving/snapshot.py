"""One moment of a tenant's database, held open while its rows are read.

A killed export loses its moment. The next one takes a new moment and asks which tables have changed
since: what has not is as good as if it had been read now. So a bag always shows one single moment,
and of a database at rest an export killed twenty times is the same as one that was left alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import msgspec

from app.leaving.journal import Piece
from tenants.clusters import owner, quoted, unhurried
from tenants.shapes import Tenant

# Rows come in bounded pieces, but sorting them should not go to disk for a commune.
_SETTINGS = "set work_mem = '32MB'"
_MOMENT = """
select pg_export_snapshot() as name, now() as at,
       pg_snapshot_xmin(pg_current_snapshot())::text as mark,
       (select system_identifier from pg_control_system())::text || '/' ||
       (select oid from pg_database where datname = current_database()) as place
"""
# Transaction numbers of rows have 32 bits and go round; those below 3 stand for "long ago".
_CHANGED = """
select count(*) as lines, count(*) filter (where xmin::text::bigint >= 3
    and ((xmin::text::bigint - $1) & 4294967295) < 2147483648) as newer from {table}
"""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The snapshot an export reads; `mark` is older than no transaction it does not see."""

    name: str  # another connection may take it by `set transaction snapshot`
    at: datetime
    mark: str
    place: str  # which database of which cluster: marks mean nothing elsewhere


class Snapshot:
    """An open read-only transaction on one moment."""

    def __init__(self, connection: asyncpg.Connection, moment: Moment) -> None:
        self.connection = connection
        self.moment = moment

    async def unchanged(self, table: str, piece: Piece) -> bool:
        """Whether a table still holds the very rows that were written down in a former moment.

        Every row a former snapshot did not see has a number at or after that snapshot's mark; with
        none of those, and as many rows as before, no row has gone either.
        """
        since = int(piece.mark) & 0xFFFFFFFF
        query = _CHANGED.format(table=quoted(table))
        row = await self.connection.fetchrow(query, since)
        return bool(row["newer"] == 0 and row["lines"] == piece.lines)


@asynccontextmanager
async def snapshot(tenant: Tenant) -> AsyncIterator[Snapshot]:
    """The tenant's database as it is now, for the length of the block."""
    async with owner(tenant.cluster, tenant.database) as connection:
        await unhurried(connection)
        await connection.execute(_SETTINGS)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            row = await connection.fetchrow(_MOMENT)
            yield Snapshot(connection, msgspec.convert(dict(row), Moment))
