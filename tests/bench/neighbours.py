"""One tenant at a hundred times its load and more: what the others notice of it.

Rounds without and with the loud one take turns on the same servers, for the machine's speed
drifts. The same is done with a web process that lets everybody in at once.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.bench import load, paced
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, copies, province, run
from tests.bench.machine import CLIENT_CORE, cpu_seconds, program
from tests.bench.report import Figures, aim, heading, latency, median, part_of, table
from tests.bench.waiting_jobs import jobs

QUIET, DOSSIERS = 33, 500
EVERY_SECONDS = 0.5
MOST_MORE_MS, MOST_DELAY_SECONDS = 10.0, 5.0
_WEB = {"taking turns": "app.web", "all at once": "tests.bench.unfair_web"}


def measure(house: House, *, quick: bool) -> Figures:
    """Pages of the quiet tenants and the start of their jobs, alone and beside the loud one."""
    heading(f"One loud tenant beside {QUIET} quiet ones, one process, one core")
    count, seconds, rounds = (4, 1.5, 2) if quick else (QUIET, 6.0, 5)
    slugs = [f"lang-{n}" for n in range(count)]
    codes = run(_prepare(["on-ao", *slugs]))
    (listed := house.place / "loud-codes").write_text("\n".join(codes))
    figures: Figures = {}
    for name, module in _WEB.items():
        with (
            house.web(module=module, connections_per_cluster=48) as (port, pid),
            _loud(port, str(listed)) as loud,
        ):
            figures[name] = _pages(port, pid, _asks(slugs, codes), loud, seconds, rounds)
    table({f"{name}, {at}": each[at] for name, each in figures.items() for at in each["shown"]})
    _judge(figures["taking turns"])
    return figures | {"jobs": jobs(house, "on-ao", slugs, quick=quick)}


async def _prepare(slugs: list[str]) -> list[str]:
    pattern = await province("khuon")
    await fill(pattern, DOSSIERS)
    codes = await some_codes(pattern, 100)
    await copies(pattern, slugs)
    return codes


def _asks(slugs: list[str], codes: list[str]) -> dict[str, list[load.Ask]]:
    chance = random.Random(1)

    def of(slug: str) -> list[load.Ask]:
        paths = [f"/tra-cuu/{chance.choice(codes)}" for _ in range(20)] + ["/thu-tuc", "/"] * 3
        return [load.Ask(load.get(p, f"{slug}.localhost", Cookie="da_tham=1")) for p in paths]

    return {slug: of(slug) for slug in slugs}


@contextmanager
def _loud(port: int, codes: str) -> Iterator[tuple[IO[str], IO[str]]]:
    argv = ("-m", "tests.bench.loud", str(port), "on-ao.localhost", codes)
    with program(*argv, talk=True, core=CLIENT_CORE) as child:
        assert child.stdin and child.stdout
        yield child.stdin, child.stdout


def _pages(
    port: int,
    pid: int,
    asks: dict[str, list[load.Ask]],
    loud: tuple[IO[str], IO[str]],
    seconds: float,
    rounds: int,
) -> Figures:
    kept: dict[str, list[load.Ran]] = {"alone": [], "beside": []}
    told: list[list[float]] = []
    busy: list[float] = []
    for number in range(rounds + 1):
        alone = paced.run(port, asks, seconds, EVERY_SECONDS)
        print(seconds + 1.0, file=loud[0], flush=True)
        before = cpu_seconds(pid)
        beside = paced.run(port, asks, seconds, EVERY_SECONDS)
        busy.append((cpu_seconds(pid) - before) / seconds)
        said = [float(value) for value in loud[1].readline().split()]
        if number:  # The first round warms up.
            kept["alone"].append(alone)
            kept["beside"].append(beside)
            told.append(said)
    return _figures(kept, told, median(busy))


def _figures(kept: dict[str, list[load.Ran]], told: list[list[float]], busy: float) -> Figures:
    rounds = list(zip(kept["alone"], kept["beside"], strict=True))
    more = {
        f"{point}_more_ms": round(
            median([_ms(beside, share) - _ms(alone, share) for alone, beside in rounds]), 2
        )
        for point, share in (("p50", 0.50), ("p99", 0.99))
    }
    shown = {
        name: {
            "answers/s": round(median([ran.rate for ran in each])),
            **latency([value for ran in each for value in ran.latencies]),
            "failures": sum(ran.failures for ran in each),
        }
        for name, each in kept.items()
    }
    return {
        **shown,
        "shown": list(shown),
        **more,
        "p99_times": round(median([_ms(b, 0.99) / _ms(a, 0.99) for a, b in rounds]), 2),
        "loud_answers_s": round(median([rate for rate, *_ in told])),
        "loud_refused": round(median([failures / count for _, failures, count in told]), 3),
        "server_core_busy": round(busy, 2),
    }


def _ms(ran: load.Ran, share: float) -> float:
    return part_of(ran.latencies, share) * 1000


def _judge(found: Figures) -> None:
    fair = found["alone"]["answers/s"] / QUIET
    print(f"The loud one: {found['loud_answers_s']} answers a second, {fair:.1f} are one's share")
    aim("p99 of the others, ms more", found["p99_more_ms"], MOST_MORE_MS, at_most=True)
    aim("failures of the others", found["beside"]["failures"], 0, at_most=True)
