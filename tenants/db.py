"""Queries to the right database: the current tenant's own, or the control plane's.

`tenant` and `control` offer asyncpg's calls for hot paths and plain SQL; `TENANT_DB` and
`CONTROL_DB` are the same two as Piccolo engines, given to tables as `db=`. Inside a unit of work
a query joins its transaction; outside it runs by itself on a pooled connection.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from infra.dsn import Address
from infra.settings import settings
from tenants.credentials import passwords_now
from tenants.current import current
from tenants.pools import Pools
from tenants.shapes import Tenant
from tenants.work import Place, WorkError, current_work, refuse_writes

_STATEMENT_SECONDS = 30
# A server that is gone ends no statement: then we do.
_LAST_BOUND_SECONDS = _STATEMENT_SECONDS + 5
# What every session begins with; whoever stands between must hand it on or set it (PgBouncer).
SESSION = {
    "application_name": "motcua",
    "timezone": "UTC",
    "statement_timeout": f"{_STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": "60s",
    # One of our machines that has lost its power holds its locks for half a minute, not for the
    # two hours that are usual. Over a Unix socket they mean nothing.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_pools: dict[str, Pools] = {}
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Inside, a query that takes longer is cancelled and raises TimeoutError.

    The server's own statement_timeout stays the last bound; changing that one for each request
    would cost a round trip, or leave a mark on a connection somebody else uses next.
    """
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


class Database:
    """asyncpg's calls on whichever database `place` names at the moment of the call."""

    def __init__(self, place: Callable[[], Place]) -> None:
        self._place = place

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """All rows."""
        return cast(list[asyncpg.Record], await self._run("fetch", sql, *values))

    async def fetch_row(self, sql: str, *values: object) -> asyncpg.Record | None:
        """The first row, or None."""
        return cast("asyncpg.Record | None", await self._run("fetchrow", sql, *values))

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        return await self._run("fetchval", sql, *values)

    async def execute(self, sql: str, *values: object) -> str:
        """Run one statement; the server's tag, such as `UPDATE 1`."""
        return cast(str, await self._run("execute", sql, *values))

    async def execute_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for many rows, as one batch."""
        await self._run("executemany", sql, rows)

    async def _run(self, call: str, sql: str, *values: Any) -> Any:
        refuse_writes(sql)
        place, seconds = self._place(), _patience.get()
        unit = current_work()
        if unit is not None:
            async with unit.lock:
                connection = await unit.connection(place, seconds)
                return await place[0].ask(connection, call, sql, *values, seconds=seconds)
        pools, key = place
        connection = await pools.acquire(key)
        try:
            return await pools.ask(connection, call, sql, *values, seconds=seconds)
        finally:
            await pools.release(key, connection)


class RoutedEngine(PostgresEngine):
    """A Piccolo engine that owns no pool: each query goes where its database says."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__(config={}, extensions=())

    async def check_version(self) -> None:
        """Skipped: it would connect while modules are being imported."""

    async def prep_database(self) -> None:
        """Skipped: extensions are the migrations' business, and there are none."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """Run one compiled query."""
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        return await self._database.fetch(sql, *values)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """Refused: tables change by migrations only."""
        raise WorkError("tables change by migrations only")

    async def get_new_connection(self) -> Any:
        """Refused: it would leave the pool and the transaction behind (Piccolo's batch does)."""
        raise WorkError("use keyset pages instead of a connection of one's own")

    def transaction(self, allow_nested: bool = True) -> Any:
        """Refused: a transaction is a unit of work."""
        raise WorkError("open a unit of work (tenants.work.work) instead")


def place_of(tenant: Tenant) -> Place:
    """Where the tenant's rows are: its cluster's pools, and its database and role as the key."""
    key = (tenant.database, tenant.role, tenant.secrets.password)
    return _pools_of(tenant.cluster), key


def control_place() -> Place:
    """Where the control plane's rows are."""
    address = Address.parse(settings().control_dsn)
    return _pools_of("main"), (address.database, address.user, address.password)


async def close() -> None:
    """Close every pool; the next query opens what it needs again."""
    while _pools:
        _, pools = _pools.popitem()
        await pools.close()


def _pools_of(cluster: str) -> Pools:
    if cluster not in _pools:
        chosen = settings()
        where = Address.parse(chosen.clusters[cluster])
        _pools[cluster] = Pools(
            lambda key: _connect(where, cast("tuple[str, str, str]", key)),
            budget=chosen.connections_per_cluster,
            share=chosen.connections_per_database,
        )
    return _pools[cluster]


async def _connect(where: Address, key: tuple[str, str, str]) -> asyncpg.Connection:
    try:
        return await _signed_in(where, key)
    except asyncpg.InsufficientPrivilegeError as error:
        # A database closed to its tenant a moment ago (a merger): an outage, until the copy of who
        # is served is a new one. Within a query the same would be a mistake of ours.
        raise asyncpg.InvalidAuthorizationSpecificationError("closed to its tenant") from error
    except asyncpg.InvalidPasswordError:
        database, role, _ = key
        # The database may learn a password between our question and our next attempt.
        for _ in range(3):
            for password in await passwords_now(role):
                with suppress(asyncpg.InvalidPasswordError):
                    return await _signed_in(where, (database, role, password))
        raise


async def _signed_in(where: Address, key: tuple[str, str, str]) -> asyncpg.Connection:
    database, role, password = key
    connection: asyncpg.Connection = await asyncpg.connect(
        **where._replace(database=database, user=role, password=password).keywords(),
        server_settings=SESSION,
        timeout=10,
        command_timeout=_LAST_BOUND_SECONDS,
    )
    return connection


tenant = Database(lambda: place_of(current()))
control = Database(control_place)
TENANT_DB = RoutedEngine(tenant)
CONTROL_DB = RoutedEngine(control)
