from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.onestop.deadlines.calendar import from_document
from app.onestop.recounting.rules import bases, changed, countable, counted_on, faults
from app.onestop.recounting.shapes import Change, Draft, NewHours, OtherDay, Swapped
from infra.ids import uuid7
from tests.onestop.deadlines.offices import DOCUMENT, PERIODS, WEEK, at, office

TODAY = date(2026, 6, 1)
FRIDAY, SATURDAY = date(2026, 6, 5), date(2026, 6, 6)


def _with(*changes: Change):
    document = DOCUMENT
    for change in changes:
        document = changed(document, change, "QĐ")
    return from_document(document, version=2, decision="QĐ")


def _draft(change: Change, agency_id=None) -> Draft:
    return Draft(
        id=uuid7(), agency_id=agency_id, agency_name=None, change=change, decision="QĐ",
        drafted_at=at("2026-06-01 09:00"), drafted_by="Thu", approved_at=None, approved_by=None,
        discarded_at=None, recounted_at=None, versions=[],
    )  # fmt: skip


def test_a_swapped_day_is_free_and_the_other_is_worked_like_it() -> None:
    calendar = _with(Swapped(off=FRIDAY, on=SATURDAY))
    assert not calendar.is_working_day(FRIDAY)
    assert calendar.periods_on(SATURDAY) == office().periods_on(FRIDAY)


def test_a_make_up_day_may_be_moved_on() -> None:
    sunday = date(2026, 6, 7)
    calendar = _with(Swapped(off=FRIDAY, on=SATURDAY), Swapped(off=SATURDAY, on=sunday))
    assert [calendar.is_working_day(day) for day in (FRIDAY, SATURDAY, sunday)] == [
        False, False, True,
    ]  # fmt: skip


def test_the_newest_word_about_a_day_holds() -> None:
    morning = [("07:00", "11:30")]
    closed, half = OtherDay(FRIDAY, [], "Nghỉ do bão"), OtherDay(FRIDAY, morning, "Nửa buổi")
    assert not _with(half, closed).is_working_day(FRIDAY)
    assert len(_with(closed, half).periods_on(FRIDAY)) == 1
    assert len(_with(closed, half, Swapped(off=FRIDAY, on=SATURDAY)).periods_on(FRIDAY)) == 0


def test_new_hours_begin_on_their_day_and_may_differ_on_saturday() -> None:
    hours = NewHours(
        from_on=FRIDAY, weekdays=WEEK, periods=[("08:00", "16:00")], saturday=[("08:00", "11:00")]
    )
    calendar = _with(hours)
    assert len(calendar.periods_on(date(2026, 6, 4))) == 2
    assert len(calendar.periods_on(FRIDAY)) == 1
    assert calendar.is_working_day(SATURDAY)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (Swapped(off=FRIDAY, on=SATURDAY), set()),
        (Swapped(off=SATURDAY, on=date(2026, 6, 7)), {"off"}),
        (Swapped(off=FRIDAY, on=date(2026, 6, 8)), {"on"}),
        (Swapped(off=date(2026, 5, 29), on=date(2026, 5, 30)), {"off", "on"}),
        (Swapped(off=FRIDAY, on=date(2036, 6, 7)), {"on"}),
        (OtherDay(FRIDAY, [], "Nghỉ do bão"), set()),
        (OtherDay(date(2026, 5, 29), [], "Nghỉ do bão"), set()),
        (OtherDay(date(2026, 4, 29), [], "Nghỉ do bão"), {"on"}),
        (OtherDay(SATURDAY, [], "Nghỉ"), {"on"}),
        (OtherDay(FRIDAY, [], ""), {"reason"}),
        (OtherDay(FRIDAY, [], "x" * 121), {"reason"}),
        (NewHours(FRIDAY, WEEK, PERIODS), set()),
        (NewHours(date(2026, 5, 29), WEEK, PERIODS), {"from_on"}),
        (NewHours(FRIDAY, [], []), {"weekdays", "morning"}),
    ],
)
def test_what_makes_no_sense_is_marked_at_its_field(change: Change, fields: set[str]) -> None:
    assert set(faults(change, office(), TODAY)) == fields


def test_hours_nothing_can_be_counted_on_are_told() -> None:
    backwards = NewHours(FRIDAY, WEEK, [("11:30", "07:00")])
    assert countable(DOCUMENT, backwards) is not None
    assert countable(DOCUMENT, NewHours(FRIDAY, WEEK, PERIODS)) is None


def test_a_day_concerns_everybody_and_hours_only_whose_they_are() -> None:
    mine, other = uuid7(), uuid7()
    in_force = {None: 1, mine: 2}
    closed, hours = OtherDay(FRIDAY, [], "Nghỉ"), NewHours(FRIDAY, WEEK, PERIODS)
    assert bases(_draft(closed), in_force) == in_force
    assert bases(_draft(hours), in_force) == {None: 1}
    assert bases(_draft(closed, mine), in_force) == {mine: 2}
    assert bases(_draft(hours, other), in_force) == {other: 1}
    made = {None: office()}
    assert counted_on(other, _draft(hours), in_force, made) is made[None]
    assert counted_on(mine, _draft(hours), in_force, made) is None
    alone = {other: office()}
    assert counted_on(other, _draft(hours, other), in_force, alone) is alone[other]
    assert counted_on(mine, _draft(hours, other), in_force, alone) is None


days = st.integers(0, 400).map(lambda n: date.fromordinal(TODAY.toordinal() + n))


@given(days, days)
def test_a_swap_that_is_allowed_keeps_the_number_of_working_days(off: date, on: date) -> None:
    change = Swapped(off=off, on=on)
    if faults(change, office(), TODAY):
        return
    before, after = office(), _with(change)
    span = [date.fromordinal(TODAY.toordinal() + n) for n in range(420)]
    assert sum(map(before.is_working_day, span)) == sum(map(after.is_working_day, span))
