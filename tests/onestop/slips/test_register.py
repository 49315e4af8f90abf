"""The register of dossiers: numbers through the year, without a gap and without a double."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from app.onestop.dossiers.service.intake import intake
from app.onestop.slips import service
from app.onestop.slips.queries import register, register_print
from app.onestop.slips.queries import register as register_module
from app.onestop.slips.refusals import PeriodTooLong
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests.cast import LAN, at, officer
from tests.onestop.dossiers.story import on_paper

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam


class GivenUp(Exception):
    """Somebody closed the window in the middle."""


async def _receive(name: str = "Bùi Thị Ngọc", *, fail: bool = False) -> str:
    lan = await officer(LAN)
    async with work():
        dossier = await intake(lan, on_paper(key=uuid7(), full_name=name))
        if fail:
            raise GivenUp
    return dossier.code


async def _agency():
    return await db.tenant.fetch_value("select id from agency where key = 'ubnd-phuong-quy-nhon'")


async def _numbers() -> list[int]:
    rows = await db.tenant.fetch("select number from register_entry order by number")
    return [row["number"] for row in rows]


async def test_fifty_at_once_some_given_up_leave_no_gap_and_no_double(province: Tenant) -> None:
    doings = [_receive(f"Người Thứ {n}", fail=n % 5 == 0) for n in range(50)]
    ended = await asyncio.gather(*doings, return_exceptions=True)
    given_up = [each for each in ended if isinstance(each, GivenUp)]
    received = [each for each in ended if isinstance(each, str)]
    assert (len(given_up), len(received)) == (10, 40), [e for e in ended if not isinstance(e, str)]
    assert await _numbers() == list(range(1, 41))
    printed = await db.tenant.fetch(
        "select (s.content->>'register_number')::int as said, e.number from slip s"
        " join register_entry e on e.dossier_id = s.dossier_id where s.form = '01'"
    )
    assert len(printed) == 40
    assert all(row["said"] == row["number"] for row in printed)


async def test_a_dossier_is_entered_once(province: Tenant) -> None:
    await _receive()
    row = await db.tenant.fetch_row("select id, agency_id, received_at from dossier")
    async with work():
        again = await service.enter_in_register(row["id"], row["agency_id"], row["received_at"])
    assert (again, await _numbers()) == (1, [1])


async def test_the_year_begins_at_midnight_in_vietnam(province: Tenant) -> None:
    for moment in (
        datetime(2026, 12, 31, 16, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 17, 1, tzinfo=UTC),
        datetime(2027, 1, 4, 2, 0, tzinfo=UTC),
    ):
        with frozen(moment):
            await _receive()
    rows = await db.tenant.fetch("select year, number from register_entry order by received_at")
    assert [tuple(row) for row in rows] == [(2026, 1), (2027, 1), (2027, 2)]


async def test_the_register_shows_the_days_asked_for_and_how_things_stand(province: Tenant) -> None:
    with frozen(MONDAY):
        code = await _receive()
    await db.tenant.execute(
        "update dossier set status = 10, finished_at = $1, delivered_at = $1,"
        " delivered_way = 'postal'",
        datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
    )
    found = await register(await _agency(), date(2026, 11, 1), date(2026, 11, 30))
    (line,) = found.lines
    assert (line.number, line.code, line.applicant) == (1, code, "Bùi Thị Ngọc")
    assert line.received_on == date(2026, 11, 23)
    assert (line.finished_on, line.delivered_on) == (date(2026, 11, 25), date(2026, 11, 25))
    assert line.way == "Bưu chính công ích"
    assert (await register(await _agency(), date(2026, 11, 24), date(2026, 11, 30))).lines == []
    assert (await register(await _agency(), date(2026, 11, 1), date(2026, 11, 22))).lines == []


async def test_a_receipt_issued_anew_is_noted_and_keeps_its_line(province: Tenant) -> None:
    with frozen(MONDAY):
        await _receive()
        dossier = await db.tenant.fetch_row("select id from dossier")

        class Known:
            id = dossier["id"]

        async with work():
            await service.replace_receipt(await officer(LAN), Known(), "Ghi sai tên")
    (line,) = (await register(await _agency(), date(2026, 11, 23), date(2026, 11, 23))).lines
    assert (line.number, line.note) == (1, "Đã cấp lại giấy tiếp nhận")


async def test_too_many_lines_are_refused_not_cut(province: Tenant, monkeypatch) -> None:
    with frozen(MONDAY):
        await _receive()
        await _receive()
    module = __import__(register_module.__module__, fromlist=["MOST"])
    monkeypatch.setattr(module, "MOST", 1)
    with pytest.raises(PeriodTooLong):
        await register(await _agency(), date(2026, 11, 23), date(2026, 11, 23))


async def test_the_neighbour_keeps_a_register_of_its_own(
    province: Tenant, neighbour: Tenant
) -> None:
    await _receive()
    assert await at(neighbour, _numbers()) == []
    with pytest.raises(LookupError):
        await at(neighbour, register(await _agency(), date(2026, 1, 1), date(2026, 12, 31)))


async def test_the_print_names_the_book_and_counts_its_lines(province: Tenant) -> None:
    with frozen(MONDAY):
        await _receive()
        found = await register(await _agency(), date(2026, 11, 1), date(2026, 11, 30))
        shown = register_print(found, "Nguyễn Thị Lan")
    assert (shown.form, shown.size, shown.landscape) == ("07", "A4", True)
    texts = str(shown.copies)
    for words in ("Quyển số 2026, từ 01/11/2026 đến 30/11/2026", "Tổng số: 1 hồ sơ."):
        assert words in texts
