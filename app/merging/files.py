"""The stored files of one tenant given to another; what is stored under a key never changes."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from storage.carrying import carry_over
from storage.shapes import ObjectMissing
from storage.store import store_of
from tenants.shapes import Tenant

_KEPT = "select id::text, key, media_type from stored_object where removed_at is null order by id"
_AT_ONCE = 8


class Carried(NamedTuple):
    """What came of it; `lost` are the ids of files the store did not hold."""

    files: int
    lost: list[str]


async def carry(source: Tenant, target: Tenant, rows: Sequence[Any]) -> Carried:
    """Give `target` the files of these rows of `stored_object`; those it has are passed over."""
    there, here = store_of(source), store_of(target)
    await here.prepare()
    given, lost = 0, list[str]()

    async def one(row: Any) -> bool:
        try:
            return await carry_over(there, here, row["key"], row["media_type"])
        except ObjectMissing:
            lost.append(row["id"])
            return False

    for group in _groups(rows):
        given += sum(await asyncio.gather(*map(one, group)))
    return Carried(given, lost)


async def kept(connection: asyncpg.Connection) -> Sequence[Any]:
    """The rows of the files a tenant still has."""
    return list(await connection.fetch(_KEPT))


def _groups(rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)]
