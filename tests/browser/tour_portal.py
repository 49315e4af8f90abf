"""The citizens' pages."""

from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.answers import BIRTH_SHEETS
from tests.browser.gallery import Gallery
from tests.storage import samples

NGOC, HUNG = "ngoc.bui", "hung.tran"


def strangers(shown: Gallery) -> None:
    """What anybody sees."""
    for path, name in (
        ("/", "home"),
        ("/thu-tuc", "catalogue"),
        ("/thu-tuc?tim=dang+ky+khai+sinh", "found"),
        ("/thu-tuc?tim=khong+co+gi+ca", "not-found"),
        ("/thu-tuc/1.001193", "birth"),
        ("/thu-tuc/1.013225", "house"),
        ("/tra-cuu", "track"),
        ("/tra-cuu?ma=H08-1", "track-wrong"),
        ("/dang-nhap", "sign-in"),
    ):
        shown.at("", path, name)


def filing(shown: Gallery) -> None:
    """A dossier filed with every stop on the way; the gallery's `code` is its code."""
    shown.at(NGOC, "/phien-dang-nhap", "sessions")
    page = shown.visit(NGOC, "/ho-so-cua-toi")
    shown.look(page, "mine-empty")
    page.goto(shown.instance.origin("binhdinh") + f"/nop-ho-so/{walks.BIRTH}")
    shown.look(page, "begin")
    walks.press(page, "Bắt đầu")
    shown.look(page, "begin-wrong")
    walks.begin(page, walks.QUY_NHON)
    _form(shown, page)
    _papers(shown, page)
    page.get_by_text("Bản điện tử").check()
    walks.press(page, "Nộp hồ sơ")
    expect(page.locator("h1")).to_have_text("Hồ sơ đã được nộp")
    shown.look(page, "sent")
    shown.code = walks.code_on(page)
    shown.at(NGOC, f"/tra-cuu/{shown.code}", "tracking-new")
    shown.at(NGOC, f"/da-nop/{shown.code}/thoi-han", "deadline-none")
    shown.at(NGOC, f"/da-nop/{shown.code}/rut", "withdraw")


def _form(shown: Gallery, page: Page) -> None:
    walks.press(page, "Lưu và tiếp tục")
    shown.look(page, "form-wrong")
    number = iter(range(1, 9))
    walks.fill_form(page, BIRTH_SHEETS, lambda: shown.look(page, f"form-{next(number)}"))


def _papers(shown: Gallery, page: Page) -> None:
    shown.look(page, "papers")
    page.goto(page.url.replace("/giay-to", "/kiem-tra"))
    shown.look(page, "review-wanting")
    page.go_back()
    place = walks.slot(page, "Giấy chứng sinh")
    for name, content in (("Giấy.pdf", samples.pdf()), ("Hỏng.pdf", samples.EXE)):
        place.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": content}
        )
        expect(place.locator(".file", has_text=name)).not_to_contain_text("Đang")
    walks.uploaded(place, "Giấy.pdf")
    shown.look(page, "papers-there")
    shown.at(NGOC, f"/nop-ho-so/{walks.BIRTH}", "begin-draft")
    walks.press(page, "Lưu và tiếp tục")
    shown.look(page, "review")


def delivered(shown: Gallery) -> None:
    """What the citizen sees when all is done."""
    shown.at(NGOC, f"/da-nop/{shown.code}/thoi-han", "deadline")
    shown.at(NGOC, f"/da-nop/{shown.code}/luot-xem", "readers")
    shown.at(NGOC, "/nhan-tin", "wishes")
    page = shown.visit(NGOC, f"/da-nop/{shown.code}")
    shown.look(page, "result")
    page.locator("main a", has_text="Đánh giá").click()
    shown.look(page, "rating")
    walks.press(page, "Gửi đánh giá")
    shown.look(page, "rating-wrong")
    page.get_by_text("Hài lòng", exact=True).check()
    walks.press(page, "Gửi đánh giá")
    shown.look(page, "rated")
    page.goto(shown.instance.origin("binhdinh") + f"/tra-cuu/{shown.code}")
    for digits, name in (("0000", "tracking-wrong"), ("0302", "tracking-all")):
        walks.answer(page, {"so_cuoi": digits})
        walks.press(page, "Xem")
        shown.look(page, name)
    shown.at(NGOC, "/ho-so-cua-toi", "mine")
    page = shown.visit(NGOC, "/")
    shown.look(page, "home-signed-in")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("h1")).to_have_text("Đã đăng xuất")
    shown.look(page, "signed-out")
