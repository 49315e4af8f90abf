"""Work at other agencies: whose turn, whose clock, what was handed over, who sees the papers."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from app.onestop.deadlines.queries import entries_of, standing_of
from app.onestop.deadlines.shapes import ClockName, Kind
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.workflows.source import shipped
from app.refusals import Overtaken
from infra.clock import frozen
from storage import service as storage
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests.onestop.dossiers.linked import (
    bound,
    holder,
    opened,
    sound,
    taken_in,
    visits,
    walk_on,
    walk_out,
    walk_to,
)
from tests.onestop.dossiers.story import agency
from tests.storage.samples import pdf

MONDAY = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam, an ordinary week
HEALTH = "so-y-te"


async def at_health() -> Dossier:
    """A dossier of the commune that lies with the health department."""
    dossier = await taken_in(await bound(shipped()["chung-chi-duoc"]))
    await walk_to(dossier.id, "so-xem-xet")
    return dossier


async def test_the_other_agencys_posts_have_the_work_and_its_clock_runs(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await at_health()
        (task,), (visit,) = await opened(dossier.id), await visits(dossier.id)
    health = await agency(HEALTH)
    assert (task["agency_id"], visit["agency_id"]) == (health, health)
    clock = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
    assert clock is not None and dossier.limit_minutes is not None
    assert (clock.amount, clock.unit) == (dossier.limit_minutes * 54 // 100, "working_minutes")
    await walk_to(dossier.id, "tra-ket-qua")
    ended = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
    assert ended is not None and ended.stopped_at is not None
    assert await visits(dossier.id) == []


async def test_each_hand_over_is_written_with_its_papers(province: Tenant) -> None:
    dossier = await taken_in(await bound(shipped()["chung-chi-duoc"]))
    lan = await holder(agency_id=dossier.agency_id)
    stored = await storage.keep(pdf(), "giay.pdf", f"officer:{lan.id}")
    async with work():
        await db.tenant.execute(
            "update paper set object_id = $2 where dossier_id = $1 and slot = 'to-khai'",
            *(dossier.id, stored.id),
        )
    await walk_out(dossier.id)
    rows = await db.tenant.fetch("select *, papers::text as said from handover order by at, id")
    own, health = dossier.agency_id, await agency(HEALTH)
    assert [(row["from_agency"], row["to_agency"], row["node"]) for row in rows] == [
        (own, health, "so-xem-xet"), (health, own, "tra-ket-qua"),
    ]  # fmt: skip
    papers = msgspec.json.decode(rows[0]["said"])
    assert {paper["sha256"] for paper in papers} == {stored.digest, None}
    assert rows[0]["by"] is not None
    passed = "select count(*) from trail where act = 'dossier.pass_to_agency'"
    assert await db.tenant.fetch_value(passed) == 2


async def test_both_agencies_see_the_dossier_and_a_third_does_not(province: Tenant) -> None:
    dossier = await at_health()
    there, own = await holder(agency_id=await agency(HEALTH)), await holder(
        agency_id=dossier.agency_id
    )  # fmt: skip
    third = await holder(agency_id=await agency("so-tu-phap"))
    for actor in (there, own):
        page = await queries.dossier_page(dossier.code, actor)
        assert page is not None and [paper.slot for paper in page.papers]
    assert await queries.dossier_page(dossier.code, third) is None
    shown = await queries.dossier_page(dossier.code, own)
    assert shown is not None and Act.PROCESS not in shown.acts


async def test_what_stops_the_whole_stops_the_other_agency_too(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await at_health()
        (task,), (visit,) = await opened(dossier.id), await visits(dossier.id)
        there = await holder([task["post_id"]])
        before = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
        async with work():
            await service.pause(there, dossier.code, None, reason="outside_agency")
        await sound(dossier.id)
    with frozen(MONDAY + timedelta(hours=1)):
        own = await holder(agency_id=dossier.agency_id)
        async with work():
            await service.resume(own, dossier.code, None)
        await sound(dossier.id)
    after = await standing_of(dossier.id, ClockName.AGENCY, visit["id"])
    assert before is not None and after is not None
    assert after.worked_paused_minutes == 60 and after.due_at > before.due_at


async def test_taking_back_leaves_the_agency_and_going_again_enters_it_anew(
    province: Tenant,
) -> None:
    dossier = await taken_in(await bound(shipped()["chung-chi-duoc"]))
    await walk_to(dossier.id, "lanh-dao-phong")
    (task,) = await opened(dossier.id)
    leader = await holder([task["post_id"]])
    await walk_on(dossier.id)
    assert len(await visits(dossier.id)) == 1
    async with work():
        await service.recall(leader, dossier.code, None)
    await sound(dossier.id)
    assert await visits(dossier.id) == []
    await walk_out(dossier.id)
    starts = [e for e in await entries_of(dossier.id) if e.clock is ClockName.AGENCY]
    assert [e.kind for e in starts].count(Kind.START) == 2
    assert len({e.subject_id for e in starts}) == 2


async def test_the_desk_cannot_choose_a_post_of_another_agency(province: Tenant) -> None:
    home = "so-noi-vu"
    dossier = await taken_in(await bound(shipped()["lltp-lao-dong"], home), home)
    desk = await holder(agency_id=await agency(home))
    page = await queries.dossier_page(dossier.code, desk)
    assert page is not None and page.receivers == []
    async with work():
        await service.hand_over(desk, dossier.code, None)
    with pytest.raises(Overtaken):
        async with work():
            await service.hand_over(desk, dossier.code, None)
    assert "CHUYEN_LT" in [
        row["event"] for row in await db.tenant.fetch("select event from notice")
    ]
