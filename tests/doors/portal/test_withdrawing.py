"""A citizen takes a dossier back."""

import pytest

from app.onestop.dossiers import service
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to
from tests.doors.portal.asking import asked, at_work
from tests.onestop.dossiers.story import submitted

pytestmark = pytest.mark.usefixtures("monday")
SURE = {"note": "Nộp nhầm thủ tục <b>", "dong_y": "co"}


async def status():
    return await db.tenant.fetch_value("select status from dossier")


async def test_it_is_withdrawn_with_a_reason_and_the_page_says_so(browser, hung):
    code = (await submitted(hung)).code
    here = f"/da-nop/{code}"
    assert f'href="{here}/rut"' in await see(browser, here)
    assert "Rút hồ sơ là việc không lấy lại được" in await see(browser, f"{here}/rut")
    assert went_to(await browser.post(f"{here}/rut", data=SURE)) == here
    text = await see(browser, here)
    assert "Hồ sơ đã được rút" in text and "Rút lúc 09 giờ 30 phút, ngày 23/11/2026" in text
    assert f"{here}/rut" not in text and await status() == 7
    assert "Công dân yêu cầu rút hồ sơ" in await see(browser, "/ho-so-cua-toi")
    # Pressed twice, or asked for again: it stays as it is.
    assert went_to(await browser.post(f"{here}/rut", data=SURE)) == here
    assert went_to(await browser.get(f"{here}/rut")) == here
    assert await db.tenant.fetch_value("select count(*) from progress where act='withdraw'") == 1


@pytest.mark.parametrize("stand", [at_work, asked])
async def test_it_is_withdrawn_while_it_is_handled(browser, hung, stand):
    code = await stand(hung)
    await browser.post(f"/da-nop/{code}/rut", data=SURE)
    assert await status() == 7
    text = await see(browser, f"/da-nop/{code}")
    assert "Không còn hẹn, hồ sơ đã kết thúc" in text and "Gửi bổ sung" not in text


async def test_without_a_reason_or_a_mark_it_is_asked_again_and_the_text_stays(browser, hung):
    code = (await submitted(hung)).code
    text = text_of(await browser.post(f"/da-nop/{code}/rut", data={"note": " "}), 422)
    assert 'id="note-loi"' in text and 'id="dong_y-loi"' in text
    text = text_of(await browser.post(f"/da-nop/{code}/rut", data={"note": "Nhầm <i>"}), 422)
    assert "Nhầm <i></textarea>" in text and 'id="note-loi"' not in text
    long = {**SURE, "note": "Dài " * 600}
    assert 'id="note-loi"' in text_of(await browser.post(f"/da-nop/{code}/rut", data=long), 422)
    assert await status() == 1


async def test_what_is_decided_is_not_withdrawn_any_more(browser, hung):
    code = await at_work(hung)
    async with work():
        await service.process(await cast.officer(cast.HOA), code, None, None)
    async with work():
        await service.approve(await cast.officer(cast.MINH), code, None, None)
    assert "/rut" not in await see(browser, f"/da-nop/{code}")
    for answer in (
        await browser.get(f"/da-nop/{code}/rut"),
        await browser.post(f"/da-nop/{code}/rut", data=SURE),
    ):
        assert "không rút được nữa" in text_of(answer, 409)
    assert await status() == 4


async def test_nobody_else_withdraws_it(browse, province, neighbour, hung):
    code = (await submitted(hung)).code
    other = await cast.citizen("Lê Thị Mai", "mai.le")
    stranger = await cast.at(neighbour, cast.citizen("Người Ngoài", "ngoai"))
    for browser in (await browse(province, other), await browse(neighbour, stranger)):
        assert (await browser.get(f"/da-nop/{code}/rut")).status_code == 404
        assert (await browser.post(f"/da-nop/{code}/rut", data=SURE)).status_code == 404
    for browser in (await browse(province, await cast.officer(cast.LAN)), await browse(province)):
        assert (await browser.post(f"/da-nop/{code}/rut", data=SURE)).status_code == 401
    assert await status() == 1
