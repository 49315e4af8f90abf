"""Memory of the two processes: just started, and at rest after work for one and for ten tenants."""

import time

from tests.bench import load
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, copies, province, run
from tests.bench.machine import memory_mb
from tests.bench.report import Figures, aim, heading, table

PAGES = ("/", "/thu-tuc", "/thu-tuc/1.001193", "/thu-tuc?tim=khai+sinh", "/tra-cuu")
TENANTS = 10


def measure(house: House, *, quick: bool) -> Figures:
    """Resident and proportional megabytes."""
    heading("Memory at rest, in MB")
    slugs = [f"nho-{n}" for n in range(2 if quick else TENANTS)]
    codes = run(_prepare(slugs))
    rows: Figures = {}
    with house.web() as (port, pid), house.worker() as worker:
        _rest(quick)
        rows["web, just started"], rows["worker, just started"] = memory_mb(pid), memory_mb(worker)
        _visit(port, slugs[:1], codes)
        _rest(quick)
        rows["web, after one tenant's pages"] = memory_mb(pid)
        _visit(port, slugs, codes)
        _rest(quick)
        rows[f"web, after {len(slugs)} tenants' pages"] = memory_mb(pid)
        rows["worker, a while later"] = memory_mb(worker)
    rows = {name: {k: round(v, 1) for k, v in row.items()} for name, row in rows.items()}
    table(rows)
    for name in ("web, just started", "worker, just started"):
        aim(f"{name}, MB", rows[name]["pss"], 150, at_most=True)
    aim(
        "web after work, MB",
        rows[f"web, after {len(slugs)} tenants' pages"]["pss"],
        150,
        at_most=True,
    )
    return rows


async def _prepare(slugs: list[str]) -> list[str]:
    pattern = await province("khuon")
    await fill(pattern, 200)
    codes = await some_codes(pattern, 50)
    await copies(pattern, slugs)
    return codes


def _visit(port: int, slugs: list[str], codes: list[str]) -> None:
    for slug in slugs:
        for path in [*PAGES, *(f"/tra-cuu/{code}" for code in codes)]:
            status, _, _ = load.fetch(port, load.get(path, f"{slug}.localhost"))
            assert status == 200, (slug, path, status)


def _rest(quick: bool) -> None:
    time.sleep(0.5 if quick else 4)
