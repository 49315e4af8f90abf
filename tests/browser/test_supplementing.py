"""Papers are asked for, sent from a phone, and the new date explains itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser import walks
from tests.browser.answers import BIRTH_SHEETS
from tests.browser.looking import look
from tests.storage import samples

pytestmark = pytest.mark.browser

PHONE = "0905000301"
WANTED = "Giấy chứng sinh hoặc giấy tờ thay thế"
OTHER = "Ảnh chụp trang bìa sổ khám thai"


def test_papers_asked_for_come_from_the_phone_and_the_date_says_why(instance, visit):
    phone = visit(viewport={"width": 360, "height": 780}, has_touch=True, reduced_motion="reduce")
    page = walks.enter(phone, instance, "binhdinh", "hung.tran", f"/nop-ho-so/{walks.BIRTH}")
    code = files(page)
    lan = walks.enter(visit(), instance, "binhdinh", cast.LAN, f"/can-bo/ho-so/{code}")
    asks(lan)
    assert code in walks.message(instance, PHONE, code, "bo sung")

    page.goto(instance.origin("binhdinh") + "/ho-so-cua-toi")
    walks.follow(page, "Bổ sung giấy tờ trước hết ngày")
    expect(page.get_by_role("heading", name="Ông/bà cần bổ sung giấy tờ")).to_be_visible()
    seen(page, "asked")
    walks.press(page, "Gửi bổ sung")
    expect(page.locator("main")).to_contain_text("Chưa có giấy tờ nào được bổ sung")
    seen(page, "asked-nothing")
    supplements(page)
    seen(page, "supplemented")

    lan.goto(lan.url.partition("?")[0])
    expect(lan.locator("main")).to_contain_text("bia-so.pdf")
    walks.press(lan, "Tiếp nhận hồ sơ")
    expect(lan.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ")
    page.reload()
    due = page.locator(".facts div", has_text="Hẹn trả kết quả").locator("dd").inner_text()
    assert re.search(r"ngày \d+/\d+/\d{4}", due)
    walks.follow(page, "Vì sao hẹn ngày này")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vì sao hẹn ngày này")
    expect(page.locator(".answers")).to_contain_text(due)
    expect(page.locator("main")).to_contain_text(
        re.compile("(Giải quyết|trả kết quả) trong ngày làm việc")
    )
    seen(page, "deadline")
    walks.follow(page, "Về hồ sơ của ông/bà")
    withdraws(page)


def files(page: Page) -> str:
    walks.begin(page, walks.QUY_NHON)
    walks.fill_form(page, BIRTH_SHEETS)
    place = walks.slot(page, "Giấy chứng sinh")
    choose(place, "mo.pdf", 1)
    walks.press(page, "Lưu và tiếp tục")
    walks.press(page, "Nộp hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ đã được nộp")
    return walks.code_on(page)


def asks(lan: Page) -> None:
    form = lan.locator("details", has_text="Yêu cầu bổ sung, hoàn thiện hồ sơ").last
    form.locator("summary").click()
    form.locator('[name="ly_do.giay-chung-sinh"]').select_option("unreadable")
    form.locator("[name=other]").fill(OTHER)
    form.locator("[name=note]").fill("Chụp đủ bốn góc, không bị lóa.")
    form.locator("button").last.click()
    expect(lan.get_by_role("status")).to_contain_text("Đã yêu cầu bổ sung")


def supplements(page: Page) -> None:
    """Half of it is not sent unless that is meant; a wrong file is taken away before."""
    choose(walks.slot(page, WANTED), "ro.pdf", 2)
    walks.press(page, "Gửi bổ sung")
    expect(page.locator(".errors")).to_contain_text("Chưa có tệp")
    expect(page.get_by_label("Tôi gửi chưa đủ")).to_be_visible()
    seen(page, "asked-half")
    place = walks.slot(page, OTHER)
    choose(place, "nham.pdf", 3)
    place.get_by_role("button", name="Xóa tệp nham.pdf").click()
    expect(page.locator("main")).not_to_contain_text("nham.pdf")
    choose(walks.slot(page, OTHER), "bia-so.pdf", 4)
    walks.press(page, "Gửi bổ sung")
    expect(page.locator(".note")).to_contain_text("Giấy tờ bổ sung đã được gửi")


def withdraws(page: Page) -> None:
    walks.follow(page, "Rút hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rút hồ sơ")
    seen(page, "withdraw")
    walks.press(page, "Rút hồ sơ")
    expect(page.locator(".errors")).to_contain_text("Ghi lý do rút hồ sơ")
    walks.answer(page, {"note": "Nộp nhầm thủ tục.", "dong_y": "co"})
    walks.press(page, "Rút hồ sơ")
    expect(page.locator(".note")).to_contain_text("Hồ sơ đã được rút")
    seen(page, "withdrawn")


def choose(place, name: str, pages: int) -> None:
    place.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": samples.pdf(pages)}
    )
    walks.uploaded(place, name)


def seen(page: Page, name: str) -> None:
    """Narrow and wide, by day and by night, without a fault."""
    found = look(page, f"citizen-{name}")
    assert not found.faults, found.faults
    assert max(found.wide) <= 0, found.wide
    assert (found.language, found.headings) == ("vi", 1)
