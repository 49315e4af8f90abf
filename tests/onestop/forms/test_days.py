"""Days as they are typed, kept and put in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.forms.days import (
    day_in_words,
    in_words,
    read_day,
    read_partial,
    write_day,
    year_of,
)


@pytest.mark.parametrize(
    "typed", ["05/11/2026", "5/11/2026", "5-11-2026", "05.11.2026", "2026-11-05"]
)
def test_a_day_is_read_in_the_ways_people_and_browsers_write_it(typed: str) -> None:
    assert read_day(typed) == date(2026, 11, 5)


@pytest.mark.parametrize(
    "typed", ["", "31/02/2026", "29/02/2025", "11/2026", "32/1/2026", "5/13/2026", "5/11/26",
              "hôm qua", "05/11/0026", "00/00/0000", "05/11/2026x"]
)  # fmt: skip
def test_what_is_no_day_is_not_read_as_one(typed: str) -> None:
    assert read_day(typed) is None


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(2150, 12, 31)))
def test_a_written_day_is_read_back(day: date) -> None:
    assert read_day(write_day(day)) == day
    assert read_day(day.isoformat()) == day
    assert year_of(write_day(day)) == day.year


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1958", "1958"),
        ("3/1958", "03/1958"),
        ("2/3/1958", "02/03/1958"),
        ("13/1958", None),
        ("58", None),
        ("khoảng 1958", None),
    ],
)
def test_a_day_may_be_only_partly_known(typed: str, kept: str | None) -> None:
    assert read_partial(typed) == kept


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"), (4, "bốn"), (5, "năm"), (10, "mười"), (11, "mười một"), (14, "mười bốn"),
        (15, "mười lăm"), (20, "hai mươi"), (21, "hai mươi mốt"), (24, "hai mươi tư"),
        (25, "hai mươi lăm"), (100, "một trăm"), (105, "một trăm linh năm"),
        (1000, "một nghìn"), (1990, "một nghìn chín trăm chín mươi"),
        (2000, "hai nghìn"), (2005, "hai nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
    ],
)  # fmt: skip
def test_numbers_are_put_in_words_as_clerks_write_them(number: int, words: str) -> None:
    assert in_words(number) == words


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_two_numbers_never_have_the_same_words(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, 10000])
def test_numbers_outside_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="0 to 9999"):
        in_words(number)


def test_a_day_in_words_says_april_as_tháng_tư() -> None:
    words = day_in_words(date(2025, 4, 21))
    assert words == "Ngày hai mươi mốt tháng tư năm hai nghìn không trăm hai mươi lăm"
