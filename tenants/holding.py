"""Holding a whole tenant: what takes it away meets nobody who is copying it or putting it back.

A lock of the control database's owner, held by a connection: a process that dies lets go of it.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from infra.dsn import Address
from infra.owner_lock import send_others_away
from infra.settings import settings
from tenants.clusters import owner, unhurried
from tenants.provision import ProvisionError

# A killed process is gone a moment before its connection is.
_PAUSES = (0.1, 0.4)


class Held(ProvisionError):
    """Somebody else is at work on the whole of the tenant."""


@asynccontextmanager
async def held(slug: str, *, beside: str = "") -> AsyncIterator[None]:
    """Be alone with a tenant of that name for the length of the block, to erase it or let it in.

    With `beside` one is alone only among those who say the same word, such as `restore`, and never
    together with who is alone altogether. Raises Held while others are at work.
    """
    database = Address.parse(settings().control_dsn).database
    async with owner("main", database) as connection:
        await unhurried(connection)
        await _take(connection, f"tenant {slug}", slug, shared=bool(beside))
        if beside:
            await _take(connection, f"{beside} of {slug}", slug, shared=False)
        yield


async def _take(connection: asyncpg.Connection, name: str, slug: str, *, shared: bool) -> None:
    number = zlib.crc32(name.encode())
    await send_others_away(connection, number)
    way = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    for pause in (*_PAUSES, None):
        if await connection.fetchval(f"select {way}($1)", number):
            return
        if pause is not None:
            await asyncio.sleep(pause)
    raise Held(
        f"a backup, a restore, an import or an erasure of {slug} is at work: wait until it is over"
    )
