"""When a dossier is due (hạn giải quyết): the law of counting, as functions of values.

Sources: Civil Code 2015 (Law 91/2015/QH13) Articles 147 and 148; Decree 118/2025/NĐ-CP on the
one-stop mechanism, Article 18 clause 2 for the 15:00 rule of handing over.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import words
from app.onestop.deadlines.calendar import DAY, Calendar, local
from app.onestop.deadlines.counting import (
    add_months,
    add_working_time,
    is_within_office_hours,
    next_working_moment,
    nth_working_day_after,
    working_day_from,
    working_minutes_between,
)

FIRST_DAY = "Điều 147 Bộ luật Dân sự năm 2015"
LAST_DAY = "Điều 148 Bộ luật Dân sự năm 2015"
ONE_STOP = "Nghị định số 118/2025/NĐ-CP"
HAND_OVER = "khoản 2 Điều 18 Nghị định số 118/2025/NĐ-CP"


class Due(Struct, frozen=True, kw_only=True):
    """A deadline and why: counted from `start_at` to `at`; `lines` explain it in Vietnamese."""

    start_at: datetime
    at: datetime
    lines: tuple[str, ...]
    basis: str


class Remaining(Struct, frozen=True, kw_only=True):
    """Worked time left until the deadline, or gone since when `overdue`; never negative."""

    overdue: bool
    working_minutes: int
    text: str


class _End(Struct, frozen=True):
    at: datetime
    lines: Callable[[], tuple[str, ...]]  # put into words only for whoever reads them
    basis: str


def start_at(received_at: datetime, calendar: Calendar) -> datetime:
    """When the clock starts: at reception, or when the office opens next if it was closed."""
    return next_working_moment(received_at, calendar)


def due_at(received_at: datetime, amount: int, unit: Unit, calendar: Calendar) -> Due:
    """The deadline of a dossier received at `received_at` (aware) with `amount` units of time.

    Days and months: the day of reception is not counted (Civil Code, Article 147 clause 2); the
    last day ends when the office closes; a last day that is a day off moves to the next working
    day (Article 148 clause 5). Hours run from the moment itself (Article 147 clause 1). SAME_DAY
    ends on that day, or on the next working day when received after the cut-off.
    """
    start = start_at(received_at, calendar)
    end = _COUNT[unit](start, max(amount, 0), calendar)
    return Due(
        start_at=start.astimezone(received_at.tzinfo),
        at=end.at.astimezone(received_at.tzinfo),
        lines=(*words.reception(received_at, start), *end.lines(), words.end(end.at, end.basis)),
        basis=end.basis,
    )


def ends_at(start: datetime, amount: int, unit: Unit, calendar: Calendar) -> datetime:
    """The deadline of `due_at` alone, counted from `start`, a moment the office works."""
    return _COUNT[unit](start, max(amount, 0), calendar).at


def hand_over_by(received_at: datetime, calendar: Calendar) -> Due:
    """By when the desk passes the dossier on (chuyển hồ sơ): the same working day, or the opening
    of the next one when received after 15:00 (Decree 118/2025, Article 18 clause 2)."""
    start = start_at(received_at, calendar)
    day = local(start).date()
    late = _after_cutoff(start, calendar)
    at = calendar.opens(calendar.next_working_day(day)) if late else calendar.closes(day)
    return Due(
        start_at=start.astimezone(received_at.tzinfo),
        at=at.astimezone(received_at.tzinfo),
        lines=(*words.reception(received_at, start), words.hand_over(at, late, calendar.cutoff)),
        basis=HAND_OVER,
    )


def ends_by(moment: datetime, calendar: Calendar) -> datetime:
    """A deadline set by a moment: itself in office hours; a day off moves to the end of the next
    working day (Civil Code, Article 148 clause 5), a closed hour to the next opening."""
    if is_within_office_hours(moment, calendar):
        return moment
    day = local(moment).date()
    if not calendar.is_working_day(day):
        return calendar.closes(calendar.next_working_day(day))
    return next_working_moment(moment, calendar)


def remaining(now: datetime, due: datetime, calendar: Calendar) -> Remaining:
    """How much worked time is left, as in “Còn 2 ngày 3 giờ làm việc”."""
    minutes = abs(working_minutes_between(now, due, calendar))
    overdue = now > due
    text = words.remaining(minutes, overdue, calendar.day_minutes)
    return Remaining(overdue=overdue, working_minutes=minutes, text=text)


def _working_days(start: datetime, amount: int, calendar: Calendar) -> _End:
    first = local(start).date()
    last = nth_working_day_after(first, amount, calendar)

    def lines() -> tuple[str, ...]:
        begun = calendar.next_working_day(first)
        said = words.first_day(first, FIRST_DAY), words.working_days(amount, begun, last)
        return (*said, *_skipped(first, last, calendar))

    return _End(calendar.closes(last), lines, f"{FIRST_DAY}; {ONE_STOP}")


def _days(start: datetime, amount: int, calendar: Calendar) -> _End:
    first = local(start).date()
    return _ending(first, first + amount * DAY, words.days(amount), calendar)


def _months(start: datetime, amount: int, calendar: Calendar) -> _End:
    first = local(start).date()
    return _ending(first, add_months(first, amount), words.months(amount), calendar)


def _ending(first: date, nominal: date, counted: str, calendar: Calendar) -> _End:
    last = working_day_from(nominal, calendar)

    def lines() -> tuple[str, ...]:
        said = words.first_day(first, FIRST_DAY), words.nominal_end(counted, nominal)
        if last == nominal:
            return said
        reason = calendar.reason_off(nominal)
        return (*said, words.moved_day(nominal, reason, last, f"khoản 5 {LAST_DAY}"))

    return _End(calendar.closes(last), lines, f"{FIRST_DAY}; {LAST_DAY}")


def _hours(start: datetime, amount: int, calendar: Calendar) -> _End:
    nominal = start + timedelta(hours=amount)
    working = is_within_office_hours(nominal, calendar)
    end = nominal if working else next_working_moment(nominal, calendar)

    def lines() -> tuple[str, ...]:
        said = words.hours(amount, start, nominal, f"khoản 1 {FIRST_DAY}")
        return (said,) if working else (said, words.moved_moment(end))

    return _End(end, lines, FIRST_DAY)


def _working_hours(start: datetime, amount: int, calendar: Calendar) -> _End:
    end = add_working_time(start, timedelta(hours=amount), calendar)

    def lines() -> tuple[str, ...]:
        first, last = local(start).date(), local(end).date()
        return words.working_hours(amount, start), *_skipped(first, last, calendar)

    return _End(end, lines, FIRST_DAY)


def _same_day(start: datetime, _: int, calendar: Calendar) -> _End:
    day = local(start).date()
    late = _after_cutoff(start, calendar)
    last = calendar.next_working_day(day) if late else day
    return _End(calendar.closes(last), lambda: (words.same_day(late, calendar.cutoff),), ONE_STOP)


def _after_cutoff(start: datetime, calendar: Calendar) -> bool:
    return local(start).time() > calendar.cutoff


def _skipped(first: date, last: date, calendar: Calendar) -> tuple[str, ...]:
    days = [first + n * DAY for n in range(1, (last - first).days)]
    off = [day for day in days if not calendar.is_working_day(day)]
    named = [(day, reason) for day in off if (reason := calendar.reason_off(day))]
    return words.skipped(len(off) - len(named), named)


_COUNT: dict[Unit, Callable[[datetime, int, Calendar], _End]] = {
    Unit.WORKING_DAYS: _working_days,
    Unit.DAYS: _days,
    Unit.MONTHS: _months,
    Unit.HOURS: _hours,
    Unit.WORKING_HOURS: _working_hours,
    Unit.SAME_DAY: _same_day,
}
