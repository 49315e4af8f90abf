"""Officers and citizens on the first day of a new organisation."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from app.onestop.codes.service import take_for
from app.onestop.dossiers import queries
from app.onestop.dossiers import service as dossiers
from app.onestop.reorganisation import service
from app.onestop.reorganisation.jobs import reorganise
from app.onestop.reorganisation.queries import any_due, plan_of, preview, reorganisations
from app.onestop.reorganisation.refusals import PlanFaulty, PlanUnreadable
from app.onestop.reorganisation.shapes import Plan
from app.onestop.reorganisation.succession import agency_names, successors_on
from app.people.queries import posts
from app.people.refusals import NoSuchPost
from app.people.service import hold_post
from app.people.shapes import SYSTEM
from app.refusals import NotAllowed, NotFound
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import agency, begun, on_paper, result_file, walked, with_paper
from tests.onestop.reorganisation.plans import (
    BAC,
    DONG,
    MONDAY,
    NEW,
    NUMBER,
    QUY_NHON,
    carried_out,
    described,
    merge,
    new_agency,
)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with frozen(MONDAY):
        yield


async def received() -> str:
    async with work():
        return (await dossiers.intake(await cast.officer(cast.LAN), on_paper())).code


async def at_work() -> list[Any]:
    return [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]


async def where(code: str) -> Any:
    return await db.tenant.fetch_value(
        "select a.key from dossier d join agency a on a.id = d.agency_id where d.code = $1", code
    )


async def test_a_dossier_in_hand_goes_on_with_the_same_people_under_its_old_code(
    province: Tenant,
) -> None:
    code = await received()
    lan, hoa, _ = await at_work()
    async with work():
        await dossiers.hand_over(lan, code, None)
    async with work():
        await db.tenant.execute("update task set officer_id = $1 where state = 'open'", hoa.id)
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    assert await where(code) == NEW
    lan, hoa, minh = await at_work()
    assert {post.agency_name for post in hoa.posts} == {"Ủy ban nhân dân phường Mới"}
    task = await db.tenant.fetch_row("select post_id, officer_id from task where state = 'open'")
    assert task is not None
    assert task["officer_id"] == hoa.id and task["post_id"] in {post.id for post in hoa.posts}
    inbox = await queries.inbox([post.id for post in hoa.posts], mine=hoa.id)
    assert [line.code for group in inbox.groups for line in group.lines] == [code]
    async with work():
        await dossiers.process(hoa, code, None, "Đủ điều kiện")
    async with work():
        await dossiers.approve(minh, code, None, None)
    stored = await result_file(hoa)
    async with work():
        await dossiers.attach_result(hoa, code, stored)
    async with work():
        await dossiers.finish(lan, code, None)
    async with work():
        assert (await dossiers.deliver(lan, code, None, "counter")).code == code


async def test_what_waits_to_be_given_out_moves_and_what_was_given_out_stays(
    province: Tenant,
) -> None:
    given, waiting = await received(), await received()
    people = await at_work()
    for code in (given, waiting):
        await walked(people[0], people[1], people[2], code)
    async with work():
        await dossiers.deliver(people[0], given, None, "counter")
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    assert (await where(given), await where(waiting)) == (QUY_NHON, NEW)
    lan = await cast.officer(cast.LAN)
    async with work():
        await dossiers.deliver(lan, waiting, None, "counter")
    for code in (given, waiting):  # Who took the work over reads what was finished there.
        page = await queries.dossier_page(code, lan)
        assert page is not None and page.results
        assert await queries.dossier_page(code, await cast.officer(cast.THU)) is None


async def test_new_receptions_have_the_new_code_and_drafts_are_filed_with_the_successor(
    province: Tenant,
) -> None:
    hung = await cast.citizen()
    draft = await with_paper(hung, await begun(hung))
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    async with work():
        dossier = await dossiers.submit(hung, draft.id)
    assert dossier.code == "H08.99999-261123-0001"
    assert await where(dossier.code) == NEW
    assert (await received()).startswith("H08.99999-261123-")


async def test_rights_end_with_the_eve_and_begin_as_stated(province: Tenant) -> None:
    stated = [{"officer": cast.HOA, "agency": NEW, "post": "tiep-nhan"}]
    old = (await cast.officer(cast.LAN)).posts
    await carried_out(
        merge(QUY_NHON, BAC), agencies=[new_agency()], holders="end", appointments=stated
    )
    lan, hoa = await cast.officer(cast.LAN), await cast.officer(cast.HOA)
    assert lan.posts == ()
    assert [(post.kind, post.agency_name) for post in hoa.posts] == [
        ("reception", "Ủy ban nhân dân phường Mới")
    ]
    ended = await db.tenant.fetch("select to_on from post_holding where officer_id = $1", lan.id)
    assert {row["to_on"] for row in ended} == {date(2026, 11, 22)}
    with pytest.raises(NoSuchPost):
        await hold_post(SYSTEM, lan.id, old[0].id)  # type: ignore[arg-type]
    assert old[0].id not in {post.id for post in await posts()}


async def test_a_split_sends_each_dossier_where_field_person_and_rest_say(
    province: Tenant,
) -> None:
    birth, chosen = await received(), await received()
    split = {
        "kind": "split", "agency": QUY_NHON, "into": [BAC, DONG],
        "fields": {"Hộ tịch": DONG}, "dossiers": {chosen: BAC},
    }  # fmt: skip
    await carried_out(split)
    assert (await where(birth), await where(chosen)) == (DONG, BAC)
    found = await successors_on(await agency(QUY_NHON), date(2026, 11, 23))
    assert set(found) == {await agency(BAC), await agency(DONG)}


async def test_a_renamed_agency_keeps_its_dossiers_and_its_former_name(province: Tenant) -> None:
    with frozen(MONDAY - timedelta(days=3)):
        code = await received()
    await carried_out(
        {"kind": "rename", "agency": QUY_NHON, "name": "Ủy ban nhân dân phường Biển",
         "sms_name": "UBND P. Bien"}
    )  # fmt: skip
    dossier = await db.tenant.fetch_value("select id from dossier where code = $1", code)
    names = await agency_names(dossier, date(2026, 11, 23))
    assert names is not None
    assert (names.name, names.former, names.successor) == (
        "Ủy ban nhân dân phường Biển", "Ủy ban nhân dân phường Quy Nhơn", None
    )  # fmt: skip
    assert await where(code) == QUY_NHON


async def test_a_dissolved_agency_is_succeeded_by_one_that_exists(province: Tenant) -> None:
    code = await received()
    await carried_out({"kind": "dissolve", "agency": QUY_NHON, "successor": BAC})
    assert await where(code) == BAC
    assert await take_for(await agency(BAC)) == "H08.21553-261123-0001"
    children = await db.tenant.fetch(
        "select a.key from agency a where a.parent_id = $1", await agency(BAC)
    )
    assert len(children) == 2  # Its own service centre, and the one it took over.


async def test_a_post_that_moves_takes_its_holders_and_its_open_work(province: Tenant) -> None:
    code = await received()
    lan, hoa, _ = await at_work()
    async with work():
        await dossiers.hand_over(lan, code, None)
    await carried_out(
        {"kind": "move_post", "agency": QUY_NHON, "post": "tu-phap-ho-tich", "to": "so-tu-phap"}
    )
    hoa = await cast.officer(cast.HOA)
    moved = {post.agency_name for post in hoa.posts}
    task = await db.tenant.fetch_row(
        "select a.key, t.post_id from task t join agency a on a.id = t.agency_id"
        " where t.state = 'open'"
    )
    assert task is not None and task["key"] == "so-tu-phap" and "Sở Tư pháp" in str(moved)
    assert await where(code) == QUY_NHON
    async with work():
        await dossiers.process(hoa, code, None, "Đủ điều kiện")


async def test_the_citizen_is_told_both_names(province: Tenant) -> None:
    code, given = await received(), await received()
    people = await at_work()
    await walked(people[0], people[1], people[2], given)
    async with work():
        await dossiers.deliver(people[0], given, None, "counter")
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    ids = {row["code"]: row["id"] for row in await db.tenant.fetch("select code, id from dossier")}
    open_one = await agency_names(ids[code], date(2026, 11, 23))
    kept = await agency_names(ids[given], date(2026, 11, 23))
    assert open_one is not None and kept is not None
    assert (open_one.name, open_one.former) == (
        "Ủy ban nhân dân phường Mới", "Ủy ban nhân dân phường Quy Nhơn"
    )  # fmt: skip
    assert (kept.name, kept.successor) == (
        "Ủy ban nhân dân phường Quy Nhơn", "Ủy ban nhân dân phường Mới"
    )  # fmt: skip


async def test_whoever_has_an_open_dossier_is_told_once_what_is_true_of_it(
    province: Tenant,
) -> None:
    running, done, given = await received(), await received(), await received()
    lan, hoa, minh = await at_work()
    for code in (done, given):
        await walked(lan, hoa, minh, code)
    async with work():
        await dossiers.deliver(lan, given, None, "counter")
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    rows = await db.tenant.fetch(
        "select d.code, n.event, n.text from notice n join dossier d on d.id = n.dossier_id"
        " where n.event like 'BAN_GIAO%'"
    )
    assert {(row["code"], row["event"]) for row in rows} == {
        (running, "BAN_GIAO"), (done, "BAN_GIAO_KQ")
    }  # fmt: skip
    assert len(rows) == 2 and all("UBND P. Moi" in row["text"] for row in rows)


async def test_every_move_leaves_its_trail_under_the_decision(province: Tenant) -> None:
    await received()
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    rows = await db.tenant.fetch("select act, count(*) from trail where basis = $1 group by act",
                                 NUMBER)  # fmt: skip
    counted = {row["act"]: row["count"] for row in rows}
    assert counted["dossier.transfer"] == 1
    assert counted["agency.begin"] == 1 and counted["agency.end"] == 2
    assert counted["officer.release_post"] == counted["officer.hold_post"] > 0
    for act in ("plan", "begin", "finish"):
        assert counted[f"reorganisation.{act}"] == 1


async def test_the_worker_carries_out_what_is_due(province: Tenant) -> None:
    code = await received()
    text = msgspec.json.encode(described(merge(QUY_NHON, BAC), agencies=[new_agency()]))
    assert not await any_due()
    async with work():
        planned = await service.plan(await cast.officer(cast.THU), text)
    assert await any_due()
    while await reorganise():
        pass
    assert not await any_due()
    assert await where(code) == NEW
    [row] = await reorganisations()
    assert (row.id, row.state, row.figures) == (planned, "done", {"dossiers": 1})
    assert await plan_of(planned) == msgspec.json.decode(text, type=Plan)


async def test_a_dossier_filed_in_the_very_moment_its_agency_ended_is_moved_after_all(
    province: Tenant,
) -> None:
    code = await received()
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    await db.tenant.execute(
        "update dossier set agency_id = $2 where code = $1", code, await agency(BAC)
    )
    assert await any_due()
    while await reorganise():
        pass
    assert (await where(code), await any_due()) == (NEW, False)


async def test_what_can_no_longer_be_done_on_the_day_is_refused_with_its_reasons(
    province: Tenant,
) -> None:
    text = msgspec.json.encode(
        described({"kind": "dissolve", "agency": QUY_NHON, "successor": BAC})
    )
    async with work():
        planned = await service.plan(SYSTEM, text)
    await db.tenant.execute("update agency set valid_to = '2026-01-01' where key = $1", BAC)
    while await reorganise():
        pass
    [row] = await reorganisations(planned)
    assert row.state == "refused" and BAC in row.faults[0]
    assert await successors_on(await agency(QUY_NHON), date(2026, 12, 1)) == [
        await agency(QUY_NHON)
    ]
    await db.tenant.execute("update agency set valid_to = null where key = $1", BAC)
    async with work():
        assert await service.plan(SYSTEM, text) != planned


async def test_only_administrators_plan_and_only_what_can_be_read(province: Tenant) -> None:
    text = msgspec.json.encode(described(merge(QUY_NHON, BAC), agencies=[new_agency()]))
    with pytest.raises(NotAllowed):
        await service.plan(await cast.officer(cast.LAN), text)
    for wrong in (b"{", b'{"number": "1"}', text.replace(b'"merge"', b'"mix"'), b"\xff"):
        with pytest.raises(PlanUnreadable):
            await service.plan(SYSTEM, wrong)
    with pytest.raises(PlanFaulty):
        await service.plan(SYSTEM, msgspec.json.encode(described(merge("x", BAC))))


async def test_a_preview_names_what_is_undecided(province: Tenant) -> None:
    code = await received()
    plan = msgspec.convert(
        described({"kind": "split", "agency": QUY_NHON, "into": [BAC, DONG]}), type=Plan
    )
    shown = await preview(plan, await service.faults_of(plan))
    assert [one.code for one in shown.undecided] == [code]
    assert shown.lines[0].undecided == 1 and code in shown.faults[0]


async def test_officers_next_door_still_see_nothing_of_it(province: Tenant) -> None:
    code = await received()
    await carried_out(merge(BAC, DONG), agencies=[new_agency()])
    hoa = await cast.officer(cast.HOA)
    assert await queries.dossier_page(code, hoa) is not None
    async with work():
        await db.tenant.execute(
            "update post_holding set post_id = p.id from post p join agency a on a.id = p.agency_id"
            " where a.key = $1 and p.key = 'tu-phap-ho-tich' and officer_id = $2", NEW, hoa.id
        )  # fmt: skip
    stranger = await cast.officer(cast.HOA)
    assert await queries.dossier_page(code, stranger) is None
    with pytest.raises(NotFound):
        async with work():
            await dossiers.process(stranger, code, None, "Đủ")
