"""What is true of every deadline, whatever the calendar."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines.calendar import Document, local
from app.onestop.deadlines.counting import (
    add_working_time,
    is_within_office_hours,
    working_minutes_between,
    working_time_between,
)
from app.onestop.deadlines.rules import due_at, hand_over_by, remaining, start_at
from tests.onestop.deadlines.offices import DOCUMENT, PERIODS, WEEK, office

OFFICES = [
    office(),
    office(Document(weekdays=WEEK, periods=PERIODS, hours={6: [("07:30", "11:00")]})),
    office(Document(weekdays=[1, 3], periods=[("08:00", "09:10")])),
]
FROM = datetime(2023, 6, 1, tzinfo=UTC)
moments = st.integers(0, 5 * 365 * 86_400).map(lambda n: FROM + timedelta(seconds=n))
calendars = st.sampled_from(OFFICES)
units = st.sampled_from(list(Unit))
amounts = st.integers(1, 60)
many = settings(max_examples=200, deadline=None)


@many
@given(moments, amounts, units, calendars)
def test_a_deadline_is_in_office_hours_of_a_working_day(received, amount, unit, calendar) -> None:
    due = due_at(received, amount, unit, calendar)
    assert is_within_office_hours(due.at, calendar)
    assert calendar.reason_off(local(due.at).date()) is None
    assert due.at > due.start_at >= received


@many
@given(moments, amounts, units, calendars)
def test_more_time_is_never_due_earlier(received, amount, unit, calendar) -> None:
    shorter, longer = (due_at(received, n, unit, calendar).at for n in (amount, amount + 1))
    assert shorter <= longer


@many
@given(moments, st.timedeltas(timedelta(0), timedelta(days=40)), amounts, units, calendars)
def test_who_comes_later_is_never_served_earlier(received, wait, amount, unit, calendar) -> None:
    first = due_at(received, amount, unit, calendar).at
    assert first <= due_at(received + wait, amount, unit, calendar).at


@many
@given(moments, st.integers(1, 60), st.integers(1, 60), calendars)
def test_working_hours_add_up(received, first, second, calendar) -> None:
    whole = due_at(received, first + second, Unit.WORKING_HOURS, calendar).at
    half = due_at(received, first, Unit.WORKING_HOURS, calendar).at
    assert add_working_time(half, timedelta(hours=second), calendar) == whole


@many
@given(moments, st.integers(1, 30), calendars)
def test_n_working_days_hold_exactly_n_working_days(received, amount, calendar) -> None:
    due = due_at(received, amount, Unit.WORKING_DAYS, calendar)
    first, last = local(due.start_at).date(), local(due.at).date()
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == amount


@many
@given(moments, moments, moments, calendars)
def test_worked_time_is_additive(one, two, three, calendar) -> None:
    direct = working_time_between(one, three, calendar)
    assert direct == working_time_between(one, two, calendar) + working_time_between(
        two, three, calendar
    )


@many
@given(moments, calendars)
def test_the_start_is_the_first_worked_moment(received, calendar) -> None:
    start = start_at(received, calendar)
    assert start_at(start, calendar) == start
    assert working_time_between(received, start, calendar) == timedelta(0)


@many
@given(moments, calendars)
def test_handing_over_takes_a_working_day_at_most(received, calendar) -> None:
    due = hand_over_by(received, calendar)
    assert is_within_office_hours(due.at, calendar)
    assert working_minutes_between(due.start_at, due.at, calendar) <= calendar.day_minutes


@many
@given(moments, moments, calendars)
def test_the_time_left_can_be_read_back(now, due, calendar) -> None:
    left = remaining(now, due, calendar)
    assert left.overdue == (now > due)
    assert left.working_minutes == abs(working_minutes_between(now, due, calendar))
    assert left.text.startswith(("Quá hạn", "Vừa") if left.overdue else ("Còn", "Đã"))


@many
@given(moments, amounts, units)
def test_the_explanation_names_the_deadline_last(received, amount, unit) -> None:
    due = due_at(received, amount, unit, office(DOCUMENT))
    assert due.lines[0].startswith("Tiếp nhận lúc ")
    assert due.lines[-1].startswith("Hẹn trả kết quả lúc ")
    assert due.basis in due.lines[-1]
