"""Days and hours on paper."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.doors.words import gio_ngay
from app.onestop.slips.moments import day_in_words, moment, short_day


def test_small_days_and_the_first_two_months_take_a_leading_nought():
    assert day_in_words(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert day_in_words(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"
    assert day_in_words(datetime(2025, 12, 31, 17, 0, tzinfo=UTC)) == "ngày 01 tháng 01 năm 2026"


def test_what_is_not_known_is_nothing():
    assert (moment(None), short_day(None), short_day(None, "ngày ")) == ("", "", "")
    assert short_day(date(2026, 12, 5), "ngày ") == "ngày 05/12/2026"


@given(st.integers(0, 400 * 24 * 60))
def test_slips_and_pages_say_a_moment_alike(minutes):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert moment(at) == gio_ngay(at)
