from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace as msgspec_replace

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import ledger_service as clocks
from app.onestop.deadlines import queries
from app.onestop.deadlines.explaining import explain
from app.onestop.deadlines.refusals import ClockRefuses, UnknownReason
from app.onestop.deadlines.service import publish
from app.onestop.deadlines.shapes import MINUTES, Answer, ClockName, Kind, Standing
from app.people.shapes import SYSTEM, Actor
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.deadlines.offices import DOCUMENT, at

_DOSSIER = """
insert into dossier (id, code, procedure_id, agency_id, channel, status, applicant_name, applicant,
                     summary, wanted_way, filed_at)
select $1, $1::uuid::text, p.id, a.id, 'counter', 1, 'Bùi Thị Ngọc', '{}', 'thử', 'counter', now()
from procedure p, agency a where a.key = 'ubnd-phuong-quy-nhon' limit 1
"""


async def _filed() -> tuple[Actor, UUID]:
    """Lan and a dossier whose clock has not been started."""
    dossier_id = uuid7()
    async with work():
        await publish(SYSTEM, DOCUMENT, valid_from=date(2026, 1, 1), decision="Quyết định thử")
        await db.tenant.execute(_DOSSIER, dossier_id)
    return await cast.officer(cast.LAN), dossier_id


@contextmanager
def _on(text: str):
    with frozen(at(text)):
        yield


async def _started(lan: Actor, dossier_id: UUID, days: int = 5) -> Standing:
    with _on("2026-06-01 08:00"):
        async with work():
            return await clocks.start(lan, dossier_id, days, Unit.WORKING_DAYS)


async def test_a_pause_is_not_counted_and_every_row_keeps_its_date(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    assert (await _started(lan, dossier_id)).due_at == at("2026-06-08 17:00")
    with _on("2026-06-02 08:00"):
        async with work():
            paused = await clocks.pause(lan, dossier_id, "financial_duty")
    with _on("2026-06-03 11:00"):
        async with work():
            resumed = await clocks.resume(lan, dossier_id)
    assert paused.pause_reason == "financial_duty"
    assert resumed.due_at == at("2026-06-10 10:00")
    assert resumed.worked_paused_minutes == 480 + 180
    assert await queries.standing_of(dossier_id) == resumed
    entries = await queries.entries_of(dossier_id)
    assert [each.kind for each in entries] == [Kind.START, Kind.PAUSE, Kind.RESUME]
    assert await queries.audit_of(dossier_id) == []


async def test_the_ledger_says_why_this_date(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    await _started(lan, dossier_id)
    async with work():
        await clocks.pause(lan, dossier_id, "financial_duty", at=at("2026-06-02 08:00"))
        await clocks.resume(lan, dossier_id, at=at("2026-06-03 11:00"))
        await clocks.extend(
            lan, dossier_id, at("2026-06-15 17:00"), note="Chờ xác minh.",
            at=at("2026-06-09 09:00"),
        )  # fmt: skip
    entries = await queries.entries_of(dossier_id)
    lines = explain(entries, await queries.calendars_of(entries), at("2026-06-12 17:00"))
    said = [line.text for line in lines]
    assert said[0] == "Tiếp nhận lúc 08 giờ 00 phút, thứ Hai 01/06/2026."
    assert said[-4:] == [
        "Tạm dừng tính thời hạn từ 08 giờ 00 phút, thứ Ba 02/06/2026 "
        "do chờ thực hiện nghĩa vụ tài chính.",
        "Tạm dừng từ 08 giờ 00 phút, thứ Ba 02/06/2026 đến 11 giờ 00 phút, thứ Tư 03/06/2026 "
        "do chờ thực hiện nghĩa vụ tài chính; không tính 1 ngày 3 giờ làm việc; hạn chuyển từ "
        "17 giờ 00 phút, thứ Hai 08/06/2026 sang 10 giờ 00 phút, thứ Tư 10/06/2026.",
        "Hẹn lại ngày trả kết quả (chỉ một lần): hạn chuyển từ 10 giờ 00 phút, thứ Tư 10/06/2026 "
        "sang 17 giờ 00 phút, thứ Hai 15/06/2026. Lý do: Chờ xác minh.",
        "Hạn hiện nay: 17 giờ 00 phút, thứ Hai 15/06/2026. Còn 1 ngày làm việc.",
    ]
    assert all(line.basis for line in lines[:-1])


async def test_after_a_supplement_the_time_starts_from_zero(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    await _started(lan, dossier_id)
    async with work():
        await clocks.pause(lan, dossier_id, "supplement", at=at("2026-06-03 09:00"))
        again = await clocks.restart(lan, dossier_id, at=at("2026-06-15 09:00"))
    assert (again.due_at, again.restarts) == (at("2026-06-22 17:00"), 1)
    assert again.original_due_at == at("2026-06-08 17:00")
    assert again.running
    assert await queries.audit_of(dossier_id) == []


async def test_the_appointment_is_put_off_once_and_in_time(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    await _started(lan, dossier_id)
    wrong = {
        ("2026-06-04 09:00", "2026-06-08 17:00"): Answer.NOT_LATER,
        ("2026-06-04 09:00", "2026-06-13 09:00"): Answer.NOT_WORKING,
        ("2026-06-08 17:01", "2026-06-12 17:00"): Answer.EXPIRED,
    }
    for (moment, until), answer in wrong.items():
        with pytest.raises(ClockRefuses) as refused:
            async with work():
                await clocks.extend(lan, dossier_id, at(until), note="x", at=at(moment))
        assert refused.value.answer is answer
    async with work():
        await clocks.extend(
            lan, dossier_id, at("2026-06-12 17:00"), note="x", at=at("2026-06-05 09:00")
        )
    with pytest.raises(ClockRefuses, match="clock_refuses") as refused:
        async with work():
            await clocks.extend(
                lan, dossier_id, at("2026-06-19 17:00"), note="x", at=at("2026-06-05 09:00")
            )
    assert refused.value.answer is Answer.ALREADY_EXTENDED


async def test_a_pause_needs_a_reason_of_the_law(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    await _started(lan, dossier_id)
    with pytest.raises(UnknownReason):
        async with work():
            await clocks.pause(lan, dossier_id, "holiday")
    with pytest.raises(UnknownReason):
        async with work():  # the decree that allows it was not yet in force
            await clocks.pause(lan, dossier_id, "supplement", at=datetime(2025, 6, 1, tzinfo=UTC))


async def test_rows_out_of_order_are_refused(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    async with work():
        with pytest.raises(ClockRefuses):
            await clocks.resume(lan, dossier_id)
        await clocks.start(lan, dossier_id, 5, Unit.WORKING_DAYS)
        with pytest.raises(ClockRefuses):
            await clocks.start(lan, dossier_id, 5, Unit.WORKING_DAYS)
        with pytest.raises(ClockRefuses):
            await clocks.resume(lan, dossier_id)
        await clocks.stop(lan, dossier_id, "finished")
        with pytest.raises(ClockRefuses):
            await clocks.pause(lan, dossier_id, "publication")


async def test_each_task_has_a_clock_of_its_own(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    task, other = uuid4(), uuid4()
    await _started(lan, dossier_id)
    async with work():
        one = await clocks.start(
            lan, dossier_id, 600, MINUTES, at=at("2026-06-01 08:00"),
            clock=ClockName.STEP, subject_id=task,
        )  # fmt: skip
        asked = await clocks.start_until(
            lan, dossier_id, at("2026-06-05 17:00"), at=at("2026-06-01 08:00"), basis="Điều 19",
            clock=ClockName.OPINION, subject_id=other,
        )  # fmt: skip
        await clocks.stop(
            lan, dossier_id, "done", clock=ClockName.STEP, subject_id=task,
        )  # fmt: skip
    assert (one.due_at, asked.due_at) == (at("2026-06-02 10:00"), at("2026-06-05 17:00"))
    assert (await queries.standing_of(dossier_id)).running
    assert await queries.audit_of(dossier_id) == []


async def test_an_agency_may_keep_hours_of_its_own(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    agency = await db.tenant.fetch_value("select agency_id from dossier where id = $1", dossier_id)
    saturday = msgspec_replace(DOCUMENT, hours={6: [("07:30", "11:00")]})
    async with work():
        own = await publish(
            SYSTEM, saturday, valid_from=date(2026, 1, 1), decision="QĐ riêng", agency_id=agency
        )
    assert (await queries.calendar_in_force(date(2026, 6, 1), agency)).version == own.version
    assert (await queries.calendar_in_force(date(2026, 6, 1), uuid4())).version != own.version
    assert (await queries.calendar_in_force(date(2026, 6, 1))).version != own.version
    assert (await _started(lan, dossier_id)).due_at == at("2026-06-06 11:00")


async def test_the_audit_names_the_row_that_does_not_add_up(province: Tenant) -> None:
    lan, dossier_id = await _filed()
    await _started(lan, dossier_id)
    async with work():
        await db.tenant.execute(
            "insert into deadline_entry"
            " (id, dossier_id, kind, at, due_at, reason, basis, calendar_version)"
            " select gen_random_uuid(), $1, 'pause', now(), now(), 'publication', '', max(version)"
            " from work_calendar",
            dossier_id,
        )
    (fault,) = await queries.audit_of(dossier_id)
    assert (fault.index, fault.counted) == (1, at("2026-06-08 17:00"))
