"""What goes wrong at people's screens: each time one sentence, and nothing lost or half done."""

import re
from collections.abc import Iterator

import pytest
import redis
from playwright.sync_api import Page, expect

from tests.browser import walks
from tests.browser.answers import BIRTH_SHEETS
from tests.storage import samples

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(instance, visit) -> Iterator[Page]:
    """The first page of Ngọc's draft; thrown away afterwards."""
    page = walks.enter(visit(), instance, "binhdinh", "ngoc.bui", f"/nop-ho-so/{walks.BIRTH}")
    walks.begin(page, walks.QUY_NHON)
    yield page
    page.goto(instance.origin("binhdinh") + "/ho-so-cua-toi")
    if page.get_by_role("button", name="Bỏ bản nháp").count():
        page.get_by_role("button", name="Bỏ bản nháp").first.click()


def test_every_wrong_answer_gets_its_sentence_and_stays_in_its_box(draft):
    wrong = {
        "nyc_ten": "Ngọc 🌸 Bùi",
        "nyc_so_dinh_danh": "12345",
        "nyc_dien_thoai": "01234",
        "nyc_email": "ngoc@",
        "nyc_noi_cu_tru": "Đường " + "rất dài " * 60,
    }
    walks.answer(draft, wrong)
    walks.press(draft, "Lưu và tiếp tục")
    summary = draft.locator(".errors")
    expect(summary).to_be_focused()
    expect(draft).to_have_title(re.compile("^Lỗi: "))
    for name, typed in wrong.items():
        field = draft.locator(f"#{name}")
        expect(field).to_have_value(typed.strip())
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(draft.locator(f"#{name}-loi")).to_be_visible()
        expect(summary.locator(f'a[href="#{name}"]')).to_be_visible()
    walks.answer(draft, {"nyc_ten": "B" * 400})
    walks.press(draft, "Lưu và tiếp tục")
    expect(draft.locator("#nyc_ten-loi")).to_be_visible()
    assert draft.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_decomposed_letters_are_the_same_name(draft):
    walks.answer(draft, {"nyc_ten": "Bu\u0300i Thi\u0323 Ngo\u0323c", "nyc_noi_cu_tru": "Quy Nhơn"})
    walks.answer(draft, {"nyc_loai_cu_tru": "tam-tru", "nyc_quan_he": "me"})
    walks.press(draft, "Lưu và tiếp tục")
    walks.follow(draft, "Quay lại")
    expect(draft.locator("#nyc_ten")).to_have_value("Bùi Thị Ngọc")


def test_a_file_chosen_while_the_page_asks_for_the_last_ones_verdict_is_not_lost_to_sight(draft):
    draft.goto(draft.url.partition("?")[0] + "/giay-to")
    place = walks.slot(draft, "Giấy chứng sinh")
    box = place.locator("input[type=file]")
    held = []
    draft.route("**/giay-to", lambda route: held.append(route), times=1)
    with draft.expect_request(lambda asked: asked.url.endswith("/giay-to")):
        box.set_input_files({"name": "a.pdf", "mimeType": "", "buffer": samples.pdf()})
    box.set_input_files({"name": "b.pdf", "mimeType": "", "buffer": samples.EXE})
    held[0].continue_()
    expect(place.locator(".file", has_text="b.pdf").locator(".error")).to_be_visible()
    walks.uploaded(place, "a.pdf")


def test_a_file_that_came_whole_stays_so_when_its_verdict_cannot_be_asked(draft, watch):
    draft.goto(draft.url.partition("?")[0] + "/giay-to")
    place = walks.slot(draft, "Giấy chứng sinh")
    box = place.locator("input[type=file]")
    draft.route("**/giay-to", lambda route: route.abort(), times=1)
    with draft.expect_event("requestfailed"):
        box.set_input_files({"name": "a.pdf", "mimeType": "", "buffer": samples.pdf()})
    came = place.locator(".file", has_text="a.pdf")
    expect(came).to_contain_text("Đã tải lên")
    expect(came.locator(".error")).to_have_count(0)
    box.set_input_files({"name": "b.pdf", "mimeType": "", "buffer": samples.pdf(2)})
    walks.uploaded(place, "b.pdf")
    watch.must_have_said("net::ERR_FAILED")


def test_bad_files_get_their_sentence_and_good_ones_stay(draft, tmp_path):
    draft.goto(draft.url.partition("?")[0] + "/giay-to")
    # It is for browsers without scripts; here files have gone up before it could be pressed.
    expect(draft.get_by_role("button", name="Tải các tệp đã chọn lên")).to_have_count(0)
    place = walks.slot(draft, "Giấy chứng sinh")
    box = place.locator("input[type=file]")
    for path, words in bad_files(tmp_path):
        box.set_input_files(path)
        row = place.locator(".file", has_text=path.name)
        expect(row.locator(".error")).to_contain_text(words)
    good = tmp_path / "Giấy chứng sinh.pdf"
    good.write_bytes(samples.pdf())
    box.set_input_files(good)
    walks.uploaded(place, good.name)
    expect(place.locator(".file", has_text="Đơn.pdf")).to_have_count(1)
    draft.reload()
    expect(place.locator(".file")).to_have_count(2)
    place.locator(".file", has_text="Đơn.pdf").get_by_role("button", name="Xóa").click()
    expect(place.locator(".file")).to_have_count(1)
    expect(place.locator(".tag.is-ok")).to_be_visible()


def test_bad_files_of_a_plain_form_get_their_sentence_and_good_ones_stay(instance, visit, tmp_path):
    page = walks.enter(
        visit(java_script_enabled=False),
        instance,
        "laocai",
        "pao.thao",
        f"/nop-ho-so/{walks.BIRTH}",
    )
    walks.begin(page, walks.LAO_CAI)
    page.goto(page.url.partition("?")[0] + "/giay-to")
    good = tmp_path / "Văn bản ủy quyền.pdf"
    good.write_bytes(samples.pdf())
    for path, words in bad_files(tmp_path):
        walks.slot(page, "Văn bản ủy quyền").locator("input").set_input_files(good)
        place = walks.slot(page, "Giấy chứng sinh")
        place.locator("input").set_input_files(path)
        walks.press(page, "Lưu và tiếp tục")
        expect(place.locator(".error").first).to_contain_text(words)
        expect(place.locator(".tag.is-ok")).to_have_count(0)
        kept = walks.slot(page, "Văn bản ủy quyền").locator(".file", has_text=good.name)
        expect(kept).to_have_count(1)
        kept.get_by_role("button", name="Xóa").click()
        expect(kept).to_have_count(0)


def bad_files(folder):
    """Files that are not taken, with a few words of what is said of each."""
    program, empty, huge = (folder / name for name in ("Đơn.pdf", "Trống.pdf", "Nặng.pdf"))
    program.write_bytes(samples.EXE)
    empty.write_bytes(b"")
    huge.write_bytes(samples.pdf() + b"\0" * 25 * 1024 * 1024)
    return [
        (program, "Nội dung tệp không đúng với tên tệp"),
        (empty, "Tệp trống"),
        (huge, "Tệp vượt quá 20 MB"),
    ]


def test_submitting_twice_gives_one_dossier(instance, visit):
    page = walks.enter(visit(), instance, "binhdinh", "hen.ksor", f"/nop-ho-so/{walks.BIRTH}")
    walks.begin(page, walks.QUY_NHON)
    walks.fill_form(page, BIRTH_SHEETS)
    draft = page.url.removesuffix("/giay-to")
    place = walks.slot(page, "Giấy chứng sinh")
    place.locator("input").set_input_files(
        {"name": "Giấy.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    )
    walks.uploaded(place, "Giấy.pdf")
    walks.press(page, "Lưu và tiếp tục")
    page.locator("main").get_by_role("button", name="Nộp hồ sơ").dblclick()
    expect(page.locator("h1")).to_have_text("Hồ sơ đã được nộp")
    code = walks.code_on(page)
    answers = page.evaluate(
        """async (draft) => {
            const send = () => fetch(draft + "/nop", {method: "POST"});
            return (await Promise.all([send(), send(), send()])).map((it) => it.url);
        }""",
        draft,
    )
    assert {url.rpartition("/")[2] for url in answers} == {code}
    page.goto(instance.origin("binhdinh") + "/ho-so-cua-toi")
    expect(page.locator("table.cards tbody tr")).to_have_count(1)
    page.goto(draft)
    expect(page).to_have_url(re.compile(f"/da-nop/{code}$"))


def test_a_session_that_ended_in_the_middle_loses_no_word(draft, instance):
    kept = redis.Redis.from_url(instance.environment["MOTCUA_REDIS_URL"])
    walks.answer(draft, {"nyc_noi_cu_tru": "45 đường Trần Phú", "nyc_loai_cu_tru": "tam-tru"})
    kept.delete(*kept.scan_iter("session:binhdinh:*"))
    kept.close()
    walks.press(draft, "Lưu và tiếp tục")
    expect(draft.locator("h1")).to_have_text("Phiên làm việc đã hết hạn")
    with draft.expect_popup() as opened:
        walks.follow(draft, "Đăng nhập lại")
    walks.sign_in(opened.value, "ngoc.bui", instance.password)
    opened.value.close()
    draft.go_back()
    expect(draft.locator("#nyc_noi_cu_tru")).to_have_value("45 đường Trần Phú")
    expect(draft.locator('[value="tam-tru"]')).to_be_checked()
    walks.answer(draft, {"nyc_quan_he": "me"})
    walks.press(draft, "Lưu và tiếp tục")
    expect(draft.locator("h1")).to_have_text("Người được khai sinh")


def test_a_wrong_code_is_told_beside_its_box(instance, visit):
    page = visit().new_page()
    page.goto(instance.origin("binhdinh") + "/tra-cuu")
    walks.answer(page, {"ma": "H08.21583-260101-9999"})
    walks.press(page, "Tra cứu")
    expect(page.locator("#ma-loi")).to_contain_text("Không có hồ sơ mang mã này")
    expect(page.locator("#ma")).to_have_value("H08.21583-260101-9999")


def test_a_host_that_is_nobodys_is_told_nothing(instance, visit):
    page = visit().new_page()
    answer = page.goto(instance.origin("hanoi") + "/thu-tuc")
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Không có trang này")
    for name in ("Bình Định", "Lào Cai"):
        expect(page.locator("body")).not_to_contain_text(name)


def test_a_suspended_province_shows_a_dated_page_until_it_is_resumed(instance, visit):
    page = visit().new_page()
    here = instance.origin("laocai") + "/thu-tuc"

    def status(wanted: int) -> bool | None:
        return page.goto(here).status == wanted or None

    walks.command(instance, "tenant", "suspend", "laocai", "bảo trì", "--until", "2099-03-31")
    try:
        walks.until(lambda: status(503), "the page of a suspended province")
        expect(page.locator("main")).to_contain_text("đến hết ngày 31/03/2099")
        expect(page.locator("main")).to_contain_text("0214 1022 000")
    finally:
        walks.command(instance, "tenant", "resume", "laocai")
    walks.until(lambda: status(200), "the province being back")
