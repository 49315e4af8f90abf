"""Everything of one province, tried from another: every route, job and link, found by themselves.

A route added later is walked without editing this file: its path's parameters are filled by name
with what the neighbour has.
"""

import json
from typing import NamedTuple

import pytest

from app.jobs import JOBS
from app.main import TENANT, create_site
from app.onestop.dossiers import service
from app.onestop.papers.queries import papers_of_dossier
from app.onestop.ratings.service import rating_path
from infra.settings import settings
from storage import links, uploads
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.work import work
from tests import cast
from tests.house.test_routes import handlers
from tests.onestop.dossiers import story

SECRET_NAME, SECRET_CHILD, SECRET_PHONE = "Lý Thị Kín", "Bí Mật", "0915 000 777"
SECRETS = (SECRET_NAME, SECRET_NAME.upper(), SECRET_CHILD.upper(), "0915000777", "+84915000777")


class Treasure(NamedTuple):
    """What the neighbour has, by the names that paths give to such things."""

    values: dict[str, str]
    markers: tuple[str, ...]
    citizen: object
    officer: object


async def _bury() -> Treasure:
    """A filed dossier with papers, a draft, an upload, links; runs for the neighbour."""
    citizen = await cast.citizen(SECRET_NAME, "ly.kin")
    answers = {"nyc_ten": SECRET_NAME, "nyc_dien_thoai": SECRET_PHONE, "ks_ten": SECRET_CHILD}
    agency = await story.agency("ubnd-phuong-lao-cai")
    async with work():
        draft = await service.start_draft(citizen, story.BIRTH, agency)
        await service.save_draft(citizen, draft.id, {**story.ANSWERS, **answers})
    await story.with_paper(citizen, draft)
    async with work():
        dossier = await service.submit(citizen, draft.id)
    async with work():
        another = await service.start_draft(citizen, story.BIRTH, agency)
        await service.save_draft(citizen, another.id, {**story.ANSWERS, **answers})
    upload = await uploads.begin(
        f"citizen:{citizen.id}", target=f"draft:{another.id}", slot="giay-chung-sinh",
        file_name="bi-mat.pdf", size=100,
    )  # fmt: skip
    paper = (await papers_of_dossier(dossier.id))[0]
    key = await db.tenant.fetch_value("select key from stored_object limit 1")
    link = store_of(current()).link(key, file_name="bi-mat.pdf", media_type="application/pdf")
    officer = await cast.officer(cast.OUTSIDER)
    values = {
        "code": dossier.code,
        "draft_id": str(another.id),
        "paper_id": str(paper.id),
        "identity": str(upload.id),
        "officer_id": str(officer.id),
        "post_id": str(officer.posts[0].id),
        "token": link.rpartition("/")[2] if links.PATH in link else "x",
        "notice_id": str(await db.tenant.fetch_value("select id from notice limit 1")),
        "slug": current().slug,
        "rating": rating_path(dossier.id).rpartition("/")[2],
    }
    return Treasure(values, SECRETS, citizen, officer)


async def _digest() -> str:
    """Everything in the tenant's tables, so that any change shows."""
    names = await db.tenant.fetch("select tablename from pg_tables where schemaname = 'public'")
    parts = []
    for row in sorted(names, key=lambda row: row["tablename"]):
        name = row["tablename"]
        parts.append(
            await db.tenant.fetch_value(
                f"select $1 || coalesce(md5(string_agg(t::text, '' order by t::text)), '')"
                f' from "{name}" t',
                name,
            )
        )
    return "\n".join(parts)


def _paths(treasure):
    """Every route with the neighbour's values in its path; unknown names get an id of theirs."""
    for path, handler in handlers(create_site(TENANT)):
        filled = path
        for parameter in handler_parameters(path):
            name = "rating" if path.startswith("/danh-gia") else parameter
            value = treasure.values.get(name, treasure.values["code"])
            filled = filled.replace(_spelled(path, parameter), value)
        for method in sorted(handler.http_methods):
            yield path, str(getattr(method, "value", method)), filled


def handler_parameters(path):
    return [part[1:].split(":")[0] for part in path.split("/") if part.startswith("{")]


def _spelled(path, parameter):
    return next(part for part in path.split("/") if part.startswith("{" + parameter))


# Pages that show the same to everybody, whatever stands in their path.
_SAME_FOR_ALL = ("/static/", "/tinh/", "/thu-tuc")
_EVERYTHING = {"version": "1", "note": "x", "score": "3", "so_cuoi": "0777", "agency_id": "x"}


async def _walk(browser, treasure, who):
    found = []
    for path, method, filled in _paths(treasure):
        body = {**_EVERYTHING, **treasure.values}
        answer = await browser.request(
            method, filled, params=treasure.values | {"tim": "Lý Thị", "ma": body["code"]},
            data=body if method in {"POST", "PUT", "PATCH", "DELETE"} else None,
        )  # fmt: skip
        text = answer.text
        if leaked := [marker for marker in treasure.markers if marker in text]:
            found.append(f"{who} {method} {path}: shows {leaked}")
        if answer.status_code >= 500:
            found.append(f"{who} {method} {path}: {answer.status_code}")
        theirs = "{" in path and method != "OPTIONS" and not path.startswith(_SAME_FOR_ALL)
        if theirs and answer.is_success:
            found.append(f"{who} {method} {path}: answered {answer.status_code}")
    return found


async def test_no_route_shows_or_changes_anything_of_a_neighbour(province, neighbour, browse):
    treasure = await cast.at(neighbour, _bury())
    before = await cast.at(neighbour, _digest())
    found = []
    people = {
        "stranger": None,
        "officer": await cast.officer(cast.LAN),
        "leader": await cast.officer(cast.MINH),
        "administrator": await cast.officer(cast.THU),
        "citizen": await cast.citizen(),
    }
    for who, actor in people.items():
        found += await _walk(await browse(province, actor), treasure, who)
    assert found == []
    assert await cast.at(neighbour, _digest()) == before


async def test_a_session_is_nothing_at_another_host(province, neighbour, browse):
    """The cookie of one province sent to the other, and with the other's host header."""
    treasure = await cast.at(neighbour, _bury())
    before = await cast.at(neighbour, _digest())
    officer = await browse(province, await cast.officer(cast.LAN))
    there = await browse(neighbour)
    there.cookies = officer.cookies
    there.cookies.set("motcua", officer.cookies["motcua"])
    found = []
    for path, method, filled in _paths(treasure):
        if path.startswith(("/tra-cuu", "/danh-gia", "/kho", *_SAME_FOR_ALL)):
            continue  # These need no session at the neighbour's own host.
        answer = await there.request(method, filled, data={**_EVERYTHING, **treasure.values})
        if any(marker in answer.text for marker in treasure.markers):
            found.append(f"{method} {path}")
    assert found == []
    assert await cast.at(neighbour, _digest()) == before


async def test_signed_links_and_tokens_work_at_their_own_host_only(province, neighbour, browse):
    treasure = await cast.at(neighbour, _bury())
    here, there = await browse(province), await browse(neighbour)
    assert (await there.get(f"/kho/{treasure.values['token']}")).status_code == 200
    assert (await here.get(f"/kho/{treasure.values['token']}")).status_code == 404
    assert (await here.get(f"/danh-gia/{treasure.values['rating']}")).status_code == 404


async def test_jobs_of_one_province_touch_nothing_of_another(province, neighbour):
    await cast.at(neighbour, _bury())
    before = await cast.at(neighbour, _digest())
    for job in JOBS:
        await job.run()
    assert await cast.at(neighbour, _digest()) == before


async def test_a_host_header_of_another_kind_finds_nothing(province, browse):
    browser = await browse(province)
    for host in ("", "evil.test", f"{province.host}.evil.test", "localhost", "127.0.0.1", "*"):
        answer = await browser.get("/", headers={"Host": host})
        assert answer.status_code == 404, host
        assert province.site.name not in answer.text


async def test_the_vendors_pages_do_not_exist_at_a_tenant_and_the_other_way_round(
    province, neighbour, browse
):
    officer = await browse(province, await cast.officer(cast.LAN))
    for path in (f"/hop-dong/{neighbour.slug}", f"/bang-ke/{neighbour.slug}/2026-11"):
        assert (await officer.get(path)).status_code == 404
    at_ops = await officer.get("/can-bo", headers={"Host": settings().ops_host})
    assert at_ops.status_code == 404


def test_secrets_would_be_noticed():
    """The walk's own check: each marker is found in a page that shows it."""
    page = json.dumps({"name": SECRET_NAME, "phone": "+84915000777"}, ensure_ascii=False)
    assert any(marker in page for marker in SECRETS)


@pytest.mark.parametrize("marker", [SECRET_NAME])
async def test_the_neighbour_itself_does_see_it(neighbour, browse, marker):
    treasure = await cast.at(neighbour, _bury())
    citizen = await browse(neighbour, treasure.citizen)
    answer = await citizen.get(f"/ban-nhap/{treasure.values['draft_id']}")
    assert marker in answer.text
