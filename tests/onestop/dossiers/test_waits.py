"""What a workflow waits for: the clock stands still when nobody works, and goes on by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.onestop.catalog.shapes import Limit, PostKind, Unit
from app.onestop.deadlines.queries import entries_of
from app.onestop.dossiers import refusals, service
from app.onestop.dossiers.jobs import end_waits
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.service.passing import any_over
from app.onestop.slips.queries import slip_of, slips_of
from app.onestop.slips.shapes import SupplementRequest
from app.onestop.workflows.tree import (
    Join,
    Node,
    Parallel,
    Sequence,
    Step,
    Until,
    Wait,
    Workflow,
)
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests.onestop.dossiers.linked import (
    bound,
    holder,
    opened,
    sound,
    taken_in,
    walk_on,
    walk_out,
    walk_to,
)

MONDAY = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam, an ordinary week
HOUR = timedelta(hours=1)
FIRST = Step("tiep-nhan", "Tiếp nhận", PostKind.RECEPTION, 10)
WORK = Step("tham-dinh", "Thẩm định", PostKind.SPECIALIST, 50)
SIGN = Step("ky", "Ký", PostKind.LEADER, 20)
LAST = Step("tra", "Trả kết quả", PostKind.RECEPTION, 20)
TEN_DAYS = Limit(10, Unit.DAYS)


def wait(until: Until, name: str = "cho", limit: Limit | None = None) -> Wait:
    return Wait(name, f"Chờ {until}", until, limit)


def process(*middle: Node, code: str = "thu-nghiem") -> Workflow:
    tree = Sequence((FIRST, *middle, SIGN, LAST))
    return Workflow(code, 1, "Quy trình thử", tree, date(2026, 1, 1), "Quyết định thử")


async def begun(*middle: Node) -> Dossier:
    return await taken_in(await bound(process(*middle)))


async def now_of(dossier: Dossier) -> Dossier:
    found = await Dossier.objects().where(Dossier.id == dossier.id).first()
    assert found is not None
    return found


async def kinds(dossier: Dossier) -> list[tuple[str, str | None]]:
    entries = await entries_of(dossier.id)
    return [(e.kind.value, e.reason) for e in entries if e.subject_id is None]


async def doing(verb: Any, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def events(dossier: Dossier) -> list[str]:
    rows = await db.tenant.fetch(
        "select event from notice where dossier_id = $1 order by id", dossier.id
    )
    return [row["event"] for row in rows]


async def test_a_payment_awaited_stops_the_time_for_exactly_as_long(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await begun(WORK, wait(Until.PAYMENT))
        await walk_to(dossier.id, "cho")
        waits = await now_of(dossier)
        assert (waits.status, waits.finance, waits.pause) == (
            Status.PAYMENT_ASKED, "due", "financial_duty",
        )  # fmt: skip
        assert waits.due_at == datetime(2026, 11, 30, 10, tzinfo=UTC)  # 17:00
    with frozen(MONDAY + HOUR):
        await walk_on(dossier.id)
        paid = await now_of(dossier)
    assert (paid.status, paid.finance, paid.pause) == (Status.PROCESSING, "paid", None)
    assert paid.due_at == datetime(2026, 12, 1, 1, tzinfo=UTC)  # 08:00 the next day
    (task,) = await opened(dossier.id)
    assert task["node"] == "ky" and MONDAY + HOUR < task["due_at"] < paid.due_at
    assert await events(dossier) == ["TIEP_NHAN", "NGHIA_VU_TC", "HEN_MOI"]
    await walk_out(dossier.id)


async def test_papers_awaited_are_a_supplement_and_the_time_begins_anew(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await begun(WORK, wait(Until.PAPER))
        await walk_to(dossier.id, "cho")
        assert (await now_of(dossier)).status == Status.SUPPLEMENT_ASKED
    with frozen(MONDAY + timedelta(days=1)):
        await walk_on(dossier.id)
    assert await kinds(dossier) == [("start", None), ("pause", "supplement"), ("restart", None)]
    await walk_out(dossier.id)


async def test_one_wait_after_another_keeps_the_clock_still(province: Tenant) -> None:
    dossier = await begun(WORK, wait(Until.OUTSIDE, "thue"), wait(Until.OUTSIDE, "cong-an"))
    await walk_to(dossier.id, "cong-an")
    assert await kinds(dossier) == [("start", None), ("pause", "outside_agency")]
    await walk_on(dossier.id)
    assert (await kinds(dossier))[2:] == [("resume", None)]


async def test_two_kinds_of_waiting_have_each_their_reason(province: Tenant) -> None:
    dossier = await begun(WORK, wait(Until.PAYMENT, "phi"), wait(Until.OUTSIDE, "thue"))
    await walk_to(dossier.id, "thue")
    assert [reason for kind, reason in await kinds(dossier) if kind == "pause"] == [
        "financial_duty", "outside_agency",
    ]  # fmt: skip
    after = await now_of(dossier)
    assert (after.status, after.pause) == (Status.PROCESSING, "outside_agency")
    await walk_out(dossier.id)


async def test_word_from_outside_may_come_while_somebody_still_works(province: Tenant) -> None:
    both = Parallel("p", "Cùng lúc", (WORK, wait(Until.OUTSIDE)))
    dossier = await begun(both)
    await walk_to(dossier.id, "cho")
    assert (await now_of(dossier)).pause is None
    await walk_on(dossier.id, first="cho")
    assert [task["node"] for task in await opened(dossier.id)] == ["tham-dinh"]
    await walk_out(dossier.id)
    assert [kind for kind, _ in await kinds(dossier)] == ["start", "stop"]


async def test_a_timer_ends_by_itself_and_the_time_runs_on(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await begun(WORK, wait(Until.TIMER, limit=Limit(2, Unit.WORKING_DAYS)))
        await walk_to(dossier.id, "cho")
        assert (await now_of(dossier)).pause is None
        assert await walk_on(dossier.id) is None
        assert not await any_over()
        await end_waits()
        assert [task["node"] for task in await opened(dossier.id)] == ["cho"]
    with frozen(MONDAY + timedelta(days=3)):
        assert await any_over()
        await end_waits()
        await end_waits()
        await sound(dossier.id)
    assert [task["node"] for task in await opened(dossier.id)] == ["ky"]
    assert await kinds(dossier) == [("start", None)]
    told = "select count(*) from trail where act = 'dossier.end_wait'"
    assert await db.tenant.fetch_value(told) == 1


async def test_a_publication_pauses_until_its_term_however_late_we_are(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await begun(WORK, wait(Until.PUBLICATION, limit=TEN_DAYS))
        await walk_to(dossier.id, "cho")
        (task,) = await opened(dossier.id)
        assert (await now_of(dossier)).pause == "publication"
    with frozen(MONDAY + timedelta(days=20)):
        await end_waits()
        entries = [e for e in await entries_of(dossier.id) if e.kind == "resume"]
        assert [entry.at for entry in entries] == [task["due_at"]]
        await sound(dossier.id)
    assert (await now_of(dossier)).pause is None
    assert "HEN_MOI" in await events(dossier)


async def test_a_citizen_who_never_pays_does_not_hold_up_a_first_join(province: Tenant) -> None:
    either = Parallel(
        "p", "Trả phí hoặc hết hạn",
        (wait(Until.PAYMENT, "phi"), wait(Until.TIMER, "het-han", TEN_DAYS)), Join.FIRST,
    )  # fmt: skip
    with frozen(MONDAY):
        dossier = await begun(WORK, either)
        await walk_to(dossier.id, "phi")
        assert (await now_of(dossier)).status == Status.PAYMENT_ASKED
    with frozen(MONDAY + timedelta(days=14)):
        await end_waits()
        after = await now_of(dossier)
        assert (after.status, after.pause, after.finance) == (Status.PROCESSING, None, "none")
        await walk_out(dossier.id)
    states = await db.tenant.fetch("select node, state from task where kind = 'wait' order by 1")
    assert [tuple(row) for row in states] == [("het-han", "done"), ("phi", "cancelled")]


async def test_an_officers_pause_is_not_ended_by_a_timer_nor_taken_for_one(
    province: Tenant,
) -> None:
    both = Parallel("p", "Cùng lúc", (WORK, wait(Until.TIMER, limit=Limit(1, Unit.DAYS))))
    with frozen(MONDAY):
        dossier = await begun(both)
        await walk_to(dossier.id, "cho")
        (task, _) = sorted(await opened(dossier.id), key=lambda task: task["node"] == "cho")
        officer = await holder([task["post_id"]])
        await doing(service.pause, officer, dossier.code, None, reason="publication")
    with frozen(MONDAY + timedelta(days=3)):
        await end_waits()
        assert (await now_of(dossier)).pause == "publication"
        with pytest.raises(refusals.ClockPaused):
            await doing(service.process, officer, dossier.code, None, None)
        await doing(service.resume, officer, dossier.code, None)
        await walk_out(dossier.id)


async def test_a_step_that_led_straight_to_a_wait_is_taken_back_as_if_never_done(
    province: Tenant,
) -> None:
    with frozen(MONDAY):
        dossier = await begun(WORK, wait(Until.OUTSIDE))
        await walk_to(dossier.id, "tham-dinh")
        (task,), before = await opened(dossier.id), await now_of(dossier)
        await walk_to(dossier.id, "cho")
        assert (await now_of(dossier)).pause == "outside_agency"
    with frozen(MONDAY + HOUR):
        officer = await holder([task["post_id"]])
        await doing(service.recall, officer, dossier.code, None)
    after, (again,) = await now_of(dossier), await opened(dossier.id)
    assert (after.pause, after.status, after.run) == (None, before.status, before.run)
    assert (after.due_at, again["id"], again["due_at"]) == (
        before.due_at, task["id"], task["due_at"]
    )  # fmt: skip
    await sound(dossier.id)


async def test_papers_of_the_workflow_are_asked_for_on_form_02_and_do_not_count(
    province: Tenant,
) -> None:
    dossier = await begun(WORK, wait(Until.PAPER), wait(Until.PAYMENT, "tien", TEN_DAYS))
    await walk_to(dossier.id, "cho")
    (slip,) = [line for line in await slips_of(dossier.code) if line.form == "02"]
    found = await slip_of(dossier.code, slip.id)
    assert found is not None and isinstance(found.content, SupplementRequest)
    assert [item.name for item in found.content.items] == ["Chờ paper"]
    request = await db.tenant.fetch_row("select * from supplement_request")
    assert request is not None and request["asked_by"] is None
    assert (await now_of(dossier)).requests == 0
    await walk_to(dossier.id, "tien")
    paying = await now_of(dossier)
    assert paying.pay_by is not None
    await walk_on(dossier.id)
    assert (await now_of(dossier)).pay_by is None


async def test_a_dossier_stopped_while_it_waits_leaves_nothing_open(province: Tenant) -> None:
    dossier = await begun(WORK, wait(Until.PAYMENT))
    await walk_to(dossier.id, "cho")
    desk = await holder(agency_id=dossier.agency_id)
    await doing(service.withdraw, desk, dossier.code, None, reason="Không có nhu cầu nữa")
    await sound(dossier.id)
