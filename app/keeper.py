"""The backup process: `python -m app.keeper`. One runs beside any number of webs and workers.

It alone holds the addresses of the clusters' owners while the product runs. It follows each
cluster's log, seals it every minute, does the night's work and proves that restoring works.
"""

import asyncio
import contextlib
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from app import backups
from app.serving import serve_until_told
from infra.clock import now
from infra.settings import BadSetting, settings
from tenants import db, registry
from tenants.backup import base, catalogue, copies, looking, marks, servers
from tenants.backup.following import Follower
from tenants.backup.rules import is_due, night_begins
from tenants.backup.wal import Log
from tenants.shapes import Tenant

_log = structlog.get_logger()
_STEP_SECONDS = 2.0
_PAUSE_SECONDS = 30.0
_FILES_SECONDS = 600.0
_LOOK_SECONDS = 300.0
_DAY = timedelta(days=1)


class Keeper:
    """Everything that is done for one cluster."""

    def __init__(self, cluster: str) -> None:
        self.cluster = cluster
        self._follower = Follower(cluster)
        self._pulsed_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._system = ""

    async def follow(self) -> None:
        """One look at the log: the receiver runs, whole files are sealed, each minute ends one."""
        current = await self._log()
        await self._follower.look(current)
        if not await catalogue.eras(self.cluster):
            return  # The first base backup, which begins one, is on its way.
        every = timedelta(seconds=settings().backup_switch_seconds)
        if is_due(self._pulsed_at, now(), every):
            await current.pulse()
            self._pulsed_at = now()
        await current.collect()

    async def nightly(self) -> None:
        """The night's work, when it is time and not done yet; a failed night is tried hourly."""
        bases = [each for each in await catalogue.living("base") if each.cluster == self.cluster]
        begins = night_begins(now(), settings().backup_hour)
        done = bool(bases) and bases[0].began_at >= begins
        if done or not is_due(self._tried_at, now(), timedelta(hours=1)):
            return
        self._tried_at = now()
        for trouble in await backups.tonight(self.cluster):
            _log.error("backup_trouble", cluster=self.cluster, trouble=trouble)

    async def mend(self) -> None:
        """A piece of the log is gone: a base taken since is what restoring goes on from."""
        if await catalogue.lost_since_base(self.cluster):
            await base.take(self.cluster)
            for trouble in await copies.copy_all():
                _log.error("backup_trouble", cluster=self.cluster, trouble=trouble)

    async def copy_files(self) -> None:
        """Files that were stored a while ago are in every place too."""
        for trouble in await backups.new_files(self.cluster):
            _log.error("backup_trouble", cluster=self.cluster, trouble=trouble)

    async def look(self) -> None:
        """What has gone from the places is known before it is needed."""
        await looking.look(self.cluster)

    async def mark_by_chance(self) -> None:
        """Mark each tenant once a day, at a second nobody knows beforehand."""
        for tenant in await registry.active():
            if tenant.cluster == self.cluster and await _marked_long_ago(tenant):
                await marks.take(tenant)

    async def close(self) -> None:
        """End the receiver; nobody waits for it any more."""
        await self._follower.close()

    async def _log(self) -> Log:
        system = (await servers.facts(self.cluster)).system
        if system != self._system:
            self._system, self._current = system, Log(self.cluster, system)
        return self._current


async def _marked_long_ago(tenant: Tenant) -> bool:
    """True about once a day, evenly over it, and surely after a day and a half."""
    last = await marks.last_at(tenant.id)
    if last is not None and now() - last < timedelta(hours=12):
        return False
    looks = timedelta(hours=12) / timedelta(seconds=_PAUSE_SECONDS)
    overdue = is_due(last, now(), _DAY * 1.5)
    return overdue or random.random() < 1 / looks  # noqa: S311


async def keep_until(stop: asyncio.Event) -> None:
    """Do all of it until `stop` is set; what fails is logged and tried again."""
    keepers = [Keeper(name) for name in settings().clusters if name in settings().cluster_admins]
    work = [_again(stop, k.follow, _STEP_SECONDS) for k in keepers]
    work += [_again(stop, step, _PAUSE_SECONDS) for k in keepers for step in (k.nightly,)]
    work += [_again(stop, step, _PAUSE_SECONDS) for k in keepers for step in (k.mend,)]
    work += [_again(stop, k.mark_by_chance, _PAUSE_SECONDS) for k in keepers]
    work += [_again(stop, k.copy_files, _FILES_SECONDS) for k in keepers]
    work += [_again(stop, k.look, _LOOK_SECONDS) for k in keepers]
    work.append(_again(stop, _push, _PAUSE_SECONDS))
    try:
        await asyncio.gather(*work)
    finally:
        for keeper in keepers:
            await keeper.close()
        await db.close()


async def _push() -> None:
    for trouble in await backups.push_due():
        _log.error("backup_trouble", trouble=trouble)


async def _again(stop: asyncio.Event, step: Callable[[], Awaitable[None]], pause: float) -> None:
    while not stop.is_set():
        rest = pause
        doing = asyncio.ensure_future(step())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not doing.done():
            doing.cancel()
        try:
            await doing
        except asyncio.CancelledError:
            return
        except Exception as error:
            _log.error(
                "backup_failed", step=step.__name__, error=type(error).__name__, exc_info=True
            )
            rest = max(pause, 5.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), rest)


def main() -> None:
    """Keep until told to stop; a wrong setting ends it with one sentence."""
    try:
        chosen = settings()
    except BadSetting as error:
        sys.exit(f"motcua: {error}")
    if not chosen.backup_places:
        sys.exit("motcua: MOTCUA_BACKUP_PLACES names no place for backups")
    serve_until_told("keeper", keep_until)


if __name__ == "__main__":
    main()
