"""The bell against a real Valkey, present and absent."""

import asyncio

import pytest
from arq.connections import ArqRedis

from infra import bell
from infra.embedded.valkey import Valkey


@pytest.fixture
async def queue(bells: Valkey) -> ArqRedis:
    pool = bell.queue(patient=False)
    yield pool
    await pool.aclose(close_connection_pool=True)


async def _waiting(queue: ArqRedis) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (job.function, tuple(job.args)) for job in await queue.queued_jobs(queue_name=bell.QUEUE)
    ]


async def test_many_rings_before_the_job_begins_are_one(queue: ArqRedis) -> None:
    for _ in range(5):
        await bell.ring("send_notices", "binhdinh")
    await bell.ring("send_notices", "laocai")
    assert sorted(await _waiting(queue)) == [
        ("send_notices", ("binhdinh",)),
        ("send_notices", ("laocai",)),
    ]


async def test_a_ring_afresh_does_not_rely_on_one_that_was_taken_along(queue: ArqRedis) -> None:
    await bell.ring("send_notices", "binhdinh")
    await bell.ring("send_notices", "binhdinh", afresh=True)
    assert await _waiting(queue) == [("send_notices", ("binhdinh",))] * 2


async def test_who_ended_between_the_mark_and_the_ring_keeps_nobody_from_ringing(
    queue: ArqRedis,
) -> None:
    await queue.set(bell._mark("send_notices", "binhdinh"), "send_notices:binhdinh:never-rung")
    for _ in range(2):
        await bell.ring("send_notices", "binhdinh")
    assert await _waiting(queue) == [("send_notices", ("binhdinh",))]


async def test_a_ring_while_the_job_runs_is_not_lost(queue: ArqRedis) -> None:
    await bell.ring("send_notices", "binhdinh")
    await bell.begins(queue, "send_notices", "binhdinh")
    await bell.ring("send_notices", "binhdinh")
    assert len(await _waiting(queue)) == 2


async def test_a_natural_key_makes_rings_the_same(queue: ArqRedis) -> None:
    for _ in range(3):
        await bell.ring("sample_storage", "binhdinh", once="2026-11-22")
    await bell.ring("sample_storage", "binhdinh", once="2026-11-23")
    assert len(await _waiting(queue)) == 2


@pytest.mark.asvs("1.5.2")
async def test_what_is_written_to_redis_is_data_and_no_code(queue: ArqRedis) -> None:
    await bell.ring("send_notices", "binhdinh")
    (key,) = await queue.keys("arq:job:*")
    raw = await queue.get(key)
    assert bell.unpack(raw)["a"] == ["binhdinh"]
    assert not raw.startswith(b"\x80")  # how a pickle begins


async def test_a_dead_redis_stops_nobody(bells: Valkey) -> None:
    await bell.ring("send_notices", "binhdinh")
    bells.stop()
    for _ in range(100):
        await bell.ring("send_notices", "laocai")


async def test_a_ring_nobody_heard_is_rung_when_redis_is_back(
    queue: ArqRedis, bells: Valkey
) -> None:
    await bell.ring("send_notices", "binhdinh")
    bells.stop()
    for slug in ("laocai", "laocai", "binhdinh"):
        await bell.ring("collect_usage", slug)
    bells.start()
    bells.ready()
    while len(found := await _waiting(queue)) < 3:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.05)
    assert sorted(found) == [
        ("collect_usage", ("binhdinh",)), ("collect_usage", ("laocai",)),
        ("send_notices", ("binhdinh",)),
    ]  # fmt: skip


async def test_an_emptied_redis_is_noticed_once(queue: ArqRedis, bells: Valkey) -> None:
    assert [await bell.forgotten() for _ in range(3)] == [True, False, False]
    await queue.flushall()
    assert [await bell.forgotten() for _ in range(2)] == [True, False]
