"""Messages on their way: a real database, a real gateway process, real faults of the line."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.onestop.notices import jobs, queries, sending, service
from app.onestop.notices.gateways import opened
from app.onestop.notices.refusals import CannotResend
from app.people.shapes import SYSTEM
from app.refusals import NotFound
from infra.clock import frozen, now
from infra.ids import uuid7
from infra.settings import settings
from tenants import db, work
from tests.onestop.notices.conftest import PHONE, Phone, Told

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # nine o'clock in Vietnam


async def _tell(dossier: Told, event: str = "CO_KQ", **values: object) -> UUID:
    async with work.work():
        notice = await service.notify(dossier, event, **values)
    assert notice is not None
    return notice


async def _row(notice: UUID) -> dict:
    row = await db.tenant.fetch_row("select * from notice where id = $1", notice)
    assert row is not None
    return dict(row)


async def _counted(notice: UUID) -> list[str]:
    rows = await db.tenant.fetch("select id from usage_record order by id")
    return [row["id"] for row in rows if str(notice) in row["id"]]


async def _later(minutes: int) -> bool:
    with frozen(now() + timedelta(minutes=minutes)):
        return await jobs.send_notices()


async def test_a_notice_is_written_with_the_act_and_sent_by_the_job(
    dossier: Told, phone: Phone
) -> None:
    notice = await _tell(dossier, "TIEP_NHAN")
    assert (await _row(notice))["state"] == "pending"
    assert await phone.messages(notice) == []

    assert await jobs.send_notices() is False

    (message,) = await phone.messages(notice)
    row = await _row(notice)
    assert message["to"] == PHONE
    assert message["text"] == row["text"]
    assert row["text"].startswith("UBND P. Quy Nhon: Da nhan ho so H08.21583-261120-0007")
    assert (row["state"], row["provider_ref"]) == ("sent", message["provider_id"])
    assert message["parts"] == row["parts"] == len(await _counted(notice))


async def test_every_part_of_a_long_message_is_counted_once(dossier: Told, phone: Phone) -> None:
    notice = await _tell(dossier, "BO_SUNG", LYDO="thiếu giấy chứng sinh " * 9, HAN=MORNING.date())
    assert (await _row(notice))["parts"] == 2
    await jobs.send_notices()
    await jobs.send_notices()
    assert await _counted(notice) == [f"notice:{notice}:part:{n}" for n in (1, 2)]


async def test_an_act_rolled_back_tells_nobody(dossier: Told, phone: Phone) -> None:
    with pytest.raises(ZeroDivisionError):
        async with work.work():
            notice = await service.notify(dossier, "CO_KQ")
            raise ZeroDivisionError
    await jobs.send_notices()
    assert await phone.messages(notice) == []


async def test_the_same_event_is_told_once_unless_it_has_its_own_occasion(dossier: Told) -> None:
    await _tell(dossier)
    async with work.work():
        assert await service.notify(dossier, "CO_KQ") is None
        assert await service.notify(dossier, "CO_KQ", occasion="2") is not None


@pytest.mark.parametrize("number", [None, "+842563820001", "khong co"])
async def test_who_has_no_mobile_phone_is_not_told(dossier: Told, number: str | None) -> None:
    await db.tenant.execute("update dossier set phone = $1", number)
    async with work.work():
        assert await service.notify(dossier, "CO_KQ") is None


async def test_a_night_notice_waits_for_seven_and_a_code_does_not(
    dossier: Told, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SMS_AT_NIGHT", "false")
    settings.cache_clear()
    with frozen(datetime(2026, 11, 20, 15, 30, tzinfo=UTC)):  # 22:30 in Vietnam
        waiting = await _tell(dossier)
        async with work.work():
            code = await service.tell(PHONE, "OTP", "otp:1", OTP="481516")
        assert (await _row(waiting))["next_at"] == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
        await jobs.send_notices()
        assert len(await phone.messages(code)) == 1
    with frozen(datetime(2026, 11, 20, 23, 59, tzinfo=UTC)):
        await jobs.send_notices()
        assert await phone.messages(waiting) == []
    with frozen(datetime(2026, 11, 21, 0, 1, tzinfo=UTC)):
        await jobs.send_notices()
        assert len(await phone.messages(waiting)) == 1


async def test_a_due_notice_the_worker_missed_by_day_is_not_sent_at_night(
    dossier: Told, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_SMS_AT_NIGHT", "false")
    settings.cache_clear()
    with frozen(MORNING):
        notice = await _tell(dossier)
    with frozen(MORNING + timedelta(hours=13)):
        await jobs.send_notices()
    assert await phone.messages(notice) == []


async def test_a_refused_number_is_shown_to_the_officer_and_not_tried_again(
    dossier: Told, phone: Phone
) -> None:
    notice = await _tell(dossier)
    await phone.fail("reject")
    await jobs.send_notices()
    (shown,) = await queries.notices_of(dossier.id)
    assert (shown.state_name, shown.may_resend) == ("Không gửi được", True)
    assert shown.error == "Nhà mạng từ chối nhận tin gửi đến số điện thoại này."
    assert shown.phone == "09*****301"
    assert not await queries.any_due()
    assert await _counted(notice) == []


async def test_an_error_of_the_gateway_is_tried_again_later(dossier: Told, phone: Phone) -> None:
    notice = await _tell(dossier)
    await phone.fail("error")
    await jobs.send_notices()
    row = await _row(notice)
    assert (row["state"], row["attempts"]) == ("pending", 1)
    assert row["next_at"] > now()
    await jobs.send_notices()
    assert (await _row(notice))["attempts"] == 1
    await _later(minutes=3)
    assert (await _row(notice))["state"] == "sent"


async def test_a_gateway_that_is_away_loses_nothing(
    dossier: Told, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await _tell(dossier)
    there = settings().sms_url
    monkeypatch.setenv("MOTCUA_SMS_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    await jobs.send_notices()
    row = await _row(notice)
    assert (row["state"], row["claimed_until"]) == ("pending", None)
    monkeypatch.setenv("MOTCUA_SMS_URL", there)
    settings.cache_clear()
    await _later(minutes=3)
    assert len(await phone.messages(notice)) == 1


async def test_a_line_cut_after_the_message_was_taken_does_not_send_it_twice(
    dossier: Told, phone: Phone
) -> None:
    notice = await _tell(dossier)
    await phone.fail("accept_then_drop")
    await jobs.send_notices()
    assert (await _row(notice))["state"] == "pending"
    assert await _counted(notice) == []
    # If it asked by sending again, this fault would be met.
    await phone.fail("reject")
    await _later(minutes=3)
    row = await _row(notice)
    assert row["state"] == "sent"
    assert len(await phone.messages(notice)) == 1
    assert len(await _counted(notice)) == row["parts"]


async def test_after_too_many_attempts_the_officer_is_told(dossier: Told, phone: Phone) -> None:
    notice = await _tell(dossier)
    await phone.fail("error", times=50)
    moment = now()
    for _ in range(10):
        moment += timedelta(hours=7)
        with frozen(moment):
            await jobs.send_notices()
    row = await _row(notice)
    assert (row["state"], row["attempts"]) == ("in_doubt", 7)
    assert "chưa rõ" in row["error"]


async def test_a_worker_that_died_after_sending_is_followed_by_one_that_asks(
    dossier: Told, phone: Phone
) -> None:
    notice = await _tell(dossier)
    batch = await jobs.claim()
    assert batch is not None
    (turn,) = batch.turns
    async with opened(batch.choosing.providers) as gateways:
        message = sending.outgoing(turn, batch.choosing.providers[turn.provider])
        await gateways[turn.provider].send(message)  # and then the power goes
    assert await jobs.claim() is None
    await phone.fail("reject")
    with frozen(now() + jobs.LEASE + timedelta(seconds=1)):
        await jobs.send_notices()
    assert (await _row(notice))["state"] == "sent"
    assert len(await phone.messages(notice)) == 1


async def test_workers_side_by_side_never_take_the_same_notice(dossier: Told, phone: Phone) -> None:
    async with work.work():
        for number in range(100):
            await service.notify(dossier, "CO_KQ", occasion=str(number))
    batches = await asyncio.gather(*(jobs.claim(20) for _ in range(8)))
    taken = [turn.notice.id for batch in batches if batch for turn in batch.turns]
    assert len(taken) == len(set(taken)) == 100


async def test_a_full_batch_says_that_more_may_be_waiting(
    dossier: Told, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 5)
    async with work.work():
        for number in range(jobs.BATCH + 1):
            await service.notify(dossier, "CO_KQ", occasion=str(number))
    assert await jobs.send_notices() is True
    assert await queries.any_due()
    assert await jobs.send_notices() is False
    assert not await queries.any_due()


async def test_an_officer_sends_a_failed_notice_again(dossier: Told, phone: Phone) -> None:
    notice = await _tell(dossier)
    await phone.fail("reject")
    await jobs.send_notices()
    async with work.work():
        await service.resend(SYSTEM, notice)
    await jobs.send_notices()
    assert (await _row(notice))["state"] == "sent"
    with pytest.raises(CannotResend):
        await service.resend(SYSTEM, notice)
    with pytest.raises(NotFound):
        await service.resend(SYSTEM, uuid7())
