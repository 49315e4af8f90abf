from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.codes.rules import code_of, compose, number_of, read

DAY = date(2026, 11, 22)
prefixes = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.", min_size=1, max_size=40)
codes = st.builds(
    compose, prefixes, st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999)
)


def test_a_code_is_the_units_prefix_the_day_and_the_days_number() -> None:
    assert compose("H08.21583", DAY, 7) == "H08.21583-261122-0007"
    assert compose("000.00.01.H26", DAY, 12_345) == "000.00.01.H26-261122-12345"


@pytest.mark.parametrize(
    ("prefix", "sequence"), [("", 1), ("h08", 1), ("H08", 0), ("H08", 100_000)]
)
def test_no_code_is_made_of_what_could_not_be_read_back(prefix: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="no dossier code"):
        compose(prefix, DAY, sequence)


@given(codes)
def test_the_digits_lead_back_to_the_code(code: str) -> None:
    number = number_of(code)
    assert number.isdigit()
    assert len(number) % 2 == 0
    assert code_of(number) == code
    assert read(number) == code


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


@pytest.mark.parametrize("text", ["", "H08", "123", "0" * 40, "٠١٢٣٤٥٦٧٨٩٠١٢٣٤", "<script>"])
def test_nonsense_is_no_code(text: str) -> None:
    assert read(text) is None
