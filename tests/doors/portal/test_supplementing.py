"""Papers are asked for, and the citizen sends them, as a browser without scripts does it."""

import asyncio
import base64
import html
import re
from datetime import timedelta

import pytest

from app.onestop.dossiers import service
from app.onestop.slips.shapes import SupplementItem
from infra import clock
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import see, text_of
from tests.doors.portal.asking import BIRTH_NOTE, OTHER, asked
from tests.storage.samples import EXE, pdf

CLEAR, OLD_BOOK = pdf(2), pdf(3)


pytestmark = pytest.mark.usefixtures("monday")


def at(code):
    return f"/da-nop/{code}"


async def send(browser, code, files=(), **pressed):
    return await browser.post(
        f"{at(code)}/bo-sung",
        files=[(f"tep_{slot}", (name, content)) for slot, name, content in files]
        or {"x": ("", b"")},
        data=pressed,
    )


def both(second=None):
    return [
        (BIRTH_NOTE, "chung-sinh-ro.pdf", CLEAR),
        (OTHER, "ho-khau.pdf", second or OLD_BOOK),
    ]


async def standing(code):
    row = await db.tenant.fetch_row(
        "select status, pause, due_at from dossier where code = $1", code
    )
    return row["status"], row["pause"], row["due_at"]


async def test_the_page_says_what_is_wanted_why_by_when_and_gives_form_02(browser, hung):
    code = await asked(hung)
    text = await see(browser, at(code))
    for words in (
        "Ông/bà cần bổ sung giấy tờ", "Giấy chứng sinh",
        "Bản điện tử mờ, thiếu trang hoặc không mở được", "Ảnh chụp sổ hộ khẩu cũ", "Cả hai mặt",
        "trước hết ngày <b>03/12/2026</b>", "Chụp rõ bốn góc", "Sẽ hẹn lại khi hồ sơ được bổ sung",
        "Đã nộp trước đây: giay-chung-sinh.pdf", "Gửi bổ sung",
    ):  # fmt: skip
        assert words in text, words
    slip = re.search(r'href="([^"]*)">Tải phiếu yêu cầu bổ sung', text)
    answer = await browser.get(slip[1])
    assert answer.headers["content-type"] == "application/pdf"


async def test_papers_are_kept_sent_and_the_time_starts_again(browse, province, browser, hung):
    code = await asked(hung)
    before = (await standing(code))[2]
    kept = await send(browser, code, both(), luu="1")
    assert kept.headers["location"] == at(code)
    assert (await standing(code))[:2] == (5, "supplement")
    text = await see(browser, at(code))
    assert "chung-sinh-ro.pdf" in text and "ho-khau.pdf" in text
    with clock.frozen(MONDAY + timedelta(days=2)):
        browser = await browse(province, hung)
        assert (await send(browser, code, gui="1")).headers["location"] == at(code)
        status, pause, due = await standing(code)
        assert (status, pause) == (4, None) and due > before
        text = await see(browser, at(code))
        assert "Giấy tờ bổ sung đã được gửi" in text and "Thời hạn được tính lại từ đầu" in text
    titles = await db.tenant.fetch("select name from paper where slot = $1", OTHER)
    assert [row["name"] for row in titles] == ["Ảnh chụp sổ hộ khẩu cũ"]


async def test_before_the_reception_it_goes_back_to_the_desk(browser, hung):
    code = await asked(hung, before_reception=True)
    await send(browser, code, both(), gui="1")
    assert (await standing(code))[0] == 1
    text = await see(browser, at(code))
    assert "tiếp nhận hồ sơ trong 08 giờ làm việc" in text


async def test_nothing_new_is_a_sentence_and_nothing_happens(browser, hung):
    code = await asked(hung)
    text = text_of(await send(browser, code, gui="1"), 409)
    assert "Chưa có giấy tờ nào được bổ sung." in text and "Gửi bổ sung" in text
    # The very file that was there before is nothing new either.
    same = await send(browser, code, [(BIRTH_NOTE, "giay-chung-sinh.pdf", pdf())], gui="1")
    assert "Chưa có giấy tờ nào được bổ sung." in text_of(same, 409)
    assert (await standing(code))[0] == 5


async def test_half_of_it_is_sent_only_when_that_is_meant(browser, hung):
    code = await asked(hung)
    half = [(BIRTH_NOTE, "ro.pdf", pdf(2))]
    text = text_of(await send(browser, code, half, gui="1"), 422)
    assert f'id="tep_{OTHER}-loi"' in text and "Tôi gửi chưa đủ" in text and "ro.pdf" in text
    assert f'id="tep_{BIRTH_NOTE}-loi"' not in text
    await send(browser, code, gui="1", thieu="co")
    assert (await standing(code))[0] == 4


async def test_the_same_file_and_the_same_button_twice_are_harmless(browser, hung):
    code = await asked(hung)
    for _ in range(2):
        await send(browser, code, both(), luu="1")
    count = "select count(*) from paper where slot = $1"
    assert await db.tenant.fetch_value(count, OTHER) == 1
    answers = await asyncio.gather(*(send(browser, code, gui="1") for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert await db.tenant.fetch_value(count, OTHER) == 1
    sent = "select count(*) from progress where act = 'supplement'"
    assert await db.tenant.fetch_value(sent) == 1


async def test_a_file_that_is_refused_is_told_beside_its_place_and_the_others_stay(browser, hung):
    code = await asked(hung)
    text = text_of(await send(browser, code, both(second=EXE), gui="1"), 422)
    assert f'id="tep_{OTHER}-loi"' in text and "chung-sinh-ro.pdf" in text
    assert (await standing(code))[0] == 5


async def test_a_wrong_file_is_taken_away_before_it_is_sent_and_the_old_ones_are_not(browser, hung):
    code = await asked(hung)
    await send(browser, code, both(), luu="1")
    ids = {row["slot"]: row["id"] for row in await db.tenant.fetch(
        "select id, slot from paper where added_at >= (select asked_at from supplement_request)"
    )}  # fmt: skip
    await send(browser, code, xoa_tep=str(ids[OTHER]))
    assert "ho-khau.pdf" not in await see(browser, at(code))
    old = await db.tenant.fetch_value("select id from paper order by added_at limit 1")
    assert (await send(browser, code, xoa_tep=str(old))).status_code == 409
    await send(browser, code, both(), gui="1")
    assert (await send(browser, code, xoa_tep=str(ids[BIRTH_NOTE]))).status_code == 303
    assert await db.tenant.fetch_value("select count(*) from paper") == 3


async def test_a_file_that_waits_for_its_check_is_not_left_behind(browser, hung):
    code = await asked(hung)
    await send(browser, code, both(), luu="1")
    await begun(browser, code)
    assert "Còn tệp đang tải lên" in text_of(await send(browser, code, gui="1"), 409)


async def begun(browser, code, slot=OTHER):
    """A resumable upload for the dossier, announced."""
    identity = await db.tenant.fetch_value("select id from dossier where code = $1", code)
    about = {"filename": "a.pdf", "slot": slot, "draft": "", "dossier": str(identity)}
    said = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in about.items())
    headers = {"Upload-Metadata": said, "Upload-Length": "10", "Tus-Resumable": "1.0.0"}
    return await browser.post("/tep", headers=headers)


async def test_a_resumable_upload_goes_to_what_was_asked_for_and_nowhere_else(browser, hung):
    code = await asked(hung)
    assert (await begun(browser, code)).status_code == 201
    for slot in ("bo-sung-1-7", "bo-sung-2-0", "result", "x"):
        assert (await begun(browser, code, slot)).status_code == 404, slot


async def test_nothing_is_taken_when_nothing_is_asked(browser, hung):
    code = await asked(hung)
    async with work():
        await service.supplement(await cast.officer(cast.LAN), code, None)
    assert (await send(browser, code, both(), gui="1")).headers["location"] == at(code)
    assert (await begun(browser, code, BIRTH_NOTE)).status_code == 404
    assert await db.tenant.fetch_value("select count(*) from paper") == 1
    page = await see(browser, at(code))
    assert "bo-sung" not in page and "Gửi bổ sung" not in page
    assert (await browser.get(f"{at(code)}/bo-sung")).headers["location"] == f"{at(code)}#bo-sung"


async def test_what_the_officer_wrote_is_text_never_markup(browser, hung):
    code = await asked(hung, items=[SupplementItem(name="<script>x", note="<b>y")])
    text = (await browser.get(at(code))).text
    assert "<script>x" not in text and "<b>y" not in text and html.escape("<script>x") in text


async def test_nobody_else_sees_the_request_or_answers_it(browse, province, neighbour, hung):
    code = await asked(hung)
    other = await browse(province, await cast.citizen("Lê Thị Mai", "mai.le"))
    mai = await cast.at(neighbour, cast.citizen("Người Ngoài", "ngoai"))
    for browser in (other, await browse(neighbour, mai)):
        assert (await browser.get(at(code))).status_code == 404
        assert (await send(browser, code, both(), gui="1")).status_code == 404
    assert (await begun(other, code)).status_code == 404
    for browser in (await browse(province, await cast.officer(cast.LAN)), await browse(province)):
        assert (await send(browser, code, both(), gui="1")).status_code == 401
    assert (await standing(code))[0] == 5
    assert await db.tenant.fetch_value("select count(*) from paper") == 1
