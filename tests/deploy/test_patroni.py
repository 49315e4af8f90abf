"""A cluster that somebody else looks after keeps the standbys that somebody named."""

import asyncio

from tenants.backup.servers import SLOT, wait_for_receiver
from tenants.clusters import owner
from tests.conftest import Servers


async def _named(text: str | None = None) -> str:
    async with owner("main") as admin:
        if text is not None:
            await admin.execute(f"alter system set synchronous_standby_names = '{text}'")
            await admin.execute("select pg_reload_conf()")
            while await admin.fetchval("show synchronous_standby_names") != text:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return str(await admin.fetchval("show synchronous_standby_names"))


async def test_the_keeper_leaves_standbys_of_others_as_they_are(house: Servers) -> None:
    try:
        await _named("ANY 1 (pg_1, pg_2)")
        for wanted in (False, True):
            await wait_for_receiver("main", wanted)
            assert await _named() == "ANY 1 (pg_1, pg_2)"
        await _named(SLOT)
        await wait_for_receiver("main", wanted=False)
        async with asyncio.timeout(20):
            while await _named():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        await _named("")
