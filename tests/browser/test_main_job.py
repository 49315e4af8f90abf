"""The main job, as everybody who has a part in it meets it."""

import hashlib
import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests import cast
from tests.browser import walks
from tests.browser.answers import BIRTH_SHEETS
from tests.browser.cut_line import line_to
from tests.storage import samples

pytestmark = pytest.mark.browser

PHONE = "0905000301"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_birth_is_registered_from_the_fathers_phone_to_the_rated_result(
    instance, visit, tmp_path
):
    hung = visit(viewport={"width": 360, "height": 780}, has_touch=True)
    page = hung.new_page()
    finds_and_reads(page, instance)
    walks.follow(page, "Nộp hồ sơ trực tuyến")
    walks.sign_in(page, "hung.tran", instance.password)
    walks.begin(page, walks.QUY_NHON)
    walks.fill_form(page, BIRTH_SHEETS)
    birth_note = samples.pdf(weight=3_500_000)
    uploads_over_a_bad_line(page, instance, birth_note)
    code = submits(page)
    assert code in walks.message(instance, PHONE, code)

    lan = walks.enter(visit(), instance, "binhdinh", cast.LAN, "/can-bo")
    receives(lan, code, digest(birth_note), tmp_path)
    due = prints(lan, code)
    assert code in walks.message(instance, PHONE, code, "Hen tra")
    walks.press(lan, "Chuyển xử lý")
    expect(lan.get_by_role("status")).to_contain_text("Đã chuyển")

    hoa = walks.enter(visit(), instance, "binhdinh", cast.HOA, "/can-bo/hop-viec")
    walks.follow(hoa, code)
    walks.answer(hoa, {"note": "Đủ điều kiện đăng ký khai sinh."})
    hoa.keyboard.press("Alt+1")
    expect(hoa.get_by_role("status")).to_contain_text("Đã ghi nhận ý kiến")

    minh = walks.enter(visit(), instance, "binhdinh", cast.MINH, "/can-bo/hop-viec")
    walks.follow(minh, code)
    expect(minh.locator("main")).to_contain_text("Đủ điều kiện đăng ký khai sinh.")
    walks.press(minh, "Phê duyệt")
    expect(minh.get_by_role("status")).to_contain_text("Đã phê duyệt")

    result = samples.pdf(pages=2)
    attaches_and_finishes(minh, lan, code, result)
    walks.message(instance, PHONE, code, "Ket qua")
    walks.press(lan, "Trả kết quả")
    expect(lan.get_by_role("status")).to_contain_text("Đã trả kết quả")
    expect(lan.locator("main")).not_to_contain_text(re.compile("/danh-gia/[^…]"))
    rates(hung.new_page(), walks.message(instance, PHONE, "danh gia", code))

    page.reload()
    taken = walks.download(page, page.get_by_role("link", name="Tải về"), tmp_path)
    assert digest(taken.read_bytes()) == digest(result)
    follows(visit().new_page(), instance, code, due)


def finds_and_reads(page: Page, instance) -> None:
    page.goto(instance.origin("binhdinh"))
    page.get_by_role("searchbox").fill("dang ky khai sinh")
    page.keyboard.press("Enter")
    page.locator("main .results a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thủ tục đăng ký khai sinh")
    facts = page.locator(".facts").first
    for answer in ("Nộp ở đâu", "Bao lâu", "Phí, lệ phí", "Ông/bà nhận được"):
        expect(facts).to_contain_text(answer)
    expect(page.locator("main section").nth(1)).to_contain_text("Giấy chứng sinh")
    page.locator("summary", has_text="Căn cứ pháp lý").click()
    expect(page.get_by_text("123/2015/NĐ-CP").first).to_be_visible()


def uploads_over_a_bad_line(page: Page, instance, birth_note: bytes) -> None:
    """The larger paper's line falls in the middle; it goes on where it stopped."""
    sent: list[int] = []
    page.on(
        "request",
        lambda it: it.method == "PATCH" and sent.append(int(it.headers["upload-offset"])),
    )
    here = page.url
    with line_to(instance.ports.web) as line:
        page.goto(here.replace(f":{instance.ports.web}", f":{line.port}"))
        place = walks.slot(page, "Giấy chứng sinh")
        line.cut_after(700_000)
        place.locator("input[type=file]").set_input_files(
            {"name": "Giấy chứng sinh.pdf", "mimeType": "application/pdf", "buffer": birth_note}
        )
        walks.uploaded(place, "Giấy chứng sinh.pdf")
        assert line.cuts == 1
    assert sent[0] == 0 and sent[1] > 0, sent
    page.goto(here)
    place = walks.slot(page, "Văn bản ủy quyền")
    picture = page.screenshot()
    place.locator("input[type=file]").set_input_files(
        {"name": "Văn bản ủy quyền.png", "mimeType": "image/png", "buffer": picture}
    )
    walks.uploaded(place, "Văn bản ủy quyền.png")


def submits(page: Page) -> str:
    walks.press(page, "Lưu và tiếp tục")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiểm tra lại trước khi nộp")
    page.get_by_text("Bản điện tử").check()
    walks.press(page, "Nộp hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ đã được nộp")
    return walks.code_on(page)


def receives(lan: Page, code: str, wanted: str, folder) -> None:
    walks.follow(lan, code)
    stored = walks.download(lan, lan.locator(".paper-file a").first, folder)
    assert digest(stored.read_bytes()) == wanted
    walks.press(lan, "Tiếp nhận hồ sơ")
    expect(lan.get_by_role("status")).to_contain_text("Đã tiếp nhận hồ sơ")


def prints(lan: Page, code: str) -> str:
    """Form 01 on two sheets A5; gives the moment the result is promised for."""
    lan.keyboard.press("F8")
    lan.wait_for_url("**/giay-tiep-nhan*")
    sheet = lan.locator("section.slip").first
    for drawn in (sheet.locator(".qr svg"), sheet.locator(".bars svg")):
        box = drawn.bounding_box()
        assert box and box["width"] > 60 and box["height"] > 20
    lan.emulate_media(media="print")
    pages = PdfReader(BytesIO(lan.pdf(prefer_css_page_size=True))).pages
    assert len(pages) == 2
    for paper in pages:
        assert [round(float(side) / 72 * 25.4) for side in paper.mediabox[2:]] == [148, 210]
        assert code in paper.extract_text().replace("\n", "")
    lan.emulate_media(media="screen")
    due = sheet.locator("p", has_text="Thời gian trả kết quả").locator("strong").inner_text()
    lan.go_back()
    return due.removesuffix(".")


def attaches_and_finishes(minh: Page, lan: Page, code: str, result: bytes) -> None:
    page = minh if minh.locator("#result").count() else lan
    page.goto(page.url.partition("?")[0])
    page.locator("#result").set_input_files(
        {"name": "Giấy khai sinh.pdf", "mimeType": "application/pdf", "buffer": result}
    )
    walks.press(page, "Đính kèm kết quả")
    expect(page.get_by_role("status")).to_contain_text("Đã đính kèm kết quả")
    walks.press(page, "Hoàn thành")
    expect(page.get_by_role("status")).to_contain_text("đã có kết quả")
    lan.goto(lan.url.partition("?")[0])


def rates(page: Page, text: str) -> None:
    link = re.search(r"\S+/danh-gia/\S+", text)
    assert link, text
    page.goto(f"http://{link[0]}")  # Phones add the scheme.
    page.get_by_text("Rất hài lòng").check()
    walks.press(page, "Gửi đánh giá")
    expect(page.locator("main")).to_contain_text("Cảm ơn ông/bà đã đánh giá")


def follows(page: Page, instance, code: str, due: str) -> None:
    """A stranger sees status and dates; with the last digits of the phone everything else."""
    page.goto(instance.origin("binhdinh") + "/tra-cuu")
    walks.answer(page, {"ma": f" {code.lower()} "})
    walks.press(page, "Tra cứu")
    main = page.locator("main")
    expect(main).to_contain_text("Đã trả kết quả")
    expect(main).to_contain_text(due)
    expect(main).not_to_contain_text("Quy Nhơn")
    walks.answer(page, {"so_cuoi": "0000"})
    walks.press(page, "Xem")
    expect(main).to_contain_text("không khớp")
    walks.answer(page, {"so_cuoi": PHONE[-4:]})
    walks.press(page, "Xem")
    expect(main.locator(".timeline > li")).to_have_count(7)
    expect(main).to_contain_text(walks.QUY_NHON)
