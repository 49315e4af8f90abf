"""Turns at few places, by the thousand."""

import asyncio
import random
from collections import Counter

import pytest

from infra.turns import Busy, Room, Turns, share

ROOM = Room(places=6, most=4, least=1, waiting=8, seconds=60.0)


def test_shares_are_within_their_bounds_and_shrink_with_company():
    for places in range(1, 40):
        parts = [share(places, 8, 2, present) for present in range(60)]
        assert parts == sorted(parts, reverse=True)
        assert min(parts) == 2 and max(parts) == max(2, min(8, places))


async def test_places_are_never_overdrawn_and_nobody_is_forgotten():
    luck, most = random.Random(83), Counter()
    for _ in range(25):
        turns, served, at_work = Turns(ROOM), Counter(), Counter()

        async def visit(party, asker, pauses, turns=turns, served=served, at_work=at_work):
            again = False
            for pause in pauses:
                try:
                    await turns.take(party, asker, again=again)
                except Busy:
                    assert not again
                    served["away"] += 1
                    return
                at_work[party] += 1
                assert at_work[party] <= turns.busy(party) <= ROOM.most
                assert at_work.total() <= ROOM.places
                try:
                    await asyncio.sleep(0 if pause else 0.001)
                finally:
                    at_work[party] -= 1
                    turns.give(party)
                again = True
            served["done"] += 1

        tasks = [
            asyncio.create_task(
                visit(luck.choice("aaaaabcd"), luck.choice("xyz"), luck.choices([0, 1], k=3))
            )
            for _ in range(40)
        ]
        await asyncio.sleep(0)
        for task in luck.sample(tasks, 8):
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(each) for each in ended} <= {type(None), asyncio.CancelledError}
        assert not at_work.total() and not any(turns.busy(each) for each in "abcd")
        assert not any(turns.waiting(each) for each in "abcd")
        most += served
    assert most["done"] > 200 and most["away"]


async def test_parties_and_within_them_askers_take_turns():
    turns = Turns(Room(places=1, most=1, least=1, waiting=90, seconds=60.0))
    await turns.take("loud")
    order = []

    async def visit(party, asker):
        await turns.take(party, asker)
        order.append(f"{party} {asker}")
        turns.give(party)

    loud = [asyncio.create_task(visit("loud", "flood")) for _ in range(5)]
    late = [asyncio.create_task(visit(*each)) for each in (("loud", "one"), ("quiet", "two"))]
    await asyncio.sleep(0)
    turns.give("loud")
    await asyncio.gather(*loud, *late)
    assert order[:3] == ["loud flood", "quiet two", "loud one"]


async def test_in_a_full_line_whoever_asks_most_makes_way():
    turns = Turns(Room(places=1, most=1, least=1, waiting=4, seconds=60.0))
    await turns.take("a")
    flood = [asyncio.create_task(turns.take("a", "flood")) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await turns.take("a", "flood")
    one = asyncio.create_task(turns.take("a", "one"))
    await asyncio.sleep(0)
    assert isinstance((await asyncio.gather(flood[3], return_exceptions=True))[0], Busy)
    for _ in range(4):
        turns.give("a")
        await asyncio.sleep(0)
    await asyncio.gather(one, *flood[:3])


async def test_who_waits_too_long_is_told():
    turns = Turns(Room(places=1, most=1, least=1, waiting=4, seconds=0.01))
    await turns.take("a")
    with pytest.raises(Busy):
        await turns.take("a")
    assert turns.waiting("a") == 0
