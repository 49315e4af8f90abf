"""Dirty usage in random orders; `python -m tests.ledgers` does it at full size with kills."""

import asyncio

from tests import ledgers
from tests.ledgers import counted, ledger, open_books, owed, sent, write


async def test_the_same_usage_in_any_order_with_stops_in_between_makes_the_same_ledger(
    house, monkeypatch
):
    monkeypatch.setattr(ledgers, "BATCH", 60)
    arriving = sent(7, 600, 4)
    found = set()
    for order in range(3):
        tenant_id = await open_books(4)
        for pause in range(3):
            running = asyncio.create_task(write(tenant_id, arriving, order))
            await asyncio.sleep(0.02 * (pause + order + 1))
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await write(tenant_id, arriving, order)
        found.add(await ledger(tenant_id))
        assert await counted(tenant_id) == owed(arriving)
    assert len(found) == 1
