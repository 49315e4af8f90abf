"""Every door of both sites, asked by a machine that reads their document.

`make fuzz` asks far more: EXAMPLES of each door for each role and province, as many stories.
"""

import asyncio
import os

import pytest

from app.main import OPS, TENANT, create_site
from tenants.work import Work
from tests.doors.browsing import FromOutside
from tests.openapi.asking import Door, Visitor
from tests.openapi.every import everything
from tests.openapi.people import Everybody, drafts_to_file, everybody, seen_forms
from tests.openapi.running import Run

pytestmark = pytest.mark.usefixtures("monday", "unhurried")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
_SITES = {"openapi.json": TENANT, "openapi-vendor.json": OPS}


@pytest.fixture
async def who(province, neighbour, browse) -> Everybody:
    return await everybody(province, neighbour, browse)


@pytest.fixture
def prepare(who, browse, province, neighbour):
    """`await prepare(site)` gives a run over that site's document."""

    async def made(name: str, readers: list[Visitor], *ready: str) -> Run:
        browser = await browse(province)
        forms = await seen_forms(create_site(_SITES[name]), readers, who.pool, browser)
        pool = who.pool._replace(forms=forms, ready=ready)
        door = Door(FromOutside())
        return Run(everything(name, pool, of_stories=bool(ready)), door, pool, SEED)

    return made


async def test_no_door_breaks_whoever_asks_it_whatever(who, prepare, monkeypatch, capsys):
    """Nothing is kept of these requests, so that each stands for itself."""
    provinces = await prepare("openapi.json", who.here)
    vendor = await prepare("openapi-vendor.json", who.vendor)
    monkeypatch.setattr(Work, "commit", Work.roll_back)
    for run, visitors in ((provinces, who.visitors), (vendor, who.vendor)):
        await asyncio.to_thread(_ask, run, visitors)
    _told(capsys, provinces, vendor)
    # Which doors open is chance; that hardly any does would be a fault of the asking.
    assert len(provinces.opened()) > 20 and len(vendor.opened()) > 3


async def test_ways_through_the_site_break_nothing(who, prepare, capsys):
    """Here everything is kept: the citizen files, the officer acts, the deadline is read."""
    ready = await drafts_to_file(who.pool.own.citizen, EXAMPLES or 4)
    run = await prepare("openapi.json", who.here, *ready)
    await asyncio.to_thread(run.stories, [*who.here, *who.desk], EXAMPLES or 4, 12)
    _told(capsys, run)
    assert run.opened(), "every story ended at its first door"


def _ask(run: Run, visitors: list[Visitor]) -> None:
    if not EXAMPLES:
        run.in_turn(visitors)
        return
    run.every_door(visitors, EXAMPLES)
    run.every_door(visitors[:2], EXAMPLES, "odd")


def _told(capsys: pytest.CaptureFixture[str], *runs: Run) -> None:
    """What was asked, for whoever runs the long one; then what was wrong."""
    if EXAMPLES:
        with capsys.disabled():
            for run in runs:
                print(f"\nseed {SEED}: {run.summary()}")
    found = [f"{title}\n{about}" for run in runs for title, about in run.faults.items()]
    assert found == [], "\n\n".join(found)
