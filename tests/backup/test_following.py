"""A receiver that dies, hangs or has lost its place; commits that wait for it, and not for ever."""

import asyncio
import os
import signal

from infra.settings import settings
from tenants import db
from tenants.backup import catalogue, servers
from tenants.backup.following import Follower
from tenants.backup.rules import Step, receiver_step
from tenants.backup.wal import Log, arriving
from tenants.clusters import owner
from tests.backup.conftest import CLUSTER


async def commit():
    async with owner(CLUSTER) as connection:
        await connection.execute("create table if not exists acked (id int)")


async def seen():
    return await db.control.fetch_row("select * from backup_receiver where cluster = $1", CLUSTER)


async def until_waited_for(follower, log):
    await follower.look(log)
    while not (await seen())["waited_for"]:
        await asyncio.sleep(0.1)
        await follower.look(log)


def test_a_receiver_is_started_when_it_is_gone_or_silent_and_begun_anew_when_it_has_no_place():
    assert receiver_step(alive=True, lost=False, silent_seconds=1) is Step.GO_ON
    assert receiver_step(alive=False, lost=False, silent_seconds=0) is Step.START
    assert receiver_step(alive=True, lost=False, silent_seconds=31) is Step.START
    assert receiver_step(alive=True, lost=True, silent_seconds=0) is Step.BEGIN_ANEW


async def test_commits_wait_for_a_second_disk_and_go_on_without_one_that_hangs_or_is_lost(
    archived, monkeypatch
):
    monkeypatch.setenv("MOTCUA_BACKUP_SYNCHRONOUS", "true")
    settings.cache_clear()
    log = Log(CLUSTER, (await servers.facts(CLUSTER)).system)
    follower = Follower(CLUSTER)
    try:
        await until_waited_for(follower, log)
        await commit()
        process = follower._receiver.running.pid
        os.kill(process, signal.SIGSTOP)
        await commit()  # Nobody of ours does anything: the cluster's own guard lets it go.
        os.kill(process, signal.SIGKILL)
        await until_waited_for(follower, log)
    finally:
        await follower.close()
    async with owner(CLUSTER) as admin:
        assert await admin.fetchval("show synchronous_standby_names") == ""
    await commit()
    await has_lost_its_place(log)


async def has_lost_its_place(log):
    """The cluster knows nothing of where the receiver wants to go on from."""
    await servers.drop_slot(CLUSTER)
    (arriving(CLUSTER) / "00000001000000F0000000FE.partial").write_bytes(bytes(16 * 1024 * 1024))
    assert not await catalogue.lost_since_base(CLUSTER)
    follower = Follower(CLUSTER)
    try:
        while (row := await seen())["lost_at"] is None or not row["streams"]:
            await follower.look(log)
            await asyncio.sleep(0.1)
        assert await catalogue.lost_since_base(CLUSTER)
        assert all(path.name < "00000001000000F0" for path in arriving(CLUSTER).iterdir())
    finally:
        await follower.close()
    # The next process starts from there, and gives nothing up for what was said to this one.
    assert not Follower(CLUSTER)._receiver.cannot_go_on()
