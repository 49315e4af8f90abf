"""How long until a new tenant's doors open: empty, with a province's data, and as the hundredth."""

import time
from collections.abc import Awaitable, Callable

from app import lifecycle
from app.provinces.service import site_of
from tests.bench.house import PROVINCE, House, province, run
from tests.bench.report import Figures, aim, heading, median, part_of, table

TIMES = 10
CROWD = 100


def measure(house: House, *, quick: bool) -> Figures:
    """Ten of each; then a hundred tenants, then ten more."""
    heading("Provisioning a tenant")
    times, crowd = (2, 4) if quick else (TIMES, CROWD)
    found = {
        "first template": run(_timed(_empty, ["mau"])),
        "empty": run(_timed(_empty, [f"rong-{n}" for n in range(times)])),
        "with a province's data": run(_timed(province, [f"tinh-{n}" for n in range(times)])),
    }
    run(_timed(_empty, [f"dong-{n}" for n in range(crowd - 2 * times - 1)]))
    found[f"empty, beside {crowd}"] = run(_timed(_empty, [f"sau-{n}" for n in range(times)]))
    figures = {name: _figures(seconds) for name, seconds in found.items()}
    table(figures)
    aim("seconds to an empty tenant", figures["empty"]["median_s"], 1.0, at_most=True)
    figures["growth_to_100"] = {
        "median": round(median(found[f"empty, beside {crowd}"]) / median(found["empty"]), 2)
    }
    print(f"Beside {crowd} tenants, times as long: {figures['growth_to_100']['median']}")
    return figures


async def _empty(slug: str) -> object:
    return await lifecycle.create(slug, site_of(PROVINCE))


async def _timed(make: Callable[[str], Awaitable[object]], slugs: list[str]) -> list[float]:
    seconds = []
    for slug in slugs:
        began = time.perf_counter()
        await make(slug)
        seconds.append(time.perf_counter() - began)
    return seconds


def _figures(seconds: list[float]) -> Figures:
    return {
        "median_s": round(median(seconds), 3),
        "slowest_s": round(part_of(seconds, 1.0), 3),
        "count": len(seconds),
    }
