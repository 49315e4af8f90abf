"""Amounts in words: a table an accountant would check, then reading every figure back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.words import in_words

DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
VALUES = {word: value for value, word in enumerate(DIGITS)} | {"mốt": 1, "tư": 4, "lăm": 5}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (4, "Bốn đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (55, "Năm mươi lăm đồng"),
        (100, "Một trăm đồng"),
        (101, "Một trăm linh một đồng"),
        (104, "Một trăm linh bốn đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (121, "Một trăm hai mươi mốt đồng"),
        (1_000, "Một nghìn đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (1_015, "Một nghìn không trăm mười lăm đồng"),
        (75_000, "Bảy mươi lăm nghìn đồng"),
        (1_000_000, "Một triệu đồng"),
        (1_001_001, "Một triệu không trăm linh một nghìn không trăm linh một đồng"),
        (10**9, "Một tỷ đồng"),
        (10**9 + 21, "Một tỷ không trăm hai mươi mốt đồng"),
        (10**12, "Một nghìn tỷ đồng"),
        (
            7_656_825_000,
            "Bảy tỷ sáu trăm năm mươi sáu triệu tám trăm hai mươi lăm nghìn đồng",
        ),
        (
            212_689_583,
            "Hai trăm mười hai triệu sáu trăm tám mươi chín nghìn năm trăm tám mươi ba đồng",
        ),
        (-15, "Âm mười lăm đồng"),
    ],
)
def test_amounts_are_written_as_on_paper(amount, words):
    assert in_words(amount) == words


@given(st.integers(0, 10**18 - 1) | st.integers(0, 10**6))
def test_every_amount_reads_back_from_its_words(amount):
    words = in_words(amount)
    assert words[0].isupper() and words.endswith(" đồng")
    assert read(words.lower().removesuffix(" đồng").split()) == amount


@given(st.integers(0, 10**18 - 1))
def test_the_last_digit_changes_its_sound_only_after_tens(amount):
    words = in_words(amount).lower().split()
    for before, word in zip(["", *words], words, strict=False):
        if word in ("mốt", "tư"):
            assert before == "mươi"
        if word == "lăm":
            assert before in ("mươi", "mười")
        if before == "mươi":
            assert word not in ("một", "bốn", "năm")
        if before == "linh":
            assert word in DIGITS[1:]


def read(words: list[str]) -> int:
    """The figure behind words, by the grammar of numbers and not by the code under test."""
    if "tỷ" in words:
        at = len(words) - 1 - words[::-1].index("tỷ")
        return read(words[:at]) * 10**9 + read(words[at + 1 :])
    total = 0
    for name, size in (("triệu", 10**6), ("nghìn", 10**3)):
        if name in words:
            at = words.index(name)
            total, words = total + below_thousand(words[:at]) * size, words[at + 1 :]
    return total + below_thousand(words)


def below_thousand(words: list[str]) -> int:
    total, last = 0, 0
    for word in words:
        if word == "trăm":
            total, last = total + last * 100, 0
        elif word == "mươi":
            total, last = total + last * 10, 0
        elif word == "mười":
            total, last = total + 10, 0
        elif word != "linh":
            last = VALUES[word]
    return total + last
