"""What citizens type finds what they mean, over the shipped catalogue and over a national one."""

import unicodedata
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.onestop.catalog.rules import (
    Entry,
    did_you_mean,
    normalise,
    search,
    similarity,
    suggestion,
)
from app.onestop.catalog.source import shipped
from app.onestop.catalog.validity import public_on

OURS = [
    Entry(p.code, p.name, p.short_name, tuple(p.words))
    for p in shipped()
    if public_on(p, date(2026, 11, 22))
]
NAMES: list[tuple[str, str]] = msgspec.json.decode(
    Path(__file__).with_name("names.json").read_bytes(), type=list[tuple[str, str]]
)
OUR_CODES = {entry.code for entry in OURS}
NATIONAL = [*OURS, *(Entry(code, name, name) for code, name in NAMES if code not in OUR_CODES)]
any_text = st.text(max_size=60)
quietly = settings(deadline=None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("dang ky khai sinh", "1.001193"),
        ("Đăng ký khai sinh", "1.001193"),
        ("thu tuc dang ky khai sinh", "1.001193"),
        ("  ĐĂNG   KÝ, khai sinh!", "1.001193"),
        ("dang ki khai sinh", "1.001193"),
        ("khai sinh", "1.001193"),
        ("làm giấy khai sinh", "1.001193"),
        ("1.001193", "1.001193"),
        ("1.001193.000.00.00.H08", "1.001193"),
        ("đăng ký kết hôn", "1.000894"),
        ("dang ky ket hon co yeu to nuoc ngoai", "2.000806"),
        ("khai tử", "1.000656"),
        ("bao tu", "1.000656"),
        ("cap giay phep xay dung", "1.013225"),
        ("cap giay phep xay dug", "1.013225"),
        ("xin cấp giấy phép xây dựng nhà ở", "1.013225"),
        ("xay nha", "1.013225"),
        ("nha o rieng le", "1.013225"),
        ("giấy khai sinh mất", "1.004884"),
        ("giay doc than", "1.004873"),
        ("ho kinh doanh", "1.001612"),
        ("mo quan", "1.001612"),
        ("nhap ho khau", "1.004222"),
        ("tam tru", "1.004194"),
        ("sao y ban chinh", "2.000815"),
        ("tach so do", "1.012784"),
        ("ly lich tu phap", "3.000333"),
        ("trich luc", "2.000635"),
        ("dangkykhaisinh", "1.001193"),
        ("ket hom", "1.000894"),
        ("đăng ký tạm chú", "1.004194"),
    ],
)
def test_the_first_answer_is_the_one_meant(query: str, code: str) -> None:
    assert search(query, OURS)[0].code == code


def test_a_lost_birth_certificate_leads_to_the_copy_and_to_registering_again() -> None:
    assert {entry.code for entry in search("giấy khai sinh mất", OURS)[:2]} == {
        "1.004884",
        "2.000635",
    }


def test_a_mistyped_query_is_answered_with_a_question() -> None:
    meant = suggestion("ket hom", OURS)
    assert meant is not None
    assert did_you_mean(meant) == "Ý ông/bà là “Đăng ký kết hôn”?"


def test_a_query_that_truly_matches_is_not_questioned() -> None:
    assert suggestion("dang ky khai sinh", OURS) is None


@pytest.mark.parametrize("query", ["", "   ", "😀", "!!!", "zzzz qqqq", "。"])
def test_what_says_nothing_finds_nothing(query: str) -> None:
    assert search(query, OURS) == []
    assert suggestion(query, OURS) is None


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_every_procedure_is_first_by_its_own_name_with_and_without_marks(entry: Entry) -> None:
    for query in (entry.name, normalise(entry.name), entry.name.upper(), entry.code):
        assert search(query, OURS)[0].code == entry.code


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_every_short_name_finds_its_procedure_among_the_first_three(entry: Entry) -> None:
    assert entry in search(entry.short_name.rstrip(" …"), OURS)[:3]


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.code)
def test_every_name_with_one_letter_lost_is_still_found(entry: Entry) -> None:
    typed = normalise(entry.short_name)
    middle = len(typed) // 2
    while typed[middle] == " ":
        middle += 1
    assert entry in search(typed[:middle] + typed[middle + 1 :], OURS)[:5]


def test_the_names_of_a_whole_country_do_not_hide_the_common_ones() -> None:
    assert search("dang ky khai sinh", NATIONAL)[0].code == "1.001193"
    assert search("cap giay phep xay dung", NATIONAL)[0].code == "1.013225"
    assert search("dang ky tam tru", NATIONAL)[0].code == "1.004194"


def test_of_equal_answers_the_shortest_name_comes_first() -> None:
    entries = [
        Entry("1.000001", "Cấp thẻ nhà báo", "Cấp thẻ nhà báo"),
        Entry("1.000002", "Cấp thẻ A", "Cấp thẻ A"),
    ]
    assert [e.name for e in search("cấp thẻ", entries)] == ["Cấp thẻ A", "Cấp thẻ nhà báo"]


def test_a_name_with_the_marks_that_were_typed_goes_before_one_with_others() -> None:
    entries = [Entry("1.000001", "Bán đất", "Bán đất"), Entry("1.000002", "Bạn đạt", "Bạn đạt")]
    assert search("bạn đạt", entries)[0].code == "1.000002"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Thủ tục ĐĂNG KÝ", "thu tuc dang ky"),
        (unicodedata.normalize("NFD", "Đường Nguyễn Huệ"), "duong nguyen hue"),
        ("xã/phường – (mới)", "xa phuong moi"),
        ("  a\u00a0b\tc\n", "a b c"),
        ("H'Hen Niê_Ksor", "h hen nie ksor"),
        ("ÔNG ĐỖ", "ong do"),
    ],
)
def test_folding_drops_marks_case_and_punctuation(text: str, folded: str) -> None:
    assert normalise(text) == folded


@quietly
@given(any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@quietly
@given(any_text)
def test_composed_and_decomposed_letters_fold_alike(text: str) -> None:
    forms = {normalise(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@quietly
@given(any_text)
def test_any_query_is_answered_without_failing_and_each_entry_at_most_once(query: str) -> None:
    found = [entry.code for entry in search(query, OURS)]
    assert len(found) == len(set(found))


@quietly
@given(any_text, any_text)
def test_likeness_lies_between_nothing_and_all(one: str, other: str) -> None:
    assert 0.0 <= similarity(one, other) <= 1.0


@quietly
@given(st.sampled_from(OURS))
def test_everything_is_wholly_like_itself(entry: Entry) -> None:
    assert similarity(entry.name, entry.name) == 1.0
