"""The budget of connections, with a stand-in for opening one that counts what is open."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.pools import Pools


class Line:
    """A connection as the pool sees it."""

    opened = 0
    most = 0

    def __init__(self, key):
        self.key, self.closed, self.in_transaction = key, False, False
        type(self).opened += 1
        type(self).most = max(type(self).most, type(self).opened)

    def is_closed(self):
        return self.closed

    def is_in_transaction(self):
        return self.in_transaction

    async def close(self):
        self.terminate()

    def terminate(self):
        if not self.closed:
            self.closed = True
            type(self).opened -= 1


@pytest.fixture(autouse=True)
def _none_open():
    Line.opened = Line.most = 0


async def _open(key):
    await asyncio.sleep(0)
    return Line(key)


def _pools(budget=4, share=2, **more):
    return Pools(_open, budget=budget, share=share, **more)


async def test_a_connection_given_back_is_used_again():
    pools = _pools()
    first = await pools.acquire("a")
    await pools.release("a", first)
    assert await pools.acquire("a") is first


async def test_no_tenant_ever_gets_a_connection_of_another():
    pools = _pools(budget=1, share=1)
    first = await pools.acquire("a")
    await pools.release("a", first)
    second = await pools.acquire("b")
    assert second.key == "b" and first.closed and pools.opened == 1


@pytest.mark.asvs("15.2.2")
async def test_one_tenant_cannot_hold_more_than_its_share():
    pools = _pools(budget=4, share=2)
    held = [await pools.acquire("a") for _ in range(2)]
    third = asyncio.create_task(pools.acquire("a"))
    await asyncio.sleep(0.01)
    assert not third.done()
    assert (await pools.acquire("b")).key == "b"
    await pools.release("a", held[0])
    assert await third is held[0]


async def test_a_connection_left_in_a_transaction_is_thrown_away():
    pools = _pools()
    line = await pools.acquire("a")
    line.in_transaction = True
    await pools.release("a", line)
    assert line.closed and pools.opened == 0


async def test_a_failed_opening_gives_its_place_back():
    async def fails(key):
        raise OSError

    pools = Pools(fails, budget=1, share=1)
    for _ in range(3):
        with pytest.raises(OSError):
            await pools.acquire("a")
    assert pools.opened == 0


async def test_a_waiter_that_gives_up_does_not_take_a_turn_with_it():
    pools = _pools(budget=1, share=1)
    line = await pools.acquire("a")
    gone = asyncio.create_task(pools.acquire("b"))
    patient = asyncio.create_task(pools.acquire("c"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    await pools.release("a", line)
    assert (await asyncio.wait_for(patient, 5)).key == "c"


async def test_who_comes_back_at_once_stands_behind_those_who_wait():
    pools, served = _pools(budget=1, share=1), []

    async def visit(name, times):
        for _ in range(times):
            line = await pools.acquire("a")
            await asyncio.sleep(0)
            served.append(name)
            await pools.release("a", line)

    await asyncio.gather(visit("greedy", 9), visit("once", 1), visit("twice", 2))
    assert served[:5] == ["greedy", "once", "twice", "greedy", "twice"]


async def test_a_place_given_to_who_has_just_left_goes_to_the_next():
    pools = _pools(budget=1, share=1)
    line = await pools.acquire("a")
    gone, patient = [asyncio.create_task(pools.acquire("a")) for _ in range(2)]
    await asyncio.sleep(0)
    await pools.release("a", line)
    gone.cancel()
    assert await asyncio.wait_for(patient, 5) is line
    assert gone.cancelled() and pools.busy("a") == 1


async def test_who_has_several_idle_connections_makes_room_before_who_has_one():
    pools = _pools(budget=4, share=3)
    quiet = await pools.acquire("quiet")
    await pools.release("quiet", quiet)
    for line in [await pools.acquire("loud") for _ in range(3)]:
        await pools.release("loud", line)
    assert (await pools.acquire("third")).key == "third"
    assert await pools.acquire("quiet") is quiet


async def test_idle_connections_are_closed_after_a_while():
    pools = _pools(idle_seconds=0.02)
    await pools.release("a", await pools.acquire("a"))
    await asyncio.sleep(0.1)
    assert pools.opened == 0 and Line.opened == 0


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.integers(1, 4), st.integers(1, 3))
def test_the_budget_holds_and_everybody_is_served_in_any_order(keys, budget, share):
    async def story():
        Line.opened = Line.most = 0
        pools = _pools(budget=budget, share=share)

        async def visit(key):
            line = await pools.acquire(key)
            assert line.key == key and not line.closed
            await asyncio.sleep(0)
            await pools.release(key, line)

        await asyncio.wait_for(asyncio.gather(*(visit(key) for key in keys)), 10)
        assert Line.most <= budget
        await pools.close()
        assert Line.opened == 0 and pools.opened == 0

    asyncio.run(story())
