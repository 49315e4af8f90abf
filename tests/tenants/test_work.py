"""Units of work against a real database: all or nothing, and nothing leaks."""

import asyncio

import asyncpg
import pytest

from infra.ids import uuid7
from tenants import db
from tenants.work import WorkError, after_commit, work

_ADD = (
    "insert into trail (id, at, actor_kind, actor_name, act, subject_kind, subject_id)"
    " values ($1, now(), 'system', 'x', $2, 'test', '1')"
)


async def _count():
    return await db.tenant.fetch_value("select count(*) from trail")


async def test_what_is_done_inside_is_kept_together(tenant):
    async with work():
        await db.tenant.execute(_ADD, uuid7(), "one")
        await db.tenant.execute(_ADD, uuid7(), "two")
    assert await _count() == 2


@pytest.mark.asvs("2.3.3")
async def test_an_exception_leaves_nothing_behind(tenant):
    with pytest.raises(RuntimeError):
        async with work():
            await db.tenant.execute(_ADD, uuid7(), "one")
            raise RuntimeError
    assert await _count() == 0


async def test_tasks_started_inside_join_the_transaction_without_colliding(tenant):
    with pytest.raises(RuntimeError):
        async with work():
            await asyncio.gather(*(db.tenant.execute(_ADD, uuid7(), "x") for _ in range(20)))
            raise RuntimeError
    assert await _count() == 0


async def test_a_failing_commit_is_told_and_does_not_leak_the_connection(tenant):
    for _ in range(20):
        with pytest.raises(WorkError):
            async with work():
                with pytest.raises(asyncpg.PostgresError):
                    await db.tenant.execute("select 1 / 0")
    assert await asyncio.wait_for(_count(), 5) == 0


async def test_bells_ring_after_the_commit_and_never_after_a_roll_back(tenant):
    rung = []

    async def ring():
        rung.append(await _count())

    async with work():
        await db.tenant.execute(_ADD, uuid7(), "one")
        await after_commit(ring)
        assert rung == []
    assert rung == [1]
    with pytest.raises(RuntimeError):
        async with work():
            await after_commit(ring)
            raise RuntimeError
    assert rung == [1]


async def test_units_do_not_nest(tenant):
    with pytest.raises(WorkError):
        async with work(), work():
            pass


async def test_a_query_after_the_settlement_is_refused(tenant):
    late = []
    async with work() as unit:
        late.append(unit)
        await db.tenant.fetch("select 1")
    with pytest.raises(WorkError):
        await late[0].connection(db.place_of(tenant))


async def test_five_hundred_units_share_a_few_connections(tenant):
    async def one():
        async with work():
            await db.tenant.execute(_ADD, uuid7(), "x")

    await asyncio.gather(*(asyncio.create_task(one()) for _ in range(500)))
    assert await _count() == 500
