import pytest

from app.onestop.notices.phones import mobile


@pytest.mark.parametrize(
    "text",
    ["0905000123", "+84905000123", "84 905 000 123", "0905.000.123", " (090) 5000-123 "],
)
def test_a_mobile_number_is_known_however_it_is_written(text: str) -> None:
    assert mobile(text) == "+84905000123"


def test_an_old_number_of_eleven_digits_gets_its_new_prefix() -> None:
    assert mobile("01685000123") == "+84385000123"
    assert mobile("+84 121 500 0123") == "+84795000123"


@pytest.mark.parametrize(
    "text",
    ["", "abc", "0256 3820 001", "1022", "113", "0905", "09050001234", "+12025550123", "0" * 50],
)
def test_what_no_message_can_reach_is_no_mobile_number(text: str) -> None:
    assert mobile(text) is None
