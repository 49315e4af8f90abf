"""A cluster of its own whose backups go to two places, with its log followed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.settings import settings
from tenants import db
from tenants.backup import servers
from tenants.backup.receiver import Receiver
from tenants.backup.wal import Log

CLUSTER = "second"


class Kept(NamedTuple):
    """The places, the place for keys, and the log of the cluster."""

    home: Path
    log: Log

    async def up_to_now(self) -> None:
        """Bring the log into the places as far as it goes at this moment."""
        pulse = await self.log.pulse()
        while pulse.file not in await self.log.collect():  # noqa: ASYNC110 - files do not ring
            await asyncio.sleep(0.02)


@pytest.fixture
async def archived(house, monkeypatch, tmp_path) -> AsyncIterator[Path]:
    """The second cluster with places for its backups; its own settings end with the test."""
    second = house.second()
    clusters, admins = settings().clusters["main"], settings().cluster_admins["main"]
    for name, value in {
        "CLUSTERS": f"main={clusters} {CLUSTER}={second.dsn_for('', '', '')}",
        "CLUSTER_ADMINS": f"main={admins} {CLUSTER}={second.dsn}",
        "BACKUP_PLACES": f"gan=file://{tmp_path}/gan xa=file://{tmp_path}/xa",
        "BACKUP_KEYS": f"file://{tmp_path}/khoa",
        "BACKUP_ROOT": str(tmp_path / "viec"),
        "STORAGE_ROOT": str(tmp_path / "kho"),
    }.items():
        monkeypatch.setenv(f"MOTCUA_{name}", value)
    settings.cache_clear()
    yield tmp_path
    await servers.drop_slot(CLUSTER)
    await db.control.execute(
        "delete from backup_set; delete from backup_receiver; delete from backup_look"
    )
    await db.close()
    settings.cache_clear()


@pytest.fixture
async def kept(archived) -> AsyncIterator[Kept]:
    """The second cluster, followed."""
    receiver = Receiver(CLUSTER, synchronous=False)
    receiver.start()
    try:
        system = (await servers.facts(CLUSTER)).system
        yield Kept(archived, Log(CLUSTER, system))
    finally:
        receiver.stop()
