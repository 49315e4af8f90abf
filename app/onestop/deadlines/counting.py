"""Walking along worked time: the arithmetic every deadline is made of. Pure."""

from datetime import date, datetime, timedelta

from app.onestop.deadlines.calendar import DAY, Calendar, local

_NONE = timedelta()


def next_working_moment(moment: datetime, calendar: Calendar) -> datetime:
    """`moment` itself while the office works, else when it opens next (lunch counts as closed)."""
    start, _ = next(calendar.spans_from(moment))
    return start


def add_working_time(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The moment when `amount` of worked time since `start` is used up.

    Used up at closing time means closing time, not the next opening. Adding nothing to a moment
    moves it nowhere, so adding in two steps is the same as adding at once.
    """
    if amount <= _NONE:
        return start
    for begin, end in calendar.spans_from(start):
        if amount <= end - begin:
            return begin + amount
        amount -= end - begin
    raise AssertionError("unreachable: the calendar has no end")


def working_time_between(first: datetime, second: datetime, calendar: Calendar) -> timedelta:
    """Worked time from `first` to `second`; negative when `second` comes before."""
    if second < first:
        return -working_time_between(second, first, calendar)
    total = _NONE
    for begin, end in calendar.spans_from(first):
        if begin >= second:
            break
        total += min(end, second) - begin
    return total


def working_minutes_between(first: datetime, second: datetime, calendar: Calendar) -> int:
    """Whole worked minutes from `first` to `second`, rounded towards nought."""
    return int(working_time_between(first, second, calendar) / timedelta(minutes=1))


def nth_working_day_after(day: date, amount: int, calendar: Calendar) -> date:
    """The `amount`-th working day after `day`, which itself is not counted."""
    for _ in range(amount):
        day = calendar.next_working_day(day)
    return day


def working_day_from(day: date, calendar: Calendar) -> date:
    """`day` itself when it is worked, else the next working day."""
    return calendar.next_working_day(day - DAY)


def add_months(day: date, amount: int) -> date:
    """The same day `amount` months later, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return date(year, month, min(day.day, last))


def is_within_office_hours(moment: datetime, calendar: Calendar) -> bool:
    """Whether the office is open at `moment`; opening and closing time both count as open."""
    shown = local(moment)
    clock = shown.time()
    return any(start <= clock <= end for start, end in calendar.periods_on(shown.date()))
