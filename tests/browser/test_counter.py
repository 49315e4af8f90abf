"""The counter, where a queue is waiting and the hands stay on the keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser import walks

pytestmark = pytest.mark.browser


def test_a_paper_dossier_is_received_by_keyboard_alone(instance, visit):
    page = walks.enter(visit(), instance, "binhdinh", cast.LAN, "/can-bo")
    page.add_init_script("window.print = () => { document.title = 'printed' }")
    keys = page.keyboard
    keys.press("F2")
    page.wait_for_url("**/can-bo/tiep-nhan")
    by_hand(page, walks.BIRTH)
    keys.press("Enter")
    expect(page.locator("#id_number")).to_be_focused()
    scan(page, "052190000017|215000017|Bui Thi Ngoc|03091990|Nu")
    expect(page.locator("#id_number")).to_have_value("052190000017")
    for name, text in (
        ("full_name", "Bùi Thị Ngọc"),
        ("phone", "0905000302"),
        ("address", "45 đường Trần Phú, phường Quy Nhơn"),
    ):
        reach(page, name)
        by_hand(page, text)
    for _ in range(2):
        reach(page, re.compile(r"^paper\."))
        keys.press("Space")
    keys.press("F9")
    page.wait_for_url("**/giay-tiep-nhan*")
    code = re.search(r"/ho-so/([^/]+)/", page.url)[1]
    sheet = page.locator("section.slip").first
    for text in (code, "Bùi Thị Ngọc", "052190000017", "45 đường Trần Phú"):
        expect(sheet).to_contain_text(text)
    expect(page).to_have_title("printed")
    assert code in walks.message(instance, "0905000302", code)
    scans(page, instance, code)
    keys.press("Alt+1")
    expect(page.get_by_role("status")).to_contain_text("Đã chuyển")


def test_f9_pressed_twice_receives_one_dossier(instance, visit):
    page = walks.enter(
        visit(), instance, "binhdinh", cast.LAN, "/can-bo/tiep-nhan?thu-tuc=2.000635"
    )
    walks.answer(page, {"full_name": "Siu Y Blik"})
    for box in page.locator(".checklist-table input[type=checkbox]").all():
        box.check()
    page.evaluate("""() => {
        const form = document.querySelector('form[action="/can-bo/tiep-nhan"]');
        const send = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(
            new FormData(form, form.querySelector('[data-key=F9]')))});
        return Promise.all([send(), send()]);
    }""")
    walks.press(page, "Lưu và in giấy tiếp nhận")
    page.wait_for_url("**/giay-tiep-nhan*")
    page.goto(instance.origin("binhdinh") + "/can-bo?tim=Siu+Y+Blik")
    expect(page.locator(".queue tbody tr, .dossier-head")).to_have_count(1)


def by_hand(page: Page, text: str) -> None:
    """Type as people do, which no scanner does."""
    page.keyboard.type(text, delay=40)


def reach(page: Page, name: str | re.Pattern[str]) -> None:
    """Press Tab until the field of that name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.name || ''")
        if here == name or (isinstance(name, re.Pattern) and name.match(here)):
            return
    raise AssertionError(f"Tab never reaches {name}")


def scan(page: Page, text: str) -> None:
    """Type as a reader does: faster than any hand, with Enter at the end."""
    page.evaluate(
        """text => [...text, "Enter"].forEach((key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, code: key, bubbles: true, cancelable: true})))""",
        text,
    )


def scans(page: Page, instance, code: str) -> None:
    """The bar code read anywhere on the page leads to the dossier."""
    digits = page.locator(".digits").first.inner_text()
    page.goto(instance.origin("binhdinh") + "/can-bo")
    scan(page, digits)
    page.wait_for_url(f"**/can-bo/ho-so/{code}")
