"""How long a ring waits for its job while one tenant has 200,000 messages and rings without end."""

import asyncio
import os
import time

from app.jobs import JOBS
from infra import bell
from infra.embedded.smsc import Smsc
from infra.settings import settings
from tenants import registry
from tenants.clusters import owner
from tests.bench.house import House, run
from tests.bench.notices import _QUEUE as QUEUE
from tests.bench.report import Figures, aim, latency, table
from tests.ports import free_port

WAITING, RINGS = 200_000, 200_000
JOB = "release_notices"
_EVERY_SECONDS = 0.05
_LATER = "update notice set next_at = now() + $1 * interval '1 hour' where state = 'pending'"


def jobs(house: House, loud: str, quiet: list[str], *, quick: bool) -> Figures:
    """From the ring to the beginning of the job, for the quiet tenants, without and with it."""
    count, seconds = (2_000, 2.0) if quick else (WAITING, 15.0)
    with Smsc(house.place / "sms", free_port()) as server:
        os.environ.update(MOTCUA_SMS_URL=server.url, MOTCUA_SMS_AT_NIGHT="true")
        house.environment.update(MOTCUA_SMS_URL=server.url, MOTCUA_SMS_AT_NIGHT="true")
        settings.cache_clear()
        run(_queue(loud, count))
        rings = count // 100 if quick else RINGS
        queued = run(_rings(loud, rings))
        with house.worker():
            run(_delays(loud, quiet[:1], 0.1, ringing=False))  # It has to start first.
            beside = run(_delays(loud, quiet, seconds, ringing=True))
            left = run(_left(loud))
            run(_execute(loud, _LATER, 24))
            alone = run(_delays(loud, quiet, seconds, ringing=False))
    rows = {"alone": latency(alone), "beside": latency(beside)}
    table(rows)
    print(
        f"{RINGS:,} rings of the loud one are {queued} jobs in the queue; {left:,} rows were left"
    )
    aim("the longest wait for a job, s", round(max(beside), 2), 5.0, at_most=True)
    longest = {"longest_alone_s": round(max(alone), 3), "longest_beside_s": round(max(beside), 3)}
    return {**rows, **longest, "queued": queued, "left": left}


async def _queue(slug: str, count: int) -> None:
    await _execute(slug, QUEUE, "noise", "Ho so da co ket qua", count)
    await _execute(slug, "analyze notice")


async def _execute(slug: str, sql: str, *values: object) -> None:
    tenant = await registry.by_slug(slug)
    assert tenant is not None
    async with owner(tenant.cluster, tenant.database) as connection:
        await connection.execute(sql, *values, timeout=300)


async def _left(slug: str) -> int:
    tenant = await registry.by_slug(slug)
    assert tenant is not None
    async with owner(tenant.cluster, tenant.database) as connection:
        return int(await connection.fetchval("select count(*) from notice where state = 'pending'"))


async def _rings(slug: str, count: int) -> int:
    names = [job.name for job in JOBS]
    for number in range(0, count, len(names)):
        await asyncio.gather(*(bell.ring(name, slug) for name in names))
        if number % 10_000 < len(names):
            await asyncio.sleep(0)
    waiting = int(await bell._connection().zcard(bell.QUEUE))
    await bell.close()
    return waiting


async def _delays(loud: str, quiet: list[str], seconds: float, *, ringing: bool) -> list[float]:
    noise = asyncio.create_task(_noise(loud)) if ringing else None
    redis = bell._connection()
    began, delays, number = time.perf_counter(), [], 0
    while time.perf_counter() < began + seconds:
        slug, number = quiet[number % len(quiet)], number + 1
        rung = time.perf_counter()
        await bell.ring(JOB, slug)
        # The worker takes the mark away before the job looks at any row.
        while await redis.exists(bell._mark(JOB, slug)):  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        delays.append(time.perf_counter() - rung)
        await asyncio.sleep(_EVERY_SECONDS)
    if noise:
        noise.cancel()
    await bell.close()
    return delays


async def _noise(slug: str) -> None:
    while True:
        for job in JOBS:
            await bell.ring(job.name, slug)
        await asyncio.sleep(0.01)
