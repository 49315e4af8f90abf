from datetime import date, timedelta

import pytest

from app.onestop.deadlines import national
from app.onestop.deadlines.calendar import BadCalendar, Document, NewWeek, SpecialDay, from_document
from app.provinces.loader import load, slugs
from tests.onestop.deadlines.offices import PERIODS, WEEK, office

# First day of the first lunar month, from the published lunar calendars.
FIRST_OF_TET = [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6)]
# Days off around Tết as the Government published them, weekends left out.
PUBLISHED_TET = {
    2024: [date(2024, 2, day) for day in (8, 9, 12, 13, 14)],
    2025: [date(2025, 1, day) for day in (27, 28, 29, 30, 31)],
    2026: [date(2026, 2, day) for day in (16, 17, 18, 19, 20)],
}
# Giỗ Tổ is the tenth day of the third lunar month.
KINGS = [date(2024, 4, 18), date(2025, 4, 7), date(2026, 4, 26), date(2027, 4, 16)]


@pytest.mark.parametrize("day", FIRST_OF_TET)
def test_tet_begins_on_the_first_day_of_the_lunar_year(day: date) -> None:
    off = national.year_of(day.year).off
    assert off[day] == "Tết Nguyên Đán"
    assert day - timedelta(days=1) in off


@pytest.mark.parametrize("year", PUBLISHED_TET)
def test_the_weekdays_off_around_tet_are_the_published_ones(year: int) -> None:
    around = [date(year, 1, 20) + timedelta(days=n) for n in range(40)]
    off = [day for day in around if day.weekday() < 5 and not office().is_working_day(day)]
    assert off == PUBLISHED_TET[year]


@pytest.mark.parametrize("day", KINGS)
def test_the_kings_day_follows_the_lunar_calendar(day: date) -> None:
    assert day in national.year_of(day.year).off


@pytest.mark.parametrize("year", range(2024, 2040))
def test_every_year_has_the_eleven_days_of_the_labour_code(year: int) -> None:
    off = national.year_of(year).off
    fixed = [date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)]
    assert all(day in off for day in fixed)
    assert len(off) >= 11


def test_a_swapped_day_is_free_and_its_saturday_is_worked() -> None:
    calendar = office()
    assert calendar.reason_off(date(2026, 1, 2)) == "Nghỉ hoán đổi với ngày 10/01/2026"
    assert calendar.periods_on(date(2026, 1, 10)) == calendar.week[4]
    assert not calendar.is_working_day(date(2026, 1, 17))


def test_a_swap_the_library_knows_needs_no_document() -> None:
    calendar = office(Document(weekdays=WEEK, periods=PERIODS))
    assert calendar.is_working_day(date(2026, 8, 22))
    assert not calendar.is_working_day(date(2026, 8, 31))


def test_frozen_years_do_not_follow_the_library() -> None:
    frozen = Document(weekdays=WEEK, periods=PERIODS, years=[2026], holidays={}, worked=[])
    calendar = office(frozen)
    assert calendar.is_working_day(date(2026, 9, 2))
    assert not calendar.is_working_day(date(2025, 9, 2))


def test_saturday_mornings_have_hours_of_their_own() -> None:
    document = Document(weekdays=WEEK, periods=PERIODS, hours={6: [("07:30", "11:00")]})
    calendar = office(document)
    assert len(calendar.periods_on(date(2026, 6, 6))) == 1
    assert calendar.day_minutes == 480


def test_new_hours_hold_from_their_day_and_the_days_before_keep_theirs() -> None:
    winter = NewWeek(from_on=date(2026, 11, 2), weekdays=WEEK, periods=[("08:00", "16:00")])
    calendar = office(Document(weekdays=WEEK, periods=PERIODS, changes=[winter]))
    assert len(calendar.periods_on(date(2026, 10, 30))) == 2
    assert len(calendar.periods_on(date(2026, 11, 2))) == 1
    assert not calendar.is_working_day(date(2026, 11, 1))
    assert calendar.week_on(date(2027, 1, 1)) is not calendar.week


@pytest.mark.parametrize(
    "document",
    [
        Document(weekdays=[], periods=PERIODS),
        Document(weekdays=WEEK, periods=[("11:30", "07:00")]),
        Document(weekdays=WEEK, periods=[("07:00", "11:30"), ("11:00", "17:00")]),
        Document(weekdays=WEEK, periods=[("07h", "11:30")]),
        Document(weekdays=WEEK, periods=PERIODS, cutoff="25:00"),
    ],
)
def test_a_calendar_nothing_can_be_counted_on_is_refused(document: Document) -> None:
    with pytest.raises(BadCalendar, match=r"làm việc|Giờ"):
        from_document(document, version=1, decision="")


def test_a_closure_shows_its_reason() -> None:
    closed = Document(
        weekdays=WEEK, periods=PERIODS, special=[SpecialDay(date(2026, 6, 3), [], "Nghỉ do bão")]
    )
    assert office(closed).reason_off(date(2026, 6, 3)) == "Nghỉ do bão"


@pytest.mark.parametrize("slug", slugs())
def test_the_provinces_own_calendars_can_be_counted_on(slug: str) -> None:
    from app.onestop.deadlines.service import document_of

    document = document_of(load(slug).calendar, first_year=2026)
    calendar = from_document(document, version=1, decision="")
    assert calendar.day_minutes == 480
    assert not calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 1, 10))
