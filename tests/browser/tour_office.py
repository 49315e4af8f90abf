"""The officers', administrators' and the vendor's pages."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from infra.clock import VIETNAM, now
from tests import cast
from tests.browser import walks
from tests.browser.gallery import Gallery
from tests.storage import samples


def reception(shown: Gallery) -> None:
    """The desk before and after the dossier is received, and the counter."""
    shown.at("", "/can-bo/dang-nhap", "staff-sign-in")
    shown.at(cast.LAN, "/can-bo/phien-dang-nhap", "staff-sessions")
    shown.at(cast.HOA, "/can-bo/hop-viec", "inbox-empty")
    shown.at(cast.LAN, "/can-bo", "desk-waiting")
    page = shown.visit(cast.LAN, f"/can-bo/ho-so/{shown.code}")
    shown.look(page, "dossier-new")
    _decide(page, "Tiếp nhận hồ sơ")
    shown.look(page, "dossier-received")
    _rarer(shown, page, "dossier-received-all")
    shown.at(cast.LAN, f"/can-bo/ho-so/{shown.code}/giay-tiep-nhan", "slip")
    _papers(shown)
    shown.at(cast.LAN, "/can-bo?hang=cho-chuyen", "desk-passing")
    _many(shown)
    for path, name in (
        ("/can-bo", "desk-empty"),
        ("/can-bo/lien-thong", "exchange-empty"),
        ("/can-bo?tim=Bui+Thi+Ngoc", "desk-found"),
        ("/can-bo?tim=khong+co+ai", "desk-not-found"),
        ("/can-bo/tiep-nhan", "counter-choose"),
        ("/can-bo/tiep-nhan?thu-tuc=khai+sinh", "counter-found"),
        (f"/can-bo/tiep-nhan?thu-tuc={walks.HOUSE}", "counter-house"),
    ):
        shown.at(cast.LAN, path, name)
    page = shown.visit(cast.LAN, f"/can-bo/tiep-nhan?thu-tuc={walks.BIRTH}")
    shown.look(page, "counter")
    walks.answer(page, {"phone": "12", "id_number": "34"})
    walks.press(page, "Lưu và in giấy tiếp nhận")
    shown.look(page, "counter-wrong")
    page.goto("about:blank")


def _rarer(shown: Gallery, page: Page, name: str) -> None:
    """Every rarer decision unfolded."""
    for fold in page.locator("details.other summary").all():
        fold.click()
    shown.look(page, name)


def _many(shown: Gallery) -> None:
    """The dossier passed on with all others that wait, and what became of each."""
    many = "/can-bo/nhieu-ho-so"
    shown.at(cast.LAN, f"{many}?viec=tiep-nhan", "many-empty")
    page = shown.visit(cast.LAN, f"{many}?viec=chuyen")
    walks.press(page, "các hồ sơ đã chọn")
    shown.look(page, "many-wrong")
    walks.follow(page, "Chọn tất cả")
    shown.look(page, "many-all")
    walks.press(page, "các hồ sơ đã chọn")
    expect(page.locator("#tien-do")).to_contain_text("Đã xong", timeout=30_000)
    shown.look(page, "many-done")


def _papers(shown: Gallery) -> None:
    """One slip as it was issued, the control sheet, the register and its print."""
    page = shown.visit(cast.LAN, f"/can-bo/ho-so/{shown.code}")
    page.locator('a[href*="/phieu/"]:not([href$="/pdf"])').first.click()
    shown.look(page, "slip-issued")
    shown.at(cast.LAN, f"/can-bo/ho-so/{shown.code}/phieu-kiem-soat", "control-sheet")
    shown.at(cast.LAN, "/can-bo/so-theo-doi", "register")
    shown.at(cast.LAN, "/can-bo/so-theo-doi?tu=hom-qua", "register-wrong")
    shown.at(cast.LAN, "/can-bo/so-theo-doi/in", "register-print")


def handling(shown: Gallery) -> None:
    """The specialist's and the leader's screens, to the result and its delivery."""
    shown.at(cast.HOA, "/can-bo/hop-viec", "inbox")
    page = shown.visit(cast.HOA, f"/can-bo/ho-so/{shown.code}")
    _rarer(shown, page, "dossier-specialist")
    _decide(page, "Thẩm định xong")
    page = shown.visit(cast.MINH, f"/can-bo/ho-so/{shown.code}")
    _rarer(shown, page, "dossier-leader")
    walks.press(page, "Trả lại")
    shown.look(page, "dossier-refused")
    _decide(page, "Phê duyệt")
    _result(shown, page)
    shown.at(cast.LAN, "/can-bo?hang=cho-tra", "desk-ready")
    page = shown.visit(cast.LAN, f"/can-bo/ho-so/{shown.code}")
    shown.look(page, "dossier-ready")
    _decide(page, "Trả kết quả")
    page.locator("details.fold summary").last.click()
    shown.look(page, "dossier-delivered")


def _decide(page: Page, words: str) -> None:
    """Press the decision's button and see that it was taken."""
    walks.press(page, words)
    expect(page.locator("main [role=status] .note")).to_be_visible()


def _result(shown: Gallery, page: Page) -> None:
    walks.press(page, "Đính kèm kết quả")
    shown.look(page, "result-wanting")
    page.locator("#result").set_input_files(
        {"name": "Giấy khai sinh.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    )
    walks.press(page, "Đính kèm kết quả")
    expect(page.get_by_role("status")).to_contain_text("Đã đính kèm")
    shown.look(page, "result-attached")
    _decide(page, "Hoàn thành")


def administration(shown: Gallery) -> None:
    """Officers, their posts, and where procedures are filed."""
    for path, name in (
        ("/quan-tri", "officers"),
        ("/quan-tri/cap-quyen", "admit"),
        ("/quan-tri/cap-quyen?co-quan=quy+nhon", "admit-found"),
        ("/quan-tri/thu-tuc?tim=khai+sinh", "filings"),
        ("/quan-tri/sap-xep", "reorganisations"),
        ("/quan-tri/tin-nhan", "messages"),
        ("/quan-tri/tin-nhan/gioi-han", "message-limits"),
        ("/quan-tri/tin-nhan/kiem-tra", "messages-to-check"),
        ("/quan-tri/tin-nhan/mau/TIEP_NHAN", "message-wording"),
        ("/quan-tri/lien-thong", "partners"),
        ("/quan-tri/nhat-ky", "trail"),
        ("/quan-tri/nhat-ky?viec=xem&tu=hom+nay", "trail-wrong-day"),
    ):
        shown.at(cast.THU, path, name)
    shown.at(cast.MINH, "/can-bo/thong-ke", "statistics")
    shown.at(cast.LAN, "/can-bo/tin-bao", "messages-that-failed")
    page = shown.visit(cast.THU, "/quan-tri")
    walks.follow(page, "Nguyễn Thị Lan")
    page.locator("summary", has_text="Cử người thay").first.click()
    shown.look(page, "officer")
    walks.press(page, "Cử người thay")
    shown.look(page, "officer-wrong")
    page = shown.visit(cast.THU, "/quan-tri/lien-thong")
    page.get_by_role("button", name="Khai báo", exact=True).click()
    shown.look(page, "partners-wrong")
    _usage(shown)
    _calendar(shown)


def _usage(shown: Gallery) -> None:
    """The province reads its contract and the month's statement."""
    usage = "/quan-tri/su-dung"
    shown.at(cast.THU, usage, "usage")
    page = shown.visit(cast.THU, f"{usage}/{now():%Y-%m}")
    shown.look(page, "usage-month")
    page.locator("main table a").first.click()
    shown.look(page, "usage-line")
    page.goto(f"{shown.instance.origin('binhdinh')}{usage}/{now():%Y-%m}/SMS")
    page.locator('main a[href*="/tin-nhan/tin/"]').first.click()
    shown.look(page, "message-attempts")


def _calendar(shown: Gallery) -> None:
    """A changed working calendar: the forms, what is wrong, what would move."""
    calendars = "/quan-tri/lich-lam-viec"
    for kind in ("hoan-doi", "gio-lam-viec"):
        shown.at(cast.THU, f"{calendars}/lap/{kind}", f"calendar-{kind}")
    page = shown.visit(cast.THU, f"{calendars}/lap/ngay-rieng")
    walks.press(page, "Xem hồ sơ đổi ngày hẹn")
    shown.look(page, "calendar-wrong")
    today = now().astimezone(VIETNAM).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    walks.answer(
        page,
        {
            "on": f"{saturday:%d/%m/%Y}",
            "morning": "07:30-11:00",
            "reason": "Làm thêm sáng thứ Bảy",
            "decision": "Quyết định số 15/QĐ-UBND",
        },
    )
    walks.press(page, "Xem hồ sơ đổi ngày hẹn")
    shown.look(page, "calendar-draft")
    shown.at(cast.THU, calendars, "calendar")


def vendor(shown: Gallery) -> None:
    """The vendor's screens: tenants, contract, the month's statement and what is behind it."""
    month = f"{now():%Y-%m}"
    shown.at("", "/dang-nhap", "ops-sign-in", "ops")
    shown.at("vanhanh", "/", "ops-tenants", "ops")
    shown.at("vanhanh", "/phien-dang-nhap", "ops-sessions", "ops")
    shown.at("vanhanh", "/sao-luu", "ops-backups", "ops")
    shown.at("vanhanh", "/hop-dong/binhdinh", "ops-contract", "ops")
    for path, name in (
        ("/kiem-soat/binhdinh", "ops-checks"),
        ("/kiem-soat/binhdinh/dieu-chinh", "ops-correction"),
        ("/nha-cung-cap/binhdinh", "ops-providers"),
    ):
        shown.at("vanhanh", path, name, "ops")
    page = shown.visit("vanhanh", "/nguon-do/binhdinh", "ops")
    shown.look(page, "ops-sources")
    walks.answer(page, {"nguon": "//kho.example/do", "api.call": "co"})
    walks.press(page, "Cấp mã truy cập")
    shown.look(page, "ops-token")
    page = shown.visit("vanhanh", f"/bang-ke/binhdinh/{month}", "ops")
    shown.look(page, "ops-statement")
    page.locator(f'main a[href*="/{month}/"]:not([href$="/in"])').first.click()
    shown.look(page, "ops-line")
    page.goto(shown.instance.origin("ops") + f"/bang-ke/binhdinh/{month}/in")
    shown.look(page, "ops-sheet")
    page.goto(shown.instance.origin("ops"))
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("h1")).to_have_text("Đã đăng xuất")
    shown.look(page, "ops-signed-out")
