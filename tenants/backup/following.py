"""Keeping the receiver of a cluster's log at work, and commits from waiting for one that is not.

What it meets is a row (`backup_receiver`), so that the page on backups can say it.
"""

import asyncio
import contextlib

import structlog
from asyncpg.exceptions import InterfaceError, PostgresError

from infra.clock import now
from infra.settings import settings
from tenants.backup import catalogue, guard, servers
from tenants.backup.receiver import Receiver
from tenants.backup.rules import Step, receiver_step
from tenants.backup.wal import Log
from tenants.db import control

_log = structlog.get_logger()


class Follower:
    """The receiver of one cluster, looked after."""

    def __init__(self, cluster: str) -> None:
        """Describe; nothing happens before the first look."""
        self.cluster = cluster
        self._promised = settings().backup_synchronous
        self._receiver = Receiver(cluster, synchronous=self._promised)
        self._guard = guard.Guard(cluster)

    async def look(self, log: Log) -> None:
        """See that the log is received, and let commits wait exactly while it is."""
        seen = await servers.following(self.cluster)
        step = receiver_step(
            alive=self._is_alive(), lost=seen.lost or self._receiver.cannot_go_on(),
            silent_seconds=seen.silent_seconds,
        )  # fmt: skip
        if step is not Step.GO_ON:
            _log.warning("backup_receiver", cluster=self.cluster, step=step)
            await self._start_again(log, anew=step is Step.BEGIN_ANEW)
            seen = await servers.following(self.cluster)
        waited_for = await self._keep_promise(seen.streams)
        await control.execute(
            _SEEN, self.cluster, now(), seen.streams, self._promised, waited_for, seen.behind_bytes
        )

    async def close(self) -> None:
        """Nobody waits for a receiver that is gone."""
        with contextlib.suppress(OSError, PostgresError, InterfaceError):
            await servers.wait_for_receiver(self.cluster, wanted=False)
        await self._guard.close()
        self._receiver.stop()

    def _is_alive(self) -> bool:
        child = self._receiver.running
        return child is not None and child.poll() is None

    async def _start_again(self, log: Log, *, anew: bool) -> None:
        # First of all: whoever waits for it would wait for as long as this takes.
        await servers.wait_for_receiver(self.cluster, wanted=False)
        await asyncio.to_thread(self._receiver.stop)
        if anew:
            await self._give_up(log)
        # Servers end with the thread that started them, so it is this one.
        self._receiver.start()

    async def _give_up(self, log: Log) -> None:
        """The cluster threw away log we had not read: a new base has to go on from here."""
        _log.error("backup_log_lost", cluster=self.cluster)
        if await catalogue.eras(self.cluster):
            await log.collect(unfinished=True)
        log.begin_anew()
        await servers.drop_slot(self.cluster)
        await control.execute(_LOST, self.cluster, now())

    async def _keep_promise(self, streams: bool) -> bool:
        if not self._promised:
            return False
        if streams:
            await self._guard.watch()
        return await servers.wait_for_receiver(self.cluster, wanted=streams) and streams


_SEEN = """
insert into backup_receiver (cluster, looked_at, streams, promised, waited_for, behind_bytes)
values ($1, $2, $3, $4, $5, $6) on conflict (cluster) do update
set looked_at = $2, streams = $3, promised = $4, waited_for = $5, behind_bytes = $6
"""
_LOST = """
insert into backup_receiver (cluster, looked_at, streams, promised, waited_for, lost_at)
values ($1, $2, false, false, false, $2) on conflict (cluster) do update set lost_at = $2
"""
