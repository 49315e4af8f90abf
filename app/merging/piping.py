"""Rows out of one database into another as they come, a bounded piece of them in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg

_PIECE = 1 << 18
_AHEAD = 8


async def pipe(
    source: asyncpg.Connection,
    query: str,
    target: asyncpg.Connection,
    table: str,
    columns: Sequence[str],
) -> int:
    """Add what a query gives to a table's columns; how many rows. Types must be the same."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_AHEAD)
    held = bytearray()

    async def give(content: bytes) -> None:
        held.extend(content)
        if len(held) >= _PIECE:
            await pieces.put(bytes(held))
            held.clear()

    async def read() -> None:
        await source.copy_from_query(query, output=give, format="binary")
        await pieces.put(bytes(held))
        await pieces.put(None)

    async def taken() -> AsyncIterator[bytes]:
        while (piece := await pieces.get()) is not None:
            yield piece

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            added = group.create_task(
                target.copy_to_table(table, source=taken(), columns=list(columns), format="binary")
            )
    except BaseExceptionGroup as errors:
        # The first is the cause; the other side was only told to stop.
        raise errors.exceptions[0] from None
    return int(added.result().split()[-1])
