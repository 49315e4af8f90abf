"""Sessions, links, keys and jobs of one site at another: each is nothing there."""

from uuid import UUID

import pytest

from app.doors.session_store import client
from app.jobs import JOBS
from app.main import OPS, TENANT, create_site
from billing import service as billing
from infra.settings import settings
from storage import links
from storage.store import store_of
from tenants.work import Work
from tests import cast
from tests.billing.contracts import contract
from tests.security.people import operator, people, session
from tests.security.routes import doors
from tests.security.table import differences, read, table_of
from tests.security.treasure import HERE, KIN, THAM, THERE, at_home, bury
from tests.security.walking import digest, walked

pytestmark = pytest.mark.usefixtures("monday", "unhurried")

# One queue for all: a job in it names its tenant, and the worker asks for the rows there.
_COMMON = {b"motcua:jobs"}


async def test_a_session_of_another_site_is_a_strangers(province, neighbour, browse, monkeypatch):
    """A neighbour's officer and citizen, and the vendor, with their own living sessions."""
    before = await _keys()
    treasure, site = at_home(await bury(THAM, HERE)), doors(create_site(TENANT))
    theirs = await cast.at(neighbour, bury(KIN, THERE))
    stolen = {
        "officer": await session("staff", _id(theirs.officer), neighbour),
        "citizen": await session("citizen", _id(theirs.citizen), neighbour),
        "vendor": await session("vendor", await operator(), None),
        # As if tokens were believed, but not where they come from.
        "vendor made here": await session("vendor", await operator(), province),
    }
    monkeypatch.setattr(Work, "commit", Work.roll_back)
    strangers = {door: said["stranger"] for door, said in read("tenant").items()}
    for who, token in stolen.items():
        browser = await browse(province)
        browser.cookies.set("motcua", token)
        found = table_of({who: await walked(browser, site, treasure)})
        assert {door: said[who] for door, said in found.items()} == strangers, who
    slugs = (province.slug, neighbour.slug, "@ops")
    for key in await _keys() - before - _COMMON:
        assert len([slug for slug in slugs if slug in key.decode()]) == 1, key


async def test_the_vendors_doors_are_the_vendors_and_show_no_citizen(province, browse, monkeypatch):
    treasure, site = at_home(await bury(THAM, HERE)), doors(create_site(OPS))
    await billing.load(contract(tenant_slug=province.slug))
    everybody = await people(treasure)
    tokens = {
        "vendor": await session("vendor", await operator(), None),
        "stranger": "x" * 43,
        "officer": await session("staff", _id(everybody["administrator"]), province),
        "citizen": await session("citizen", _id(treasure.citizen), province),
        "dismissed": await session("vendor", await operator(active=False), None),
    }
    monkeypatch.setattr(Work, "commit", Work.roll_back)
    answers = {}
    for role, token in tokens.items():
        browser = await browse(province)
        browser.base_url = f"http://{settings().ops_host}"
        browser.headers["Origin"] = f"http://{settings().ops_host}"
        browser.cookies.set("motcua", token)
        answers[role] = await walked(browser, site, treasure)
    assert differences("vendor", table_of(answers), tuple(tokens)) == []
    shown = [door for each in answers.values() for door, a in each.items() if a.leaks(THAM.markers)]
    assert shown == []


async def test_the_vendors_pages_do_not_exist_at_a_tenant_and_the_other_way_round(
    province, neighbour, browse
):
    officer = await browse(province, await cast.officer(cast.LAN))
    for path in (f"/hop-dong/{neighbour.slug}", f"/bang-ke/{neighbour.slug}/2026-11"):
        assert (await officer.get(path)).status_code == 404
    at_ops = await officer.get("/can-bo", headers={"Host": settings().ops_host})
    assert at_ops.status_code == 404


async def test_a_link_signed_here_reaches_nothing_that_lies_there(province, neighbour, browse):
    theirs = await cast.at(neighbour, bury(KIN, THERE))
    key = theirs.values["stored"]
    here, about = await browse(province), {"file_name": "a.pdf", "media_type": "application/pdf"}
    for named in (key, f"../{neighbour.bucket}/{key}", f"{neighbour.bucket}/{key}"):
        path = links.sign(province, named, **about, seconds=60)
        assert (await here.get(path)).status_code == 404
    there = await browse(neighbour)
    assert (await there.get(store_of(neighbour).link(key, **about))).status_code == 200


async def test_jobs_of_one_province_touch_nothing_of_another(province, neighbour):
    await bury(THAM, HERE)
    await cast.at(neighbour, bury(KIN, THERE))
    before = await cast.at(neighbour, digest())
    for job in JOBS:
        await job.run()
    assert await cast.at(neighbour, digest()) == before


async def test_a_host_header_of_another_kind_finds_nothing(province, browse):
    browser = await browse(province)
    for host in ("", "evil.test", f"{province.host}.evil.test", "localhost", "127.0.0.1", "*"):
        answer = await browser.get("/", headers={"Host": host})
        assert answer.status_code == 404, host
        assert province.site.name not in answer.text


async def _keys() -> set[bytes]:
    return {key async for key in client().scan_iter("*")}


def _id(who) -> UUID:
    assert who.id is not None
    return who.id
