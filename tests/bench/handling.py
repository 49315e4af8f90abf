"""Officers at work: transitions through the real database, the inbox and the search.

A transition is one unit of work as a web request has it: the dossier locked, the rules asked, the
run, tasks, progress and trail written. The same is measured in a tenant of 20 thousand dossiers
and in one of a million, one of fifty of them open and spread over all communes.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import uvloop

from app.onestop.dossiers import queries, service
from app.people.shapes import Actor
from infra.ids import uuid7
from tenants import db, registry
from tenants.current import acting_for
from tenants.work import work
from tests.bench.filling import fill
from tests.bench.house import House, province, run
from tests.bench.machine import SERVER_CORE, on_core
from tests.bench.report import Figures, heading, latency, median, ratio, table
from tests.bench.submitting import CLIENTS
from tests.cast import HOA, LAN, MINH, officer
from tests.onestop.dossiers.story import on_paper

SIZES = {"20k": 20_000, "1M": 1_000_000}
READS = ("inbox", "search by name", "search by code")


def measure(house: House, *, quick: bool) -> Figures:
    """Both sizes taking turns, for transitions and for each of the reads."""
    heading(f"Officers at work: transitions by {CLIENTS} clients, inbox and search")
    rounds, each = (2, 16) if quick else (5, 96)
    for name, size in SIZES.items():
        run(_prepare(f"xu-ly-{name.lower()}", size // (100 if quick else 1)))
    with on_core(SERVER_CORE):
        text = subprocess.check_output(
            [sys.executable, "-m", "tests.bench.handling", str(rounds), str(each)], text=True
        )
    taken = json.loads(text)
    rows: Figures = {}
    for name in SIZES:
        rows[f"transitions, {name}"] = {
            "rate": round(median(taken[f"transitions {name}"]["rates"]), 1),
            **latency(taken[f"transitions {name}"]["latencies"]),
        }
        rows |= {f"{read}, {name}": latency(taken[f"{read} {name}"]) for read in READS}
    table(rows)
    growth = {read: _growth(taken, read) for read in READS}
    growth["transitions rate"] = ratio(
        taken["transitions 1M"]["rates"], taken["transitions 20k"]["rates"]
    )
    print("Fifty times the dossiers, times the median time (for transitions: of the rate):", growth)
    return {"rows": rows, "growth_20k_to_1M": growth}


def _growth(taken: Figures, read: str) -> float:
    return round(median(taken[f"{read} 1M"]) / median(taken[f"{read} 20k"]), 2)


async def _prepare(slug: str, size: int) -> None:
    await fill(await province(slug), size, everywhere=True)


async def _main(rounds: int, each: int) -> None:
    """In a process of its own: both sizes in every round, the first one only to warm up."""
    taken: Figures = {}
    for number in range(rounds + 1):
        for size in SIZES:
            await registry.reload()
            tenant = await registry.by_slug(f"xu-ly-{size.lower()}")
            assert tenant is not None
            with acting_for(tenant):
                ran, read = await _transitions(each), await _reads(each)
            if number:
                into = taken.setdefault(f"transitions {size}", {"rates": [], "latencies": []})
                into["rates"] += ran["rates"]
                into["latencies"] += ran["latencies"]
                for name, seconds in read.items():
                    taken.setdefault(f"{name} {size}", []).extend(seconds)
    await db.close()
    print(json.dumps(taken))


async def _transitions(each: int) -> Figures:
    """Each client walks its own dossiers: passed on, processed, sent back, processed, approved."""
    lan, hoa, minh = [await officer(name) for name in (LAN, HOA, MINH)]
    codes = []
    for _ in range(each):
        async with work():
            codes.append((await service.intake(lan, on_paper(key=uuid7()))).code)
    latencies: list[float] = []
    waiting = iter(codes)

    async def client() -> None:
        for code in waiting:
            for act in _walk(code, lan, hoa, minh):
                latencies.append(await _timed(act))

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    rate = len(latencies) / (time.perf_counter() - began)
    return {"rates": [rate], "latencies": latencies}


def _walk(code: str, lan: Actor, hoa: Actor, minh: Actor) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: service.hand_over(lan, code, None),
        lambda: service.process(hoa, code, None, "Đủ điều kiện"),
        lambda: service.send_back(minh, code, None, "Thiếu nơi sinh"),
        lambda: service.process(hoa, code, None, "Đã bổ sung nơi sinh"),
        lambda: service.approve(minh, code, None, None),
    ]


async def _timed(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    async with work():
        await act()
    return time.perf_counter() - began


async def _reads(each: int) -> dict[str, list[float]]:
    """One after the other, as one officer asks."""
    hoa = await officer(HOA)
    posts, agencies = [post.id for post in hoa.posts], [post.agency_id for post in hoa.posts]
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "inbox": lambda: queries.inbox(posts, mine=hoa.id),
        "search by name": lambda: queries.find_dossiers("nguoi thu 12", agencies),
        "search by code": lambda: queries.find_dossiers("H08.21583-260105-00012", agencies),
    }
    taken: dict[str, list[float]] = {}
    for name, ask in asked.items():
        for _ in range(max(4, each // 4)):
            began = time.perf_counter()
            await ask()
            taken.setdefault(name, []).append(time.perf_counter() - began)
    return taken


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1]), int(sys.argv[2])))
