"""Who takes part in the race for the tracking page, started, warm and proved to say the same."""

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from app.doors.sites import site_view
from infra.dsn import Address
from infra.embedded.server import listening
from tenants.shapes import Tenant
from tests.bench import load
from tests.bench.house import House
from tests.bench.machine import cpu_seconds, program
from tests.ports import free_port

# Every reader but a first-time visitor has our cookie. Nobody but "gzip" asks for compression,
# because the plain programs leave it to the proxy in front.
_VISITED = "da_tham=1"
_HIDDEN = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)
_PLAIN = "tests.bench.plain"

Turn = Callable[[float], tuple[load.Ran, float]]  # seconds -> what it gave, its cpu seconds


class Rounds(NamedTuple):
    """What one contender gave, round by round."""

    rates: list[float]
    latencies: list[float]
    cpu: list[float]  # microseconds of the server's core for each answer
    failures: list[int]


@contextmanager
def contenders(house: House, tenant: Tenant, codes: list[str]) -> Iterator[dict[str, Turn]]:
    """Everybody, each as a turn to be taken; only one is asked at a time."""
    with ExitStack() as up:
        port, pid = up.enter_context(house.web())
        plain = up.enter_context(_plain_programs(tenant))
        raw = up.enter_context(_raw_reader(house, tenant, codes))
        everyone = [port, *(p for p, _ in plain.values())]
        _must_say_the_same(tenant.host, codes[:: max(1, len(codes) // 10)], everyone)
        pages = _asks(tenant.host, codes)
        yield {
            "raw read": lambda seconds: raw("pooled", seconds),
            "raw read, no reset": lambda seconds: raw("held", seconds),
            "motcua": _http(port, pid, pages),
            "motcua 304": _http(port, pid, _known(port, tenant.host, codes)),
            "motcua gzip": _http(port, pid, _asks(tenant.host, codes, Accept_Encoding="gzip")),
            **{name: _http(p, process, pages) for name, (p, process) in plain.items()},
        }


def take_turns(turns: dict[str, Turn], seconds: float, rounds: int) -> dict[str, Rounds]:
    """Every contender in every round; a first round, which warms up, is not counted."""
    taken = {name: Rounds([], [], [], []) for name in turns}
    for number in range(rounds + 1):
        for name, turn in turns.items():
            ran, cpu = turn(seconds)
            if number:
                taken[name].rates.append(ran.rate)
                taken[name].latencies.extend(ran.latencies)
                taken[name].cpu.append(cpu / (ran.rate * seconds) * 1e6)
                taken[name].failures.append(ran.failures)
    return taken


def _must_say_the_same(host: str, codes: list[str], ports: list[int]) -> None:
    """Raise unless a person reads the same on every program's page."""
    for code in codes:
        request = _ask(host, code)
        texts = [_visible(load.fetch(port, request)) for port in ports]
        if len(set(texts)) != 1 or code not in texts[0]:
            raise AssertionError("the pages differ:\n" + "\n\n".join(texts))


def _visible(answer: tuple[int, bytes, bytes]) -> str:
    status, _, body = answer
    assert status == 200, (status, body[:300])
    return " ".join(html.unescape(_HIDDEN.sub(" ", body.decode())).split())


def _http(port: int, pid: int, asks: list[load.Ask]) -> Turn:
    def turn(seconds: float) -> tuple[load.Ran, float]:
        before = cpu_seconds(pid)
        ran = load.run(port, asks, seconds)
        return ran, cpu_seconds(pid) - before

    return turn


def _ask(host: str, code: str, **headers: str) -> bytes:
    return load.get(f"/tra-cuu/{code}", host, Cookie=_VISITED, **headers)


def _asks(host: str, codes: list[str], **headers: str) -> list[load.Ask]:
    return [load.Ask(_ask(host, code, **headers)) for code in codes]


def _known(port: int, host: str, codes: list[str]) -> list[load.Ask]:
    """Requests of a reader who has the page already."""
    asks = []
    for code in codes:
        _, head, _ = load.fetch(port, _ask(host, code))
        tag = re.search(rb"(?i)\r\netag: ([^\r]+)", head)
        assert tag, head
        asks.append(load.Ask(_ask(host, code, If_None_Match=tag[1].decode()), 304))
    return asks


@contextmanager
def _plain_programs(tenant: Tenant) -> Iterator[dict[str, tuple[int, int]]]:
    """The two other programs, each with its port and process id."""
    environment = _plain_environment(tenant)
    django, fastapi = free_port(), free_port()
    gunicorn = (
        *("-m", "gunicorn", f"{_PLAIN}.django_site:application", "--workers", "1"),
        *("--threads", "4", "--bind", f"127.0.0.1:{django}", "--log-level", "error"),
    )
    uvicorn = (
        *("-m", "uvicorn", f"{_PLAIN}.fastapi_site:app", "--port", str(fastapi)),
        *("--no-access-log", "--log-level", "error"),
    )
    with (
        program(*gunicorn, environment=environment) as first,
        program(*uvicorn, environment=environment) as second,
    ):
        for _ in range(300):
            if listening(django) and listening(fastapi):
                break
            time.sleep(0.1)
        yield {"Django": (django, first.pid), "FastAPI": (fastapi, second.pid)}


def _plain_environment(tenant: Tenant) -> dict[str, str]:
    view = site_view(tenant)
    site = {name: getattr(view, name) for name in view.__struct_fields__}
    address = _address(tenant)
    return {
        "PLAIN_SITE": json.dumps({**site, "hotline_link": view.hotline.replace(" ", "")}),
        "PLAIN_DATABASE": tenant.database,
        "PLAIN_USER": tenant.role,
        "PLAIN_PASSWORD": tenant.secrets.password,
        "PLAIN_HOST": address.host,
    }


def _address(tenant: Tenant) -> Address:
    from infra.settings import settings

    return Address.parse(settings().clusters[tenant.cluster])


@contextmanager
def _raw_reader(
    house: House, tenant: Tenant, codes: list[str]
) -> Iterator[Callable[[str, float], tuple[load.Ran, float]]]:
    """The bare reader as a process that waits to be told how long to read."""
    list_of_codes = house.place / "codes"
    list_of_codes.write_text("\n".join(codes))
    dsn = house.postgres.dsn_for(tenant.database, tenant.role, tenant.secrets.password)
    argv = ("-m", "tests.bench.raw_read", dsn, str(list_of_codes))
    with program(*argv, talk=True) as reader:

        def turn(mode: str, seconds: float) -> tuple[load.Ran, float]:
            assert reader.stdin and reader.stdout
            before = cpu_seconds(reader.pid)
            print(mode, seconds, file=reader.stdin, flush=True)
            rate = float(reader.stdout.readline())
            return load.Ran(rate, [], 0), cpu_seconds(reader.pid) - before

        yield turn
