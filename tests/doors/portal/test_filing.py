"""Filing online through the pages, as a browser without scripts does it."""

import asyncio
import re

import pytest

from app.onestop.dossiers.queries.drafts import open_drafts
from tenants import db
from tests import cast
from tests.onestop.dossiers import story
from tests.storage.samples import pdf

PDF = pdf()


async def _begun(browser):
    agency = str(await story.agency())
    answer = await browser.post("/nop-ho-so/1.001193", data={"agency_id": agency})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _boxes(answers):
    """Days as the form's three boxes send them."""
    sent = dict(answers)
    for name, value in answers.items():
        if "ngay" in name and re.fullmatch(r"(\d+/)*\d+", value):
            parts = ["", "", *value.split("/")][-3:]
            sent |= {f"{name}_{p}": v for p, v in zip(("ngay", "thang", "nam"), parts, strict=True)}
            del sent[name]
    return sent


async def _filled(browser, draft, **changes):
    pages = ("nguoi-yeu-cau", "tre", "me", "cha", "giay-to")
    for page in pages:
        answer = await browser.post(
            draft, params={"trang": page}, data=_boxes({**story.ANSWERS, **changes})
        )
        assert answer.status_code in {303, 422}, answer.text
    return answer


async def _with_file(browser, draft, content=PDF, name="giay-chung-sinh.pdf"):
    return await browser.post(
        f"{draft}/giay-to", files={"tep_giay-chung-sinh": (name, content)}, data={"tiep": "1"}
    )


async def test_a_birth_is_filed_page_by_page(browser, hung):
    draft = await _begun(browser)
    assert "Người yêu cầu" in (await browser.get(draft)).text
    assert (await _filled(browser, draft)).headers["location"] == f"{draft}/giay-to"
    answer = await _with_file(browser, draft)
    assert answer.headers["location"] == f"{draft}/kiem-tra"
    review = (await browser.get(f"{draft}/kiem-tra")).text
    assert "TRẦN VĂN HÙNG" in review and "Nộp hồ sơ" in review
    sent = await browser.post(f"{draft}/nop", data={"cach_nhan": "counter"})
    assert sent.status_code == 303
    page = await browser.get(sent.headers["location"])
    code = sent.headers["location"].rpartition("/")[2]
    assert code in page.text and "Mới đăng ký" in page.text and "<svg" in page.text
    assert code in (await browser.get("/ho-so-cua-toi")).text
    assert await open_drafts(hung) == []
    assert await db.tenant.fetch_value("select wanted_way from dossier") == "counter"
    for path in (draft, f"{draft}/giay-to", f"{draft}/kiem-tra"):
        assert (await browser.get(path)).headers["location"] == f"/da-nop/{code}"


async def test_pressing_submit_many_times_gives_one_dossier(browser):
    draft = await _begun(browser)
    await _filled(browser, draft)
    await _with_file(browser, draft)
    answers = await asyncio.gather(
        *(browser.post(f"{draft}/nop", data={"cach_nhan": "electronic"}) for _ in range(6))
    )
    assert {a.headers["location"] for a in answers if a.status_code == 303} and all(
        a.status_code == 303 for a in answers
    )
    assert await db.tenant.fetch_value("select count(*) from dossier") == 1
    assert await db.tenant.fetch_value("select count(*) from notice") == 1


async def test_a_window_left_open_tells_that_the_draft_was_submitted(browser):
    draft = await _begun(browser)
    await _filled(browser, draft)
    await _with_file(browser, draft)
    await browser.post(f"{draft}/nop", data={"cach_nhan": "counter"})
    late = [
        await browser.post(draft, params={"trang": "me"}, data={"ks_ten": "Bình"}),
        await browser.post(f"{draft}/bo"),
        await _with_file(browser, draft, name="them.pdf"),
    ]
    for answer in late:
        assert answer.status_code == 409 and "đã được nộp" in answer.text
    assert await db.tenant.fetch_value("select count(*) from paper") == 1
    assert await db.tenant.fetch_value("select answers->>'ks_ten' from dossier") != "Bình"


async def test_a_page_with_mistakes_keeps_what_was_typed(browser, hung):
    draft = await _begun(browser)
    name = "Trần " + "Văn " * 100
    wrong = {**story.ANSWERS, "nyc_ten": name, "nyc_dien_thoai": "12345"}
    answer = await browser.post(draft, params={"trang": "nguoi-yeu-cau"}, data=_boxes(wrong))
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert "Lỗi:" in answer.text and "12345" in answer.text
    kept = (await browser.get(draft)).text
    assert "12345" in kept and name.strip()[:60] in kept


@pytest.mark.parametrize("name", ["Trần 😀 Hùng", "<b>x</b>", "Trần\x00Hùng"])
async def test_a_name_that_is_not_one_gets_a_sentence(browser, name):
    draft = await _begun(browser)
    data = _boxes({**story.ANSWERS, "nyc_ten": name})
    answer = await browser.post(draft, params={"trang": "nguoi-yeu-cau"}, data=data)
    assert answer.status_code in {303, 422}
    assert "<b>x</b>" not in answer.text
    stored = await db.tenant.fetch_value("select answers->>'nyc_ten' from draft")
    assert "\x00" not in stored


async def test_a_name_in_decomposed_letters_is_stored_composed(browser):
    draft = await _begun(browser)
    await _filled(browser, draft, nyc_ten="Trâ\u0300n Văn Hu\u0300ng")
    await _with_file(browser, draft)
    await browser.post(f"{draft}/nop", data={"cach_nhan": "counter"})
    assert await db.tenant.fetch_value("select applicant_name from dossier") == "TRẦN VĂN HÙNG"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.pdf", "trống"),
        (b"MZ" + bytes(300), "a.pdf", "nội dung"),
        (b"hello", "a.exe", "tệp"),
        (PDF, "a.jpg", "tệp"),
        (bytes(25 * 1024 * 1024), "a.pdf", "20 mb"),
    ],
)
async def test_a_file_that_cannot_be_taken_gets_a_sentence_beside_it(browser, content, name, words):
    draft = await _begun(browser)
    answer = await _with_file(browser, draft, content, name)
    assert answer.status_code == 422
    assert words in answer.text.lower() and "slot-bad" in answer.text
    assert await db.tenant.fetch_value("select count(*) from paper") == 0


async def test_what_is_missing_is_listed_before_submitting(browser):
    draft = await _begun(browser)
    text = (await browser.get(f"{draft}/kiem-tra")).text
    assert "Bổ sung: Giấy chứng sinh" in text and f"{draft}?trang=" in text
    answer = await browser.post(f"{draft}/nop", data={"cach_nhan": "counter"})
    assert answer.status_code == 422
    assert await db.tenant.fetch_value("select count(*) from dossier") == 0


async def test_a_draft_is_offered_again_and_can_be_thrown_away(browser):
    draft = await _begun(browser)
    assert "Tiếp tục bản nháp" in (await browser.get("/nop-ho-so/1.001193")).text
    assert (await browser.post(f"{draft}/bo")).status_code == 303
    assert (await browser.get(draft)).status_code == 404
    assert "Tiếp tục bản nháp" not in (await browser.get("/nop-ho-so/1.001193")).text


async def test_beginning_without_an_agency_marks_the_field(browser):
    for sent in ({}, {"agency_id": "x"}, {"agency_id": "01a20495-9ea7-748b-a10a-c6b454d9e257"}):
        answer = await browser.post("/nop-ho-so/1.001193", data=sent)
        assert answer.status_code in {404, 422}, answer.status_code


async def test_another_citizen_finds_nothing(province, browser, browse):
    draft = await _begun(browser)
    other = await browse(province, await cast.citizen("Bùi Thị Ngọc", "ngoc.bui"))
    for path in (draft, f"{draft}/giay-to", f"{draft}/kiem-tra"):
        assert (await other.get(path)).status_code == 404
    for path in (f"{draft}/nop", f"{draft}/bo"):
        assert (await other.post(path, data={"cach_nhan": "counter"})).status_code == 404
    assert (await _with_file(other, draft)).status_code == 404


async def test_a_stranger_is_asked_to_sign_in_and_an_officer_too(province, browse):
    for who in (None, await cast.officer(cast.LAN)):
        browser = await browse(province, who)
        answer = await browser.get("/nop-ho-so/1.001193")
        assert answer.status_code == 303 and "/dang-nhap" in answer.headers["location"]
        assert (await browser.post("/nop-ho-so/1.001193", data={})).status_code == 401


async def test_a_form_of_another_site_is_refused(province, browser):
    answer = await browser.post(
        "/nop-ho-so/1.001193", data={}, headers={"Origin": "https://evil.test"}
    )
    assert answer.status_code == 403


async def test_an_answer_that_changes_what_is_asked_brings_the_form_anew(browser):
    draft = await _begun(browser)
    sent = {"nyc_ten": "Trần Văn Hùng", "nyc_quan_he": "khac", "xem": "1"}
    part = await browser.post(draft, params={"trang": "nguoi-yeu-cau"}, data=sent)
    assert part.status_code == 200 and "<html" not in part.text
    assert "nyc_quan_he_khac" in part.text and "aria-invalid" not in part.text
    sent["nyc_quan_he"] = "cha"
    part = await browser.post(draft, params={"trang": "nguoi-yeu-cau"}, data=sent)
    assert "nyc_quan_he_khac" not in part.text
    assert 'value="Trần Văn Hùng"' in (await browser.get(draft)).text
