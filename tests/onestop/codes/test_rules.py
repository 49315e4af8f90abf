from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.codes.rules import (
    code_of,
    compose,
    counted_from,
    is_code,
    number_of,
    prefix_faults,
    read,
    read_form,
)
from app.onestop.codes.shapes import CodeForm, DateForm, Generator, Scope

DAY = date(2026, 11, 22)
LONG = CodeForm(date=DateForm.LONG, digits=7, scope=Scope.YEAR)
letters = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9)
prefixes = st.builds(
    lambda groups, last: ".".join([*groups, f"H{last}"]), st.lists(letters, max_size=3), letters
)
forms = st.builds(
    CodeForm, date=st.sampled_from(DateForm), digits=st.integers(4, 9), scope=st.sampled_from(Scope)
)
codes = st.builds(
    compose,
    st.builds(Generator, prefixes, forms),
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(1, 99_999),
)
KNOWN = [
    "000.00.01.H08-260930-0012",
    "H21.65-220914-0011",
    "H08.21583-261122-0007",
    "G09.20-20260609-0092637",
    "H08.21583-261122-12345",
]


def test_a_code_is_the_units_prefix_the_day_and_the_days_number() -> None:
    assert compose(Generator("H08.21583"), DAY, 7) == "H08.21583-261122-0007"
    assert compose(Generator("000.00.01.H26"), DAY, 12_345) == "000.00.01.H26-261122-12345"


def test_another_form_has_a_longer_day_and_a_longer_sequence() -> None:
    assert compose(Generator("G09.20", LONG), date(2026, 6, 9), 92_637) == "G09.20-20260609-0092637"


def test_a_sequence_begins_again_each_day_or_each_year() -> None:
    assert counted_from(CodeForm(), DAY) == DAY
    assert counted_from(LONG, DAY) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("prefix", "sequence"),
    [("", 1), ("h08", 1), ("H08", 0), ("H08", 10**9), ("H08.", 1), ("H08-1", 1), ("H" * 41, 1),
     ("12345", 1), ("H08 1", 1)],
)  # fmt: skip
def test_no_code_is_made_of_what_could_not_be_read_back(prefix: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="no dossier code"):
        compose(Generator(prefix), DAY, sequence)


def test_a_form_is_described_in_known_words_only() -> None:
    said = '{"date": "YYYYMMDD", "digits": 7, "scope": "year"}'
    assert read_form(said) == LONG
    assert read_form({}) == CodeForm()


@pytest.mark.parametrize(
    "said",
    [
        {"date": "DDMMYY"}, {"digits": 3}, {"digits": 10}, {"digits": "4"}, {"scope": "week"},
        {"source": "elsewhere"}, {"prefix": "H08"}, "[]", "{", '"YYMMDD"',
    ],
)  # fmt: skip
def test_an_unknown_word_in_a_form_is_refused(said: dict[str, object] | str) -> None:
    with pytest.raises(ValueError):
        read_form(said)


def test_what_is_wrong_with_a_prefix_is_said() -> None:
    assert prefix_faults("000.00.01.H08") == []
    assert "ví dụ H08.21583" in prefix_faults("h08")[0]


@pytest.mark.parametrize("code", KNOWN)
def test_every_known_pattern_is_a_code_and_has_its_bar_code(code: str) -> None:
    assert is_code(code)
    assert code_of(number_of(code)) == code == read(code.lower())


@given(codes)
def test_the_digits_lead_back_to_the_code(code: str) -> None:
    number = number_of(code)
    assert number.isdigit()
    assert len(number) % 2 == 0
    assert code_of(number) == code
    assert read(number) == code


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-", max_size=70))
def test_the_digits_lead_back_to_any_code_whoever_gave_it(text: str) -> None:
    if is_code(text):
        assert code_of(number_of(text)) == text


@given(codes, st.data())
def test_one_wrong_digit_is_noticed(code: str, data: st.DataObject) -> None:
    number = number_of(code)
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert code_of(number[:place] + other + number[place + 1 :]) is None


@given(codes, st.data())
def test_two_swapped_digits_are_noticed(code: str, data: st.DataObject) -> None:
    number = number_of(code)
    place = data.draw(st.integers(0, len(number) - 2))
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or code_of(swapped) is None


@pytest.mark.parametrize(
    "typed",
    [
        "H08.21583-261122-0007",
        " h08.21583-261122-0007 ",
        "H08.21583 - 261122 - 0007",
        "H08.21583–261122—0007",
        "Ｈ08.21583-261122-0007",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read(typed) == "H08.21583-261122-0007"


@given(st.text(max_size=300))
def test_anything_else_is_no_code(text: str) -> None:
    found = read(text)
    assert found is None or code_of(number_of(found)) == found


@pytest.mark.parametrize(
    "text",
    ["", "H08", "123", "0" * 40, "٠١٢٣٤٥٦٧٨٩٠١٢٣٤", "<script>", "0905-000-301", "22/11/2026",
     "Trần Văn Hùng", "H08..1-261122-0001", "H" * 60 + "-0001"],
)  # fmt: skip
def test_nonsense_is_no_code(text: str) -> None:
    assert read(text) is None
