"""Telephone numbers and personal numbers: what is understood, what is doubted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.onestop.forms.identity import id_doubts, id_number, phone, phone_words

quietly = settings(deadline=None)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0905000301", "+84905000301"),
        ("0905 000 301", "+84905000301"),
        ("0905.000.301", "+84905000301"),
        ("(0905) 000-301", "+84905000301"),
        ("+84905000301", "+84905000301"),
        ("84905000301", "+84905000301"),
        ("0084 905 000 301", "+84905000301"),
        ("+84 0905 000 301", "+84905000301"),
        ("02563822222", "+842563822222"),
        ("0214 3 840 034", "+842143840034"),
        # Eleven digits of before September 2018.
        ("01629123456", "+84329123456"),
        ("01699123456", "+84399123456"),
        ("01208123456", "+84708123456"),
        ("01218123456", "+84798123456"),
        ("01238123456", "+84838123456"),
        ("01298123456", "+84828123456"),
        ("01868123456", "+84568123456"),
        ("01998123456", "+84598123456"),
    ],
)
def test_numbers_are_stored_in_one_form(typed: str, stored: str) -> None:
    assert phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "0", "12345", "090500030", "09050003011", "0105000301", "không có", "0905000301x",
     "+1 202 555 0143", "00000000000", "113", "1022", "0905000301/0905000302"],
)  # fmt: skip
def test_what_is_no_vietnamese_number_is_not_taken_for_one(typed: str) -> None:
    assert phone(typed) is None


@quietly
@given(st.text(max_size=30))
def test_any_text_is_a_stored_number_or_nothing(typed: str) -> None:
    stored = phone(typed)
    assert stored is None or (stored.startswith("+84") and stored[1:].isascii())


@quietly
@given(st.from_regex(r"0(3[2-9]|70|90|91|98)[0-9]{7}", fullmatch=True))
def test_a_number_written_out_is_read_back(typed: str) -> None:
    stored = phone(typed)
    assert stored is not None
    assert phone(stored) == stored
    assert phone(phone_words(stored)) == stored


def test_numbers_are_shown_in_groups() -> None:
    assert phone_words("+84905000301") == "0905 000 301"
    assert phone_words("+842563822222") == "02563 822 222"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("052190000017", "052190000017"),
        ("052 190 000 017", "052190000017"),
        ("215123456", "215123456"),
        ("05219000001", None),
        ("0521900000171", None),
        ("05219000001x", None),
        ("", None),
    ],
)
def test_a_personal_number_has_twelve_digits_or_nine_of_old(typed: str, kept: str | None) -> None:
    assert id_number(typed) == kept


@pytest.mark.parametrize(
    ("number", "year", "gender"),
    [
        ("052190000017", 1990, "nu"),
        ("052085000023", 1985, "nam"),
        ("010301000031", 2001, "nu"),
        ("056205000044", 2005, "nam"),
        ("052190000017", None, ""),
        ("215123456", 1990, "nam"),
    ],
)
def test_a_sound_number_raises_no_doubt(number: str, year: int | None, gender: str) -> None:
    assert id_doubts(number, year, gender) == ""


@pytest.mark.parametrize(
    ("number", "year", "gender", "about"),
    [
        ("099190000017", None, "", "tỉnh"),
        ("052490000017", 1990, "", "năm sinh"),
        ("052190000017", 1991, "", "năm sinh"),
        ("052490000017", None, "", "năm sinh"),
        ("052190000017", 1990, "nam", "giới tính"),
        ("052085000023", 1985, "nu", "giới tính"),
    ],
)
def test_a_number_that_does_not_fit_is_doubted_by_name(
    number: str, year: int | None, gender: str, about: str
) -> None:
    assert about in id_doubts(number, year, gender)
