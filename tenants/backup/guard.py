"""Nobody waits for ever for a second disk that is gone (backup with `backup_synchronous`).

The cluster itself keeps watch, in a session of ours: it goes on when the backup process and its
machine are dead, which is when it is needed. It lets go of commits that have waited for seconds,
and from then on of all at once, until the receiver answers again. What is let go of is committed
on the cluster's own disk, as without the second one.
"""

import asyncio
import contextlib

import asyncpg
from asyncpg.exceptions import InterfaceError, PostgresError

from tenants.backup.servers import SLOT
from tenants.clusters import owner_address

PATIENCE_SECONDS = 5
_NAME = "motcua_backup_guard"
_GONE = (OSError, PostgresError, InterfaceError)
_END_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where application_name = $1 and pid <> pg_backend_pid()
"""
# Each turn is a transaction of its own: it sees the sessions of its moment and holds up no vacuum.
_WATCH = f"""
do $$
declare away boolean := false;
begin
  loop
    perform pg_sleep(0.2);
    if exists (select from pg_stat_activity where wait_event = 'SyncRep'
               and query_start < clock_timestamp() - interval '{PATIENCE_SECONDS} seconds') then
      away := true;
    elsif away and exists (select from pg_stat_replication where application_name = '{SLOT}'
               and state = 'streaming'
               and reply_time > clock_timestamp() - interval '{PATIENCE_SECONDS} seconds') then
      away := false;
    end if;
    if away then
      perform pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep';
    end if;
    commit;
  end loop;
end $$
"""  # noqa: S608


class Guard:
    """The watch over one cluster; a later one takes the place of those before."""

    def __init__(self, cluster: str) -> None:
        """Describe; nothing happens before `watch`."""
        self._cluster = cluster
        self._watching: asyncio.Task[None] | None = None

    async def watch(self) -> None:
        """See that the cluster keeps watch."""
        if self._watching is None or self._watching.done():
            connection = await self._connect()
            await connection.execute(_END_OTHERS, _NAME)
            self._watching = asyncio.create_task(_run(connection))

    async def close(self) -> None:
        """End the watch of whichever process began it."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        with contextlib.suppress(*_GONE):
            connection = await self._connect()
            await connection.execute(_END_OTHERS, _NAME)
            await connection.close()

    async def _connect(self) -> asyncpg.Connection:
        connection: asyncpg.Connection = await asyncpg.connect(
            **owner_address(self._cluster).keywords(),
            server_settings={"application_name": _NAME, "statement_timeout": "0"},
            timeout=10,
        )
        return connection


async def _run(connection: asyncpg.Connection) -> None:
    try:
        with contextlib.suppress(*_GONE):
            await connection.execute(_WATCH)
    finally:
        connection.terminate()
