"""What single steps cost, one call after the other: drawing the page, searching, counting days."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from jinja2 import Environment, FunctionLoader

from app.doors import assets, render, words
from app.doors.portal.tracking_view import track_view
from app.doors.sites import site_view
from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import due_at
from app.onestop.dossiers.queries import tracking
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.bench.filling import fill, some_codes
from tests.bench.house import House, province, run
from tests.bench.machine import SERVER_CORE, on_core
from tests.bench.report import Figures, aim, heading, table

WORDS = (
    "dang ky khai sinh",
    "cap giay phep xay dung",
    "cap giay phep xay dug",
    "dat dai",
    "ket hon",
)
RECEIVED = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def measure(house: House, *, quick: bool) -> Figures:
    """Microseconds of processor time for each call: the least of many rounds."""
    heading("Single steps, microseconds of one core each")
    with on_core(SERVER_CORE):
        found = run(_measured(3 if quick else 25))
    table({name: {"us": value} for name, value in found.items()})
    figures: Figures = {name: round(value, 1) for name, value in found.items()}
    figures["jinja2_of_minijinja"] = round(found["page, Jinja2"] / found["page, minijinja"], 2)
    aim("times Jinja2 on the same templates", figures["jinja2_of_minijinja"], 2)
    return figures


async def _measured(rounds: int) -> dict[str, float]:
    tenant = await province("buoc")
    await fill(tenant, 1000)
    with acting_for(tenant):
        found = await _page(tenant, rounds)
        found["search, a few words"] = await _least(_searches, rounds, 5) / len(WORDS)
        found |= await _deadlines(rounds)
    return found


async def _page(tenant: Tenant, rounds: int) -> dict[str, float]:
    code = (await some_codes(tenant, 1))[0]
    shown = await tracking(code)
    assert shown is not None
    render.warm()
    render.site.set(site_view(tenant))
    context = {"here": "/tra-cuu", "view": track_view(shown), "errors": {}}
    jinja = _jinja().get_template("portal/tracking.html")

    async def drawn() -> None:
        render.html("portal/tracking.html", **context)

    async def drawn_by_jinja() -> None:
        jinja.render(**context, site=render.site.get(), person=render.NOBODY)

    async def read() -> None:
        await tracking(code)

    async def looked() -> None:
        track_view(shown)

    return {
        "page, minijinja": await _least(drawn, rounds, 200),
        "page, Jinja2": await _least(drawn_by_jinja, rounds, 50),
        "page's content decided": await _least(looked, rounds, 500),
        "keyed read through our pool": await _least(read, rounds, 100),
    }


def _jinja() -> Environment:
    """The very same templates in Jinja2."""
    chosen = Environment(
        loader=FunctionLoader(render._load),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen.filters |= {filter_.__name__: filter_ for filter_ in words.FILTERS}
    chosen.globals |= {"static": assets.static, "sprite": render.SPRITE, "form_token": str}
    return chosen


async def _searches() -> None:
    for typed in WORDS:
        assert (await catalog.search(typed)).procedures


async def _deadlines(rounds: int) -> dict[str, float]:
    calendar = await calendar_in_force()
    found = {}
    for name, amount, unit in (
        ("due_at, same day", 1, Unit.SAME_DAY),
        ("due_at, 20 days", 20, Unit.DAYS),
        ("due_at, 30 working days", 30, Unit.WORKING_DAYS),
    ):

        async def counted(amount: int = amount, unit: Unit = unit) -> None:
            for n in range(10):
                due_at(RECEIVED + timedelta(days=9 * n), amount, unit, calendar)

        found[name] = await _least(counted, rounds, 20) / 10
    return found


async def _least(doing: Callable[[], Awaitable[None]], rounds: int, times: int) -> float:
    """Processor time of one call: the least over rounds of so many calls."""
    least = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            await doing()
        least = min(least, (time.process_time() - began) / times)
    return least * 1e6
