"""The limit to compare with: one process on one core that does nothing but read by the key.

Started with a tenant's address and a file of codes; each line on its standard input, a mode and a
number of seconds, is answered by a line with the reads a second.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path

import asyncpg
import uvloop

SQL = "select code, version, status, due_at from dossier where code = $1"
READERS = 8


async def main(dsn: str, codes: list[str]) -> None:
    """Answer until standard input ends."""
    pool = await asyncpg.create_pool(dsn, min_size=READERS, max_size=READERS)
    modes = {"pooled": pooled, "held": held}
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        mode, seconds = line.split()
        print(await modes[mode](pool, codes, float(seconds)), flush=True)
    await pool.close()


async def pooled(pool: asyncpg.Pool, codes: list[str], seconds: float) -> float:
    """The pool as asyncpg makes it: a connection is borrowed, and reset, for every read."""
    return await _rate([pool.fetchrow] * READERS, codes, seconds)


async def held(pool: asyncpg.Pool, codes: list[str], seconds: float) -> float:
    """Every reader keeps its connection: no borrowing, no reset, the most there is."""
    connections = [await pool.acquire() for _ in range(READERS)]
    try:
        return await _rate([c.fetchrow for c in connections], codes, seconds)
    finally:
        for connection in connections:
            await pool.release(connection)


async def _rate(
    reads: list[Callable[..., Awaitable[object]]], codes: list[str], seconds: float
) -> float:
    began = time.perf_counter()
    counts = await asyncio.gather(
        *(_read(read, codes[n * 100 :] + codes, began + seconds) for n, read in enumerate(reads))
    )
    return sum(counts) / (time.perf_counter() - began)


async def _read(read: Callable[..., Awaitable[object]], codes: list[str], until: float) -> int:
    count = 0
    for code in cycle(codes):
        row = await read(SQL, code)
        assert row is not None
        count += 1
        if time.perf_counter() >= until:
            return count
    return count


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2]).read_text().split()))
