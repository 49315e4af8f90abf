"""Recovery: how long a backup and its restoring take as data grows, and what kill -9 can lose.

The growth between two sizes, extrapolated to 10 GB, is held against 60 seconds. For the loss the
cluster's disk is given up: what comes back is what the archive and the receiver's disk hold.
"""

import asyncio
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import asyncpg

from infra.clock import now
from infra.embedded.postgres import Postgres
from infra.settings import settings
from tenants.backup import base, restoring, servers
from tenants.backup.rebuilding import rebuild
from tenants.backup.receiver import Receiver
from tenants.backup.wal import Log
from tenants.clusters import owner
from tenants.shapes import Tenant
from tests.bench.house import House, province, run
from tests.bench.report import Figures, aim, heading, table

SIZES_MB = (400, 1600)
QUICK_MB = (60, 180)
FULL_MB = (400, 10_000)
CLIENTS, ROUNDS = 4, 3
_FILL = """
insert into bulk select g, md5(g::text) || md5((g * 7)::text) || repeat('Hồ sơ thủ tục ', 8)
from generate_series($1::bigint, $2::bigint) g
"""
_ROW_BYTES = 290
_TEN_GB = 10_000


def measure(house: House, *, quick: bool, full: bool = False) -> Figures:
    """Seconds for base, cluster and tenant at two sizes; rows lost in the two ways to follow."""
    heading("Recovery")
    _settings(house)
    sizes = FULL_MB if full else QUICK_MB if quick else SIZES_MB
    rows: Figures = {}
    tenant = run(province("khoi-phuc"))
    for size in sizes:
        rows[f"{size} MB more"] = run(_restored(house, tenant, size))
    table(rows)
    small, large = rows.values()
    grown = (large["cluster_mb"] - small["cluster_mb"]) / _TEN_GB
    for name in ("base_s", "cluster_s", "cluster_cpu_s", "plain_s", "plain_cpu_s", "tenant_s"):
        rows[f"{name} per 10 GB"] = round((large[name] - small[name]) / grown, 1)
    print(f"  processor: {rows['cluster_cpu_s per 10 GB']} s per 10 GB of a whole cluster")
    print(f"  cp, sync and a start: {rows['plain_s per 10 GB']} s per 10 GB,")
    print(f"  {rows['plain_cpu_s per 10 GB']} s of them processor")
    rows["of a plain copy"] = round(large["cluster_s"] / large["plain_s"], 2)
    print(f"  a restore takes {rows['of a plain copy']} times as long as a plain copy")
    aim("whole cluster, s per 10 GB", rows["cluster_s per 10 GB"], 60, at_most=True)
    print(f"  tenant beside the living one: {rows['tenant_s per 10 GB']} s per 10 GB")
    run(_emptied(tenant))
    for synchronous in (False, True):
        name = "with a synchronous receiver" if synchronous else "without"
        rows[f"lost {name}"] = _lost(house, synchronous, 1 if quick else ROUNDS)
    aim("acknowledged rows lost, synchronous", rows["lost with a synchronous receiver"]["lost"], 0,
        at_most=True)  # fmt: skip
    print(f"  without: {rows['lost without']}")
    return rows


def _settings(house: House) -> None:
    os.environ.update(
        MOTCUA_BACKUP_PLACES=f"here=file://{house.place}/archive",
        MOTCUA_BACKUP_KEYS=f"file://{house.place}/keys",
        MOTCUA_BACKUP_ROOT=str(house.place / "work"),
    )
    settings.cache_clear()


async def _restored(house: House, tenant: Tenant, megabytes: int) -> Figures:
    """One size: everything is taken and restored, each timed from the command to the last check."""
    async with owner("main", tenant.database) as connection:
        await connection.execute("create table if not exists bulk (id bigint, text text)")
        have = await connection.fetchval("select coalesce(max(id), 0) from bulk")
        await connection.execute(_FILL, have + 1, have + megabytes * 1_000_000 // _ROW_BYTES)
        await connection.execute("checkpoint")
    # So much is not kept for a receiver that is away.
    await servers.drop_slot("main")
    Log("main", (await servers.facts("main")).system).begin_anew()
    receiver = Receiver("main", synchronous=False)
    receiver.start()
    try:
        began = time.monotonic()
        made = await base.take("main")
        base_s = time.monotonic() - began
        await _catch_up()
    finally:
        receiver.stop()
    began, at, used = time.monotonic(), now(), _processor_seconds()
    again = house.place / f"again-{megabytes}"
    await rebuild("main", None, again)
    cluster_s, cluster_cpu_s = time.monotonic() - began, _processor_seconds() - used
    plain_s, plain_cpu_s = _copied_plainly(again, house.place / f"plain-{megabytes}")
    Postgres(again).erase()
    began = time.monotonic()
    await restoring.from_cluster(tenant, at)
    return {
        "cluster_mb": round(made.plain_bytes / 1e6),
        "sealed_mb": round(made.bytes / 1e6),
        "base_s": round(base_s, 1),
        "cluster_s": round(cluster_s, 1),
        "cluster_cpu_s": round(cluster_cpu_s, 1),
        "plain_s": round(plain_s, 1),
        "plain_cpu_s": round(plain_cpu_s, 1),
        "tenant_s": round(time.monotonic() - began, 1),
    }


async def _emptied(tenant: Tenant) -> None:
    """What is lost does not depend on the size."""
    async with owner("main", tenant.database) as connection:
        await connection.execute("drop table bulk")
    async with owner("main") as admin:
        await admin.execute(f"drop database {restoring.beside(tenant)} with (force)")
        await admin.execute("checkpoint")


def _copied_plainly(source: Path, target: Path) -> tuple[float, float]:
    """What nobody can do without: every byte copied, on the disk, and a server that comes up."""
    began, used = time.monotonic(), _processor_seconds()
    subprocess.run(["cp", "-a", source, target], check=True)
    subprocess.run(["sync", "-f", target], check=True)
    with Postgres(target):
        spent = time.monotonic() - began
    cpu = _processor_seconds() - used
    Postgres(target).erase()
    return spent, cpu


def _processor_seconds() -> float:
    """Of this process and of those it has waited for: what a busy machine does not change."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


async def _catch_up() -> None:
    log = Log("main", (await servers.facts("main")).system)
    pulse = await log.pulse()
    while pulse.file not in await log.collect():  # noqa: ASYNC110 - files do not ring
        await asyncio.sleep(0.05)


def _lost(house: House, synchronous: bool, rounds: int) -> Figures:
    """Acknowledged rows that are gone when the cluster's disk is."""
    acknowledged = lost = 0
    for number in range(rounds):
        receiver = Receiver("main", synchronous=synchronous)
        receiver.start()
        try:
            known = run(_written_until_killed(house, synchronous))
        finally:
            receiver.stop()
        again = house.place / f"lost-{synchronous}-{number}"
        back = run(_read_again(again))
        acknowledged, lost = acknowledged + len(known), lost + len(known - back)
        house.postgres.stop()
        house.postgres.start()
        house.postgres.ready()
        run(servers.wait_for_receiver("main", wanted=False))
    return {"acknowledged": acknowledged, "lost": lost, "rounds": rounds}


async def _written_until_killed(house: House, synchronous: bool) -> set[int]:
    await base.take("main")
    await servers.wait_for_receiver("main", wanted=synchronous)
    async with owner("main") as admin:
        await admin.execute("create table if not exists acked (id bigint primary key)")
        await admin.execute("truncate acked")
    await _catch_up()
    known: set[int] = set()
    writers = [asyncio.create_task(_write(known, n)) for n in range(CLIENTS)]
    await asyncio.sleep(random.uniform(1.5, 3))
    _kill(house.postgres)
    await asyncio.gather(*writers)
    return known


async def _write(known: set[int], client: int) -> None:
    number = client
    try:
        async with owner("main") as connection:
            while True:
                await connection.execute("insert into acked values ($1)", number)
                known.add(number)
                number += CLIENTS
    except Exception:
        return  # A server killed in mid-sentence is told in many ways.


async def _read_again(directory: Path) -> set[int]:
    await rebuild("main", now(), directory)
    server = Postgres(directory)
    try:
        with server:
            connection = await asyncpg.connect(server.dsn)
            rows = await connection.fetch("select id from acked")
            await connection.close()
        return {row["id"] for row in rows}
    finally:
        server.erase()


def _kill(server: Postgres) -> None:
    """Every process of the server at once, so that none sends on what it still holds."""
    assert server.running is not None
    mine = server.running.pid
    doomed = [mine]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == mine:
                doomed.append(int(entry.name))
    for process in doomed:
        os.kill(process, signal.SIGKILL)
    server.running.wait()
