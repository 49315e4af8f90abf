"""A client that asks at moments fixed beforehand: who is answered late is not asked less often."""

import asyncio
import random
import re
import time
from typing import NamedTuple

import uvloop

from tests.bench import load

_WORKED = re.compile(rb"\r\nx-worked-ms: ([0-9.]+)")


class Heard(NamedTuple):
    """One answer."""

    seconds: float  # from the moment it was due to be asked for
    worked_ms: float  # of the server's processor meanwhile (tests.bench.clocked_web)
    failed: bool


class Pace(NamedTuple):
    """From when, for how long and how often each one asks."""

    began: float
    seconds: float
    every: float


def run(port: int, asks: dict[str, list[load.Ask]], seconds: float, every: float) -> list[Heard]:
    """One line for each name, asked about once in `every` seconds."""
    return uvloop.run(_run(port, asks, seconds, every))


async def _run(
    port: int, asks: dict[str, list[load.Ask]], seconds: float, every: float
) -> list[Heard]:
    pace = Pace(time.perf_counter(), seconds, every)
    visits = (_visits(port, random.Random(name), these, pace) for name, these in asks.items())
    return [heard for each in await asyncio.gather(*visits) for heard in each]


async def _visits(
    port: int, chance: random.Random, asks: list[load.Ask], pace: Pace
) -> list[Heard]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found, due = [], pace.began + chance.uniform(0, pace.every)
    while due < pace.began + pace.seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        request, wanted = chance.choice(asks)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(load.body_length(head))
        worked = _WORKED.search(head)
        failed = int(head[9:12]) != wanted
        found.append(Heard(time.perf_counter() - due, float(worked[1]) if worked else 0.0, failed))
        due += chance.uniform(0.5, 1.5) * pace.every
    writer.close()
    return found
