"""Holding a whole tenant: what takes it away meets nobody who is copying it or putting it back.

A lock of the control database's owner, held by a connection: a process that dies lets go of it.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from infra.dsn import Address
from infra.owner_lock import send_others_away
from infra.settings import settings
from tenants.clusters import owner, unhurried
from tenants.db import control
from tenants.provision import ProvisionError

_HALF_DONE = """
select m.joined_slug from merger m where $1 in (m.joined_id, m.into_id)
and exists (select from merger_step s where s.merger_id = m.id and s.step in ('closed', 'parting'))
and not exists (select from merger_step s where s.merger_id = m.id
                and (s.step in ('cancelled', 'parted') or s.step = 'whole' and not exists (
                    select from merger_step p where p.merger_id = m.id and p.step = 'parting')))
limit 1
"""
# A killed process is gone a moment before its connection is.
_PAUSES = (0.1, 0.4)
_ALONE = "select pg_try_advisory_lock($1)"
_TOGETHER = "select pg_try_advisory_lock_shared($1)"


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


async def must_be_settled(tenant: UUID) -> None:
    """Raise ProvisionError for one of a merger or split that is half done: what its database will
    hold is not said yet."""
    joined = await control.fetch_value(_HALF_DONE, tenant)
    if joined is not None:
        raise ProvisionError(
            f"a merger or split of {joined} is half done: run it again, or motcua tenant merge"
            f" cancel {joined}"
        )


async def _take(connection: asyncpg.Connection, name: str, slug: str, *, shared: bool) -> None:
    number = zlib.crc32(name.encode())
    await send_others_away(connection, number)
    query = _TOGETHER if shared else _ALONE
    for pause in (*_PAUSES, None):
        if await connection.fetchval(query, number):
            return
        if pause is not None:
            await asyncio.sleep(pause)
    raise Held(
        f"a backup, a restore, a merger, an import or an erasure of {slug} is at work:"
        " wait until it is over"
    )
