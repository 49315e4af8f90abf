"""Why this date: to the citizen in words, to programs as JSON, to nobody else."""

from datetime import datetime, timedelta

import pytest

from app.onestop.dossiers import service
from infra import clock
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import see
from tests.doors.desk.strangers import next_door
from tests.doors.portal.asking import asked, received
from tests.onestop.dossiers.story import submitted

pytestmark = pytest.mark.usefixtures("monday")
NAMES = ("Nguyễn Thị Lan", "Phạm Thị Hoa", "Lê Quang Minh")


def api(code):
    return f"/api/v1/dossiers/{code}/deadline"


async def sent_back(hung):
    """Asked for papers, which came two days later."""
    code = await asked(hung)
    with clock.frozen(MONDAY + timedelta(days=2)):
        async with work():
            await service.supplement(await cast.officer(cast.LAN), code, None)
    return code


async def test_the_citizen_reads_every_row_and_no_officers_name(browser, hung):
    code = await sent_back(hung)
    assert f"/da-nop/{code}/thoi-han" in await see(browser, f"/da-nop/{code}")
    text = await see(browser, f"/da-nop/{code}/thoi-han")
    for words in (
        "Vì sao hẹn ngày này", "Bắt đầu tính thời hạn", "Tạm dừng", "Tính lại từ đầu",
        "chờ bổ sung, hoàn thiện hồ sơ", "Giải quyết trong ngày làm việc.", "Hẹn lần đầu",
        "Căn cứ: ", "Hạn hiện nay",
    ):  # fmt: skip
        assert words in text, words
    assert not [name for name in NAMES if name in text]


async def test_while_it_is_paused_the_page_says_how_long_already(browser, hung):
    code = await asked(hung)
    with clock.frozen(MONDAY + timedelta(minutes=20)):
        text = await see(browser, f"/da-nop/{code}/thoi-han")
    assert "Đến nay đã tạm dừng 20 phút làm việc" in text


async def test_before_the_reception_there_is_no_date_yet(browser, hung):
    code = (await submitted(hung)).code
    assert "Thời hạn tiếp nhận" in await see(browser, f"/da-nop/{code}")
    text = await see(browser, f"/da-nop/{code}/thoi-han")
    assert "Ngày hẹn được tính khi cơ quan tiếp nhận hồ sơ." in text
    assert "tiếp nhận hồ sơ trực tuyến: 8 giờ làm việc" in text
    found = (await browser.get(api(code))).json()
    assert (found["code"], found["start"], found["due"], found["rows"]) == (code, None, None, [])
    first = found["reception"]
    assert first["clock"] == "reception" and [row["kind"] for row in first["rows"]] == ["start"]
    due = await db.tenant.fetch_value("select due_at from deadline_entry")
    assert datetime.fromisoformat(first["due"]) == due


async def test_programs_get_the_same_rows_as_json(browser, hung):
    code = await sent_back(hung)
    answer = await browser.get(api(code))
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["clock"] == "whole" and not found["paused"] and not found["stopped"]
    due = await db.tenant.fetch_value("select due_at from dossier")
    assert datetime.fromisoformat(found["due"]) == due
    assert [row["kind"] for row in found["rows"]] == ["start", "pause", "restart"]
    for row in found["rows"]:
        assert set(row) == {"kind", "at", "due_at", "basis", "lines"}
        assert row["lines"] and row["basis"] and row["at"].endswith("Z")
    assert not [name for name in NAMES if name in answer.text]


async def test_officers_of_the_agency_read_it_and_others_find_nothing(
    browse, province, neighbour, hung
):
    code = await received(hung)
    for name in (cast.LAN, cast.HOA, cast.MINH):
        officer = await browse(province, await cast.officer(name))
        assert (await officer.get(api(code))).json()["code"] == code
    mai = await cast.at(neighbour, cast.officer(cast.OUTSIDER))
    stranger = await cast.at(neighbour, cast.citizen("Người Ngoài", "ngoai"))
    for browser in (
        await browse(province, await next_door()),
        await browse(province, await cast.officer(cast.THU)),
        await browse(province, await cast.citizen("Lê Thị Mai", "mai.le")),
        await browse(neighbour, mai),
        await browse(neighbour, stranger),
    ):
        answer = await browser.get(api(code))
        assert answer.status_code == 404 and answer.json()["code"] == "not_found"
    other = await browse(province, await cast.citizen("Lê Thị Mai", "mai.le"))
    assert (await other.get(f"/da-nop/{code}/thoi-han")).status_code == 404


async def test_who_is_not_signed_in_is_told_so_as_json(browse, province, hung):
    code = await received(hung)
    nobody = await browse(province)
    answer = await nobody.get(api(code), headers={"Accept": "application/json"})
    assert answer.status_code == 401 and answer.json()["code"] == "sign_in_needed"
