"""A client that asks at moments fixed beforehand: who is answered late is not asked less often."""

import asyncio
import random
import time

import uvloop

from tests.bench import load


def run(port: int, asks: dict[str, list[load.Ask]], seconds: float, every: float) -> load.Ran:
    """One line for each name, asked about once in `every` seconds; times count from the moment."""
    return uvloop.run(_run(port, asks, seconds, every))


async def _run(
    port: int, asks: dict[str, list[load.Ask]], seconds: float, every: float
) -> load.Ran:
    began = time.perf_counter()
    found = await asyncio.gather(
        *(
            _visits(port, random.Random(name), these, began, seconds, every)
            for name, these in asks.items()
        )
    )
    latencies = [latency for each, _ in found for latency in each]
    return load.Ran(len(latencies) / seconds, latencies, sum(failures for _, failures in found))


async def _visits(
    port: int,
    chance: random.Random,
    asks: list[load.Ask],
    began: float,
    seconds: float,
    every: float,
) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies, failures, due = [], 0, began + chance.uniform(0, every)
    while due < began + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        request, status = chance.choice(asks)
        writer.write(request)
        failures += await _status(reader) != status
        latencies.append(time.perf_counter() - due)
        due += chance.uniform(0.5, 1.5) * every
    writer.close()
    return latencies, failures


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(load.body_length(head))
    return int(head[9:12])
