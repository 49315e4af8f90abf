"""The public catalogue as a citizen's browser meets it."""

import pytest

from app.onestop.catalog import queries, service
from tenants.work import work
from tests import cast


async def test_typing_without_marks_finds_the_birth_registration_first(province, browse):
    text = (
        await (await browse(province)).get("/thu-tuc", params={"tim": "dang ky khai sinh"})
    ).text
    first, _, _ = text.partition("1.004884")
    assert "/thu-tuc/1.001193" in first


async def test_a_near_miss_is_asked_about_and_nothing_found_shows_the_fields(province, browse):
    browser = await browse(province)
    near = (await browser.get("/thu-tuc", params={"tim": "cap giay phep xay dug"})).text
    assert "Cấp giấy phép xây dựng" in near
    nothing = (await browser.get("/thu-tuc", params={"tim": "zzzzzz qqqq"})).text
    assert "Không thấy thủ tục nào" in nothing and "Hộ tịch" in nothing


async def test_a_procedures_page_answers_the_five_questions(province, browse):
    text = (await (await browse(province)).get("/thu-tuc/1.001193")).text
    for words in ("Nộp ở đâu", "Bao lâu", "Phí, lệ phí", "Ông/bà nhận được", "Giấy khai sinh"):
        assert words in text
    assert "60/2014/QH13" in text and "/nop-ho-so/1.001193" in text


async def test_every_published_procedure_has_a_page(province, browse):
    browser = await browse(province)
    for lines in (await queries.by_field()).values():
        for line in lines:
            answer = await browser.get(f"/thu-tuc/{line.code}")
            assert answer.status_code == 200, line.code


async def test_an_unknown_procedure_is_not_there(province, browse):
    assert (await (await browse(province)).get("/thu-tuc/9.999999")).status_code == 404


@pytest.mark.parametrize(
    ("filing", "words"), [("national_portal", "quốc gia"), ("off", "trực tiếp")]
)
async def test_a_procedure_not_filed_here_says_where_it_is(province, browse, filing, words):
    async with work():
        await service.switch_filing(await cast.officer(cast.THU), "1.001193", filing)
    await queries.forget()
    citizen = await browse(province, await cast.citizen())
    text = (await citizen.get("/thu-tuc/1.001193")).text
    assert words in text and "/nop-ho-so/1.001193" not in text
    assert (await citizen.get("/nop-ho-so/1.001193")).status_code in {404, 409}


async def test_what_is_searched_for_is_shown_as_text_never_as_markup(province, browse):
    text = (
        await (await browse(province)).get("/thu-tuc", params={"tim": "<script>x</script>"})
    ).text
    assert "<script>x" not in text


async def test_while_words_are_typed_only_the_list_is_sent(province, browse):
    browser = await browse(province)
    part = {"HX-Request-Type": "partial"}
    answer = await browser.get("/thu-tuc", params={"tim": "khai sinh"}, headers=part)
    assert "<html" not in answer.text and "/thu-tuc/1.001193" in answer.text
    assert "HX-Request-Type" in answer.headers["vary"]
    nothing = await browser.get("/thu-tuc", params={"tim": " "}, headers=part)
    assert nothing.text.strip() == ""
