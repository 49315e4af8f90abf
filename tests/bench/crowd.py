"""A hundred tenants on one PostgreSQL with a hundred connections, through one web process."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.bench import load
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, copies, province, run
from tests.bench.machine import cpu_seconds
from tests.bench.report import Figures, aim, heading, latency, median, ratio, table

TENANTS, DOSSIERS = 100, 500
CONNECTIONS = 16
# The default, which leaves room for other processes, and nearly all there are.
BUDGETS = (24, 90)
_COUNT = "select count(*) from pg_stat_activity where backend_type = 'client backend'"


def measure(house: House, *, quick: bool) -> Figures:
    """The same page of one tenant, of a busy fifth, and of all of them at random."""
    heading(f"{TENANTS} tenants on one PostgreSQL (max_connections 100), {CONNECTIONS} clients")
    tenants, seconds, rounds = (6, 0.5, 2) if quick else (TENANTS, 3.0, 5)
    slugs = [f"dan-{n}" for n in range(tenants)]
    codes = run(_prepare(slugs))
    figures: Figures = {}
    for budget in BUDGETS:
        print(f"\nThe process may open {budget} connections")
        with house.web(connections_per_cluster=budget) as (port, pid), _watching(house) as seen:
            found = _measured(port, pid, slugs, codes, seconds, rounds)
        figures[f"budget {budget}"] = _told(found, max(seen), budget)
    return figures


def _told(found: dict[str, Figures], most: int, budget: int) -> Figures:
    rates = {name: figures.pop("rates") for name, figures in found.items()}
    table(found)
    figures: Figures = {
        **found,
        "all_of_one": ratio(rates["all"], rates["one"]),
        "fifth_of_one": ratio(rates["a fifth"], rates["one"]),
        "failures": sum(each["failures"] for each in found.values()),
        "connections_at_most": most,
    }
    print(f"All tenants at random: {figures['all_of_one']} of the rate of one tenant alone;")
    print(f"four of five requests to a fifth of them: {figures['fifth_of_one']}")
    aim("failures", figures["failures"], 0, at_most=True)
    # A connection being closed may still be counted beside the one that takes its place.
    aim("connections open at most", most, 97, at_most=True)
    return figures


async def _prepare(slugs: list[str]) -> list[str]:
    pattern = await province("khuon")
    await fill(pattern, DOSSIERS)
    codes = await some_codes(pattern, 100)
    await copies(pattern, slugs)
    return codes


def _measured(
    port: int, pid: int, slugs: list[str], codes: list[str], seconds: float, rounds: int
) -> dict[str, Figures]:
    asks = _asks(slugs, codes)
    rates: dict[str, list[float]] = {name: [] for name in asks}
    latencies: dict[str, list[float]] = {name: [] for name in asks}
    cpu: dict[str, list[float]] = {name: [] for name in asks}
    failures = dict.fromkeys(asks, 0)
    for number in range(rounds + 1):
        for name, these in asks.items():
            before = cpu_seconds(pid)
            ran = load.run(port, these, seconds, CONNECTIONS)
            failures[name] += ran.failures
            if number:
                rates[name].append(ran.rate)
                latencies[name] += ran.latencies
                cpu[name].append((cpu_seconds(pid) - before) / len(ran.latencies) * 1e6)
    return {
        name: {
            "answers/s": round(median(rates[name])),
            **latency(latencies[name]),
            "cpu us": round(median(cpu[name])),
            "failures": failures[name],
            "rates": rates[name],
        }
        for name in asks
    }


def _asks(slugs: list[str], codes: list[str]) -> dict[str, list[load.Ask]]:
    chance = random.Random(1)
    busy = slugs[: max(1, len(slugs) // 5)]
    calm = slugs[len(busy) :] or busy

    def of(slug: str) -> load.Ask:
        path = f"/tra-cuu/{chance.choice(codes)}"
        return load.Ask(load.get(path, f"{slug}.localhost", Cookie="da_tham=1"))

    def mostly_busy() -> str:
        return chance.choice(busy if chance.random() < 0.8 else calm)

    return {
        "one": [of(slugs[0]) for _ in range(2000)],
        "a fifth": [of(mostly_busy()) for _ in range(2000)],
        "all": [of(chance.choice(slugs)) for _ in range(2000)],
    }


@contextmanager
def _watching(house: House) -> Iterator[list[int]]:
    """Counts PostgreSQL's connections all the while; the watcher's own is not counted."""
    seen, over = [0], threading.Event()

    def watch() -> None:
        with psycopg.connect(house.postgres.dsn, autocommit=True) as connection:
            while not over.is_set():
                row = connection.execute(_COUNT).fetchone()
                seen.append(row[0] - 1 if row else 0)
                time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
