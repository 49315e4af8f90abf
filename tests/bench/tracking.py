"""The tracking page by code, warm, on one core: against the bare read and two other frameworks."""

from tenants.shapes import Tenant
from tests.bench.contenders import Rounds, contenders, take_turns
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, province, run
from tests.bench.report import Figures, aim, heading, latency, median, ratio, table

CODES = 2000
SIZES = {"20k": 20_000, "200k": 200_000}


def measure(house: House, *, quick: bool) -> Figures:
    """Both sizes, each with all contenders taking turns."""
    heading("Tracking page by code: one process, one core, 8 connections")
    seconds, rounds = (0.4, 2) if quick else (2.0, 7)
    found: Figures = {}
    for name, count in SIZES.items():
        tenant, codes = run(_prepared(f"thu-{name}", count // (100 if quick else 1)))
        with contenders(house, tenant, codes) as turns:
            taken = take_turns(turns, seconds, rounds)
        found[name] = _figures(taken)
        print(f"\n{name} dossiers")
        table(_rows(taken))
    found["growth_20k_to_200k"] = {
        point: round(found["200k"][point] / found["20k"][point], 3)
        for point in ("share_of_raw_read", "p50_ms", "p99_ms")
    }
    print(f"\nTen times the dossiers, times each figure: {found['growth_20k_to_200k']}")
    _judge(found["200k"])
    return found


async def _prepared(slug: str, count: int) -> tuple[Tenant, list[str]]:
    tenant = await province(slug)
    await fill(tenant, count)
    return tenant, await some_codes(tenant, CODES)


def _figures(taken: dict[str, Rounds]) -> Figures:
    ours, raw = taken["motcua"].rates, taken["raw read"].rates
    return {
        "share_of_raw_read": ratio(ours, raw),
        "share_304_of_raw_read": ratio(taken["motcua 304"].rates, raw),
        "share_of_raw_read_without_reset": ratio(ours, taken["raw read, no reset"].rates),
        "times_django": ratio(ours, taken["Django"].rates),
        "times_fastapi": ratio(ours, taken["FastAPI"].rates),
        "gzip_share_of_plain": ratio(taken["motcua gzip"].rates, ours),
        "by_cpu": _by_cpu(taken),
        "failures": sum(sum(rounds.failures) for rounds in taken.values()),
        "rates": {name: round(median(rounds.rates)) for name, rounds in taken.items()},
        **latency(taken["motcua"].latencies),
    }


def _by_cpu(taken: dict[str, Rounds]) -> Figures:
    """The same ratios out of processor time, which a busy machine disturbs less than rates."""
    cost = {name: median(rounds.cpu) for name, rounds in taken.items()}
    return {
        "share_of_raw_read": round(cost["raw read"] / cost["motcua"], 3),
        "share_304_of_raw_read": round(cost["raw read"] / cost["motcua 304"], 3),
        "times_django": round(cost["Django"] / cost["motcua"], 3),
        "times_fastapi": round(cost["FastAPI"] / cost["motcua"], 3),
    }


def _rows(taken: dict[str, Rounds]) -> dict[str, Figures]:
    raw = taken["raw read"].rates
    return {
        name: {
            "answers/s": float(median(rounds.rates)),
            "of raw": ratio(rounds.rates, raw),
            **(latency(rounds.latencies) if rounds.latencies else {}),
            "cpu us": float(median(rounds.cpu)),
            "failures": sum(rounds.failures),
        }
        for name, rounds in taken.items()
    }


def _judge(figures: Figures) -> None:
    aim("share of the raw read", figures["share_of_raw_read"], 0.25)
    aim("share of the raw read when answered 304", figures["share_304_of_raw_read"], 0.5)
    aim("times Django", figures["times_django"], 4)
    aim("times FastAPI", figures["times_fastapi"], 1.5)
    aim("failures", figures["failures"], 0, at_most=True)
