"""A province leaves while its neighbour works: how fast, how much memory, what the neighbour feels.

The export runs at its usual share of time, with PostgreSQL on one core; the web process that serves
the neighbour has the other.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from infra.ids import uuid7
from storage.store import store_of
from tenants import provision, registry
from tenants.clusters import owner
from tenants.shapes import Tenant
from tests.bench import load, paced
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, province, run
from tests.bench.machine import CLIENT_CORE, cpu_seconds, program
from tests.bench.report import Figures, aim, heading, latency, table

SIZES = {"20k": 20_000, "100k": 100_000}
FULL = {"20k": 20_000, "1M": 1_000_000}
_PAPERS_IN = 50  # dossiers for each paper of 100 KB
_PAPER = 100_000
_MOST_MB = 512
_LEAST = 300.0  # a million dossiers within an hour
_STORED = """
insert into stored_object (id, key, sha256, size, media_type, file_name, scan, owner, stored_at)
select $1, $2, sha256($3), length($3), 'application/pdf', 'thu.pdf', 'clean', 'system', now()
"""


class Watched(NamedTuple):
    """One way: how long it took, what it cost, the most memory it held, and how the neighbour
    was answered meanwhile."""

    seconds: float
    cpu_seconds: float  # of its process and of PostgreSQL
    peak_mb: float
    answers: list[float]


def measure(house: House, *, quick: bool, full: bool = False) -> Figures:
    """Both sizes: carried out and taken in under another name, both beside a neighbour."""
    heading("A tenant leaves and arrives; the neighbour's pages meanwhile")
    codes = run(_neighbour())
    found: Figures = {}
    for name, size in (FULL if full else SIZES).items():
        count = size // (20 if quick else 1)
        slug = name.lower()
        tenant = run(_prepared(f"roi-di-{slug}", count))
        _say(f"{count} dossiers are there")
        bag = house.place / f"bag-{name}"
        with house.web() as (port, _):
            asks = {"lang-gieng": [_ask(code) for code in codes]}
            paced.run(port, asks, 2, 0.05)  # until everything is warm
            alone = [heard.seconds for heard in paced.run(port, asks, 3 if quick else 15, 0.05)]
            listen = partial(paced.run, port, asks, 1.0, 0.05)
            out = _watched(house, listen, "export", tenant.slug, "--to", str(bag))
            _say(f"carried out in {out.seconds:.0f} s, {out.peak_mb:.0f} MB at the most")
            into = _watched(house, listen, "import", f"noi-den-{slug}", "--from", str(bag))
            _say(f"taken in in {into.seconds:.0f} s, {into.peak_mb:.0f} MB at the most")
        found[name] = _figures(count, bag, alone, out, into)
        table({name: found[name]})
        shutil.rmtree(bag)
        run(_forget(tenant.slug, f"noi-den-{slug}"))
    table(found)
    _judge(found)
    return found


def _say(line: str) -> None:
    """Where it is: a million dossiers take long."""
    print(f"  {time.strftime('%H:%M:%S', time.gmtime())} {line}", flush=True)


async def _forget(*slugs: str) -> None:
    """Room for the next size."""
    for slug in slugs:
        await registry.reload()
        if tenant := await registry.by_slug(slug):
            await store_of(tenant).erase()
            await provision.drop(tenant)


async def _neighbour() -> list[str]:
    made = await province("lang-gieng")
    await fill(made, 500)
    return await some_codes(made, 100)


async def _prepared(slug: str, count: int) -> Tenant:
    made = await province(slug)
    await fill(made, count, everywhere=True)
    store = store_of(made)
    await store.prepare()
    source = Path(store._home) / "thu"  # type: ignore[attr-defined]
    async with owner(made.cluster, made.database) as connection:
        for number in range(count // _PAPERS_IN):
            identity, content = uuid7(), number.to_bytes(8, "big") * (_PAPER // 8)
            source.write_bytes(content)
            await store.put(f"2026/01/{identity}", source, "application/pdf")
            await connection.execute(_STORED, identity, f"2026/01/{identity}", content)
    source.unlink(missing_ok=True)
    return made


def _ask(code: str) -> load.Ask:
    return load.Ask(load.get(f"/tra-cuu/{code}", "lang-gieng.localhost", Cookie="da_tham=1"))


def _watched(house: House, listen: Callable[[], list[paced.Heard]], *words: str) -> Watched:
    answers: list[float] = []
    argv = ("-m", "app.cli", "tenant", *words)
    with program(*argv, environment=house.environment, core=CLIENT_CORE) as child:
        began, peak, own = time.perf_counter(), 0.0, 0.0
        before = cpu_seconds(house.postgres.running.pid)
        while child.poll() is None:
            answers += [heard.seconds for heard in listen()]
            peak = max(peak, _peak_mb(child.pid))
            with suppress(psutil.NoSuchProcess):
                own = max(own, cpu_seconds(child.pid))
        assert child.returncode == 0
    cost = own + cpu_seconds(house.postgres.running.pid) - before
    return Watched(time.perf_counter() - began, cost, peak, answers)


def _peak_mb(pid: int) -> float:
    """The most memory a process ever held; nothing of one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith("VmHWM")), 0.0)


def _figures(count: int, bag: Path, alone: list[float], seen: Watched, arrived: Watched) -> Figures:
    size = sum(file.stat().st_size for file in bag.rglob("*") if file.is_file())
    before, beside = latency(alone), latency(seen.answers)
    return {
        "dossiers/s": round(count / seen.seconds, 1),
        "per cpu s": round(count / seen.cpu_seconds, 1),
        "MB/s": round(size / seen.seconds / 1e6, 1),
        "seconds": round(seen.seconds, 1),
        "peak_mb": round(seen.peak_mb, 1),
        "alone_p99_ms": before["p99_ms"],
        "beside_p50_ms": beside["p50_ms"],
        "beside_p99_ms": beside["p99_ms"],
        "in_dossiers/s": round(count / arrived.seconds, 1),
        "in_peak_mb": round(arrived.peak_mb, 1),
        "in_beside_p99_ms": latency(arrived.answers)["p99_ms"],
    }


def _judge(found: Figures) -> None:
    small, large = found.values()
    more = large["peak_mb"] - small["peak_mb"]
    aim("dossiers a second carried out", large["dossiers/s"], _LEAST)
    aim("dossiers a processor's second carried out", large["per cpu s"], 2 * _LEAST)
    aim("dossiers a second taken in", large["in_dossiers/s"], _LEAST)
    aim("most memory in MB", large["peak_mb"], _MOST_MB, at_most=True)
    aim("MB more for so many more dossiers", round(more, 1), 32, at_most=True)
    aim("most memory of an arrival in MB", large["in_peak_mb"], _MOST_MB, at_most=True)
    for way in ("beside_p99_ms", "in_beside_p99_ms"):
        slower = large[way] - large["alone_p99_ms"]
        aim(f"neighbour's p99, ms more ({way})", round(slower, 1), 10, at_most=True)
