"""Short-message parts: the cases an operator's bill would show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.sms import _BASIC, _EXTENSION, Segments, segments


def test_the_alphabet_has_all_its_characters_and_no_other():
    assert len(_BASIC) == 127
    assert len(_EXTENSION) == 10
    assert not _BASIC & _EXTENSION


@pytest.mark.parametrize(
    ("length", "parts"),
    [(0, 1), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)],
)
def test_plain_text_is_cut_at_160_then_153(length, parts):
    assert segments("a" * length) == Segments("gsm7", length, parts)


@pytest.mark.parametrize(
    ("length", "parts"),
    [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)],
)
def test_vietnamese_text_is_cut_at_70_then_67(length, parts):
    assert segments("ế" * length) == Segments("ucs2", length, parts)


def test_one_marked_letter_makes_the_whole_text_ucs2():
    assert segments("a" * 99 + "ộ") == Segments("ucs2", 100, 2)


def test_letters_with_marks_that_gsm_knows_stay_cheap():
    assert segments("à é è ù ì ò") == Segments("gsm7", 11, 1)


def test_the_letter_dyet_is_not_in_the_gsm_alphabet():
    assert segments("Đ").encoding == "ucs2"


def test_extension_characters_cost_two():
    assert segments("a" * 158 + "€") == Segments("gsm7", 160, 1)
    assert segments("a" * 159 + "€") == Segments("gsm7", 161, 2)


def test_an_escape_pair_is_not_cut_in_two():
    assert segments("a" * 152 + "€" + "a" * 152).parts == 3
    assert segments("a" * 151 + "€" + "a" * 153).parts == 2


def test_an_emoji_counts_as_two_and_is_not_cut_in_two():
    assert segments("ộ" * 69 + "🙂") == Segments("ucs2", 71, 2)
    assert segments("ộ" * 66 + "🙂" + "ộ" * 66).parts == 3


def test_decomposed_vietnamese_costs_what_composed_costs():
    text = "Hồ sơ của ông/bà đã được tiếp nhận"
    assert segments(unicodedata.normalize("NFD", text)) == segments(text)


def test_a_line_break_is_plain_and_a_tab_is_not():
    assert segments("a\nb\r").encoding == "gsm7"
    assert segments("a\tb").encoding == "ucs2"


@given(st.text(max_size=700))
def test_parts_always_hold_the_text_and_none_is_wasted(text):
    cost = segments(text)
    alone, joined = (160, 153) if cost.encoding == "gsm7" else (70, 67)
    if cost.units <= alone:
        assert cost.parts == 1
    else:
        # A pair that does not fit leaves at most one unit of a part empty.
        assert cost.parts * joined >= cost.units > (cost.parts - 1) * (joined - 1)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_never_costs_less(first, second):
    assert segments(first + "ộ" + second).parts >= segments(first + "ộ").parts
