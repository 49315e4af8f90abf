"""Every citizen's page works where scripts are switched off, or never arrived."""

import pytest
from playwright.sync_api import expect

from tests.browser import walks
from tests.browser.answers import HOUSE_SHEETS
from tests.storage import samples

pytestmark = pytest.mark.browser

PHONE = "0915000401"


def test_a_building_permit_is_filed_without_any_script(instance, visit):
    context = visit(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = walks.enter(context, instance, "laocai", "may.tran", f"/nop-ho-so/{walks.HOUSE}")
    walks.begin(page, walks.LAO_CAI, "th-1")
    walks.fill_form(page, HOUSE_SHEETS)
    required = page.locator("section.slot", has_text="Bắt buộc")
    names = [f"Bản vẽ {number}.pdf" for number in range(required.count())]
    assert len(names) >= 2
    for name, place in zip(names, required.all(), strict=True):
        place.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": samples.pdf()}
        )
    walks.press(page, "Tải các tệp đã chọn lên")
    for name in names:
        expect(page.locator(".file", has_text=name)).to_contain_text("Đã tải lên")
    walks.press(page, "Lưu và tiếp tục")
    expect(page.locator("main")).to_contain_text("Nhà ở riêng lẻ")
    walks.press(page, "Nộp hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ đã được nộp")
    code = walks.code_on(page)
    assert code in walks.message(instance, PHONE, code)
    walks.follow(page, "Theo dõi hồ sơ")
    walks.answer(page, {"so_cuoi": PHONE[-4:]})
    walks.press(page, "Xem")
    expect(page.locator(".timeline > li")).to_have_count(1)
    page.get_by_role("link", name="Hồ sơ của tôi").first.click()
    expect(page.locator("main")).to_contain_text(code)
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã đăng xuất")
    page.goto(instance.origin("laocai") + f"/da-nop/{code}")
    expect(page.get_by_role("button", name="Đăng nhập bằng")).to_be_visible()


def test_an_officer_receives_a_dossier_without_any_script(instance, visit):
    context = visit(java_script_enabled=False)
    page = walks.enter(context, instance, "laocai", "mai.vang", "/can-bo/tiep-nhan")
    walks.answer(page, {"thu-tuc": walks.HOUSE})
    page.locator("main form button").first.click()
    walks.answer(page, {"case_id": "th-1", "full_name": "Thào A Páo", "phone": "0915000402"})
    walks.press(page, "Tính lại ngày hẹn")
    expect(page.locator('[name="full_name"]')).to_have_value("Thào A Páo")
    for box in page.locator(".checklist-table input[type=checkbox]").all():
        box.check()
    walks.press(page, "Lưu và in giấy tiếp nhận")
    expect(page.locator("section.slip").first).to_contain_text("Thào A Páo")
