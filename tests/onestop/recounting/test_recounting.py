import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app.onestop.deadlines import ledger_service as clocks
from app.onestop.deadlines import queries as deadlines
from app.onestop.deadlines.service import publish
from app.onestop.deadlines.shapes import ClockName, Kind
from app.onestop.recounting import jobs, queries, service
from app.onestop.recounting.jobs import recount_dossiers
from app.onestop.recounting.refusals import DraftClosed, DraftStale, NoSuchDraft
from app.onestop.recounting.shapes import NewHours, OtherDay, Swapped
from app.people.shapes import SYSTEM
from app.refusals import Malformed
from app.trail.queries import lines_of
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import reading, work
from tests import cast
from tests.onestop.deadlines.offices import DOCUMENT, PERIODS, WEEK, at
from tests.onestop.recounting.opened import (
    DECISION,
    NOON,
    QUY_NHON_DONG,
    STORM,
    agency_id,
    approved,
    drafted,
    due_of,
    opened,
    prepared,
)

_TOLD = "select dossier_id, text from notice where event = 'DOI_LICH'"


async def _applied(later: timedelta = timedelta(0)) -> None:
    with frozen(NOON + later):
        while await recount_dossiers():
            pass


async def test_a_draft_shows_who_moves_and_by_how_much_and_writes_nothing(province: Tenant) -> None:
    thu = await prepared()
    long, short = await opened("H-1", 5), await opened("H-2", 1)
    draft = await queries.draft_of(await drafted(thu))
    with frozen(NOON), reading():
        shown = await queries.preview(draft)
    assert [(one.code, one.old_due_at, one.new_due_at) for one in shown.moved] == [
        ("H-1", at("2026-06-08 17:00"), at("2026-06-09 17:00"))
    ]
    assert (shown.moved[0].working_minutes, shown.looked_at, shown.after) == (480, 2, None)
    assert (await due_of(long), await due_of(short)) == (
        at("2026-06-08 17:00"),
        at("2026-06-02 17:00"),
    )


async def test_many_dossiers_are_shown_piece_by_piece(province: Tenant, monkeypatch) -> None:
    thu = await prepared()
    for number in range(3):
        await opened(f"H-{number}")
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    draft = await queries.draft_of(await drafted(thu))
    with frozen(NOON):
        first = await queries.preview(draft)
        rest = await queries.preview(draft, first.after)
    assert [one.code for one in (*first.moved, *rest.moved)] == ["H-0", "H-1", "H-2"]
    assert rest.after is None


async def test_an_approved_day_moves_every_open_dossier_once(province: Tenant) -> None:
    thu = await prepared()
    long, short = await opened("H-1", 5), await opened("H-2", 1)
    draft_id = await approved(thu)
    assert await queries.recount_waits()
    await _applied()
    await _applied(timedelta(minutes=3))
    assert not await queries.recount_waits()
    assert await due_of(long) == at("2026-06-09 17:00")
    assert await due_of(short) == at("2026-06-02 17:00")
    for dossier_id in (long, short):
        entries = await deadlines.entries_of(dossier_id)
        assert [each.kind for each in entries] == [Kind.START, Kind.CALENDAR]
        assert await deadlines.audit_of(dossier_id) == []
    (told,) = await db.tenant.fetch(_TOLD)
    assert told["dossier_id"] == long
    assert "ho so H-1 hen tra lai 17:00 09/06/2026" in told["text"]
    (line,) = await lines_of(("dossier", long))
    assert (line.act, line.actor_kind, line.basis) == ("dossier.recount", "system", DECISION)
    assert await lines_of(("dossier", short)) == []
    done = await queries.done_by(await queries.draft_of(draft_id))
    assert (done.recounted, done.moved) == (2, 1)
    assert [(one.code, one.old_due_at) for one in done.first] == [("H-1", at("2026-06-08 17:00"))]


async def test_the_ledger_tells_the_citizen_why_it_moved(province: Tenant) -> None:
    thu = await prepared()
    dossier_id = await opened("H-1", 5)
    await approved(thu)
    await _applied()
    entries = await deadlines.entries_of(dossier_id)
    assert entries[-1].lines == (
        f"Lịch làm việc thay đổi theo {DECISION}; hạn chuyển từ 17 giờ 00 phút, thứ Hai 08/06/2026 "
        "sang 17 giờ 00 phút, thứ Ba 09/06/2026.",
    )


async def test_killed_in_the_middle_it_goes_on_and_nobody_is_told_twice(
    province: Tenant, monkeypatch
) -> None:
    thu = await prepared()
    known = [await opened(f"H-{number}") for number in range(4)]
    await approved(thu)
    whole, counted = service.recount, []

    async def killed(dossier_id):
        moved = await whole(dossier_id)
        counted.append(dossier_id)
        if len(counted) == 3:  # after its rows were written, before they were committed
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(service, "recount", killed)
    with pytest.raises(KeyboardInterrupt):
        await _applied()
    assert len(await db.tenant.fetch(_TOLD)) == 2
    monkeypatch.setattr(service, "recount", whole)
    await _applied()
    await _applied()
    assert len(await db.tenant.fetch(_TOLD)) == 4
    for dossier_id in known:
        entries = await deadlines.entries_of(dossier_id)
        assert [each.kind for each in entries] == [Kind.START, Kind.CALENDAR]
        assert await due_of(dossier_id) == at("2026-06-09 17:00")


async def test_two_workers_at_once_do_it_once(province: Tenant) -> None:
    thu = await prepared()
    known = [await opened(f"H-{number}") for number in range(3)]
    await approved(thu)
    with frozen(NOON):
        await asyncio.gather(recount_dossiers(), recount_dossiers(), recount_dossiers())
    assert len(await db.tenant.fetch(_TOLD)) == 3
    for dossier_id in known:
        assert len(await deadlines.entries_of(dossier_id)) == 2
        assert await deadlines.audit_of(dossier_id) == []


async def test_batches_follow_one_another(province: Tenant, monkeypatch) -> None:
    thu = await prepared()
    for number in range(5):
        await opened(f"H-{number}")
    await approved(thu)
    monkeypatch.setattr(jobs, "BATCH", 2)
    with frozen(NOON):
        assert [await recount_dossiers() for _ in range(3)] == [True, True, False]
    assert len(await db.tenant.fetch(_TOLD)) == 5


async def test_a_broken_ledger_does_not_hold_up_the_others(province: Tenant) -> None:
    thu = await prepared()
    broken, sound = await opened("H-1"), await opened("H-2")
    async with work():
        await db.tenant.execute(
            "insert into deadline_entry (id, dossier_id, kind, at, due_at, basis, calendar_version)"
            " select gen_random_uuid(), $1, 'resume', now(), now(), '', max(version)"
            " from work_calendar",
            broken,
        )
    await approved(thu)
    await _applied()
    await _applied(timedelta(minutes=3))
    assert await due_of(sound) == at("2026-06-09 17:00")
    assert not await queries.recount_waits()


async def test_a_paused_dossier_keeps_pausing_on_the_new_calendar(province: Tenant) -> None:
    thu, lan = await prepared(), await cast.officer(cast.LAN)
    dossier_id = await opened("H-1", 5)
    async with work():
        await clocks.pause(lan, dossier_id, "publication", at=at("2026-06-02 07:00"))
    await approved(thu)
    await _applied()
    async with work():
        after = await clocks.resume(lan, dossier_id, at=at("2026-06-04 07:00"))
    # Tuesday was paused and Wednesday closed: one working day on top of the new date.
    assert after.due_at == at("2026-06-10 17:00")


async def test_the_desk_has_eight_hours_on_the_new_calendar_too(province: Tenant) -> None:
    thu = await prepared()
    dossier_id = await opened("H-1")
    async with work():
        await clocks.start(
            SYSTEM, dossier_id, 8, "working_hours", at=at("2026-06-02 16:00"),
            clock=ClockName.RECEPTION,
        )  # fmt: skip
    await approved(thu)
    await _applied()
    standing = await deadlines.standing_of(dossier_id, ClockName.RECEPTION)
    assert standing.due_at == at("2026-06-04 16:00")


async def test_finished_dossiers_stay_as_they_were(province: Tenant) -> None:
    thu = await prepared()
    dossier_id = await opened("H-1")
    async with work():
        await db.tenant.execute("update dossier set finished_at = $1", NOON)
    await approved(thu)
    await _applied()
    assert await due_of(dossier_id) == at("2026-06-08 17:00")
    assert len(await deadlines.entries_of(dossier_id)) == 1


async def test_one_agencys_closure_leaves_the_others_alone(province: Tenant) -> None:
    thu = await prepared()
    here, there = await opened("H-1"), await opened("H-2", agency=QUY_NHON_DONG)
    await approved(thu, STORM, await agency_id())
    await _applied()
    assert await due_of(here) == at("2026-06-09 17:00")
    assert await due_of(there) == at("2026-06-08 17:00")


async def test_a_day_for_everybody_reaches_agencies_with_hours_of_their_own(
    province: Tenant,
) -> None:
    thu = await prepared()
    async with work():
        await publish(
            SYSTEM, DOCUMENT, valid_from=date(2026, 1, 1), decision="QĐ riêng",
            agency_id=await agency_id(QUY_NHON_DONG),
        )  # fmt: skip
    here, there = await opened("H-1"), await opened("H-2", agency=QUY_NHON_DONG)
    draft = await queries.draft_of(await approved(thu))
    assert len(draft.versions) == 2
    await _applied()
    assert await due_of(here) == await due_of(there) == at("2026-06-09 17:00")


async def test_two_changes_one_after_the_other_both_hold(province: Tenant) -> None:
    thu = await prepared()
    dossier_id = await opened("H-1")
    await approved(thu)
    await approved(thu, Swapped(off=date(2026, 6, 5), on=date(2026, 6, 6)))
    await approved(thu, NewHours(date(2026, 6, 8), [*WEEK, 6], PERIODS))
    await _applied()
    # Without Wednesday 3 and Friday 5, with Saturday 6 worked instead.
    assert await due_of(dossier_id) == at("2026-06-09 17:00")
    assert len(await deadlines.entries_of(dossier_id)) == 2
    async with work():
        calendar = await deadlines.calendar_in_force(date(2026, 6, 1))
    assert calendar.is_working_day(date(2026, 6, 13))
    assert not calendar.is_working_day(date(2026, 6, 3))


async def test_a_draft_is_decided_once(province: Tenant) -> None:
    thu = await prepared()
    approved_id, discarded_id = await approved(thu), await drafted(thu, OtherDay(
        date(2026, 6, 9), [], "Nghỉ"
    ))  # fmt: skip
    async with work():
        await service.discard(thu, discarded_id)
    for draft_id in (approved_id, discarded_id):
        for verb in (service.approve, service.discard):
            with pytest.raises(DraftClosed):
                async with work():
                    await verb(thu, draft_id)
    with pytest.raises(NoSuchDraft):
        async with work():
            await service.approve(thu, uuid4())
    acts = [line.act for line in await lines_of(("calendar_draft", discarded_id))]
    assert sorted(acts) == ["calendar.discard", "calendar.draft"]


async def test_a_draft_the_calendar_has_overtaken_is_not_approved(province: Tenant) -> None:
    thu = await prepared()
    one, two = await drafted(thu), await drafted(thu)
    with frozen(NOON):
        async with work():
            await service.approve(thu, one)
        with pytest.raises(DraftStale):
            async with work():
                await service.approve(thu, two)


async def test_a_draft_needs_a_decision_and_sense(province: Tenant) -> None:
    thu = await prepared()
    wrong = {
        ("decision",): (STORM, " "),
        ("on",): (OtherDay(date(2026, 6, 6), [], "Nghỉ"), DECISION),
        ("morning",): (NewHours(date(2026, 6, 8), WEEK, [("17:00", "07:00")]), DECISION),
    }
    for fields, (change, decision) in wrong.items():
        with frozen(NOON), pytest.raises(Malformed) as refused:
            async with work():
                await service.draft(thu, change, decision)
        assert tuple(refused.value.fields) == fields


async def test_nothing_of_the_neighbour_moves(province: Tenant, neighbour: Tenant) -> None:
    thu = await prepared()
    await opened("H-1")
    await approved(thu)
    assert await cast.at(neighbour, queries.drafts()) == []
    assert not await cast.at(neighbour, queries.recount_waits())
