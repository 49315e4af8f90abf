"""One tenant at a hundred times its load and more: what the others notice of it.

Rounds without and with the loud one take turns on the same servers, for the machine's speed
drifts. The same is done with a web process that lets everybody in at once. On a machine with other
work a busy process waits longer for its core than an idle one, whoever asks it; so beside the time
on the wall stands the time the server's process worked between request and answer.
"""

import random
from collections.abc import Callable, Iterator
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
MOST_MORE_MS = 10.0
_WEB = {"taking turns": "", "all at once": "1"}


def measure(house: House, *, quick: bool) -> Figures:
    """Pages of the quiet tenants and the start of their jobs, alone and beside the loud one."""
    count, seconds, rounds = (4, 1.5, 2) if quick else (QUIET, 5.0, 5)
    heading(f"One loud tenant beside {count} quiet ones, one process, one core")
    slugs = [f"lang-{n}" for n in range(count)]
    codes = run(_prepare(["on-ao", *slugs]))
    (listed := house.place / "loud-codes").write_text("\n".join(codes))
    figures: Figures = {}
    for name, at_once in _WEB.items():
        house.environment["BENCH_ALL_AT_ONCE"] = at_once
        with (
            house.web("tests.bench.clocked_web", connections_per_cluster=48) as (port, pid),
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
    kept: dict[str, list[list[paced.Heard]]] = {"alone": [], "beside": []}
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


def _figures(
    kept: dict[str, list[list[paced.Heard]]], told: list[list[float]], busy: float
) -> Figures:
    rounds = list(zip(kept["alone"], kept["beside"], strict=True))
    shown: Figures = {}
    for name, each in kept.items():
        heard = [answer for answers in each for answer in answers]
        worked = latency([answer.worked_ms / 1000 for answer in heard])
        shown[name] = {
            **latency([answer.seconds for answer in heard]),
            **{f"work {point[:3]}": value for point, value in worked.items()},
            "failures": sum(answer.failed for answer in heard),
        }
    return {
        **shown,
        "shown": list(shown),
        "p99_more_ms": _more(rounds, lambda heard: heard.seconds * 1000),
        "work_p99_more_ms": _more(rounds, lambda heard: heard.worked_ms),
        "loud_answers_s": round(median([rate for rate, *_ in told])),
        "loud_refused": round(median([failures / count for _, failures, count in told]), 3),
        "server_core_busy": round(busy, 2),
    }


def _more(
    rounds: list[tuple[list[paced.Heard], list[paced.Heard]]], of: Callable[[paced.Heard], float]
) -> float:
    """The median of what the rounds' 99th percentiles differ by."""

    def p99(heard: list[paced.Heard]) -> float:
        return part_of([of(each) for each in heard], 0.99)

    return round(median([p99(beside) - p99(alone) for alone, beside in rounds]), 2)


def _judge(found: Figures) -> None:
    fair = 1 / EVERY_SECONDS
    print(f"The loud one: {found['loud_answers_s']} answers a second, {fair:.1f} are one's share")
    aim("p99 of the others, ms more", found["p99_more_ms"], MOST_MORE_MS, at_most=True)
    aim("the same in ms of work", found["work_p99_more_ms"], MOST_MORE_MS, at_most=True)
    aim("failures of the others", found["beside"]["failures"], 0, at_most=True)
