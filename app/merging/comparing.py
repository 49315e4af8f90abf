"""A tenant's database as one digest a table, the same as a bag of it would have."""

import hashlib

import asyncpg

from app.leaving import streams
from app.leaving.catalogue import tables
from app.leaving.pace import Pace
from app.leaving.rows import without_sealed
from app.leaving.snapshot import snapshot
from tenants.shapes import Tenant

Digests = dict[str, str]


async def digests(tenant: Tenant) -> Digests:
    """SHA-256 of every table's lines, by table; equal rows give equal digests anywhere."""
    async with snapshot(tenant) as shot:
        return {
            table.name: await _digest(shot.connection, streams.lines_query(without_sealed(table)))
            for table in await tables(shot.connection)
        }


def differing(one: Digests, other: Digests) -> list[str]:
    """The tables that are not the same, by name."""
    return sorted(name for name in one | other if one.get(name) != other.get(name))


async def _digest(connection: asyncpg.Connection, query: str) -> str:
    digest = hashlib.sha256()
    await streams.lines(connection, query, digest.update, Pace())
    return digest.hexdigest()
