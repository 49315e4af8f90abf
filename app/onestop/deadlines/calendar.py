"""The working calendar of an office (lịch làm việc): which minutes of which day are worked.

All dates and times of day here are Vietnam's, whose one zone has no summer time.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from app.onestop.deadlines import national
from infra.clock import VIETNAM

Period = tuple[time, time]
Periods = tuple[Period, ...]
Week = tuple[Periods, ...]
DAY = timedelta(days=1)


class BadCalendar(ValueError):
    """A calendar no deadline can be counted on; its text is Vietnamese, for the administrator."""


class Swap(Struct, frozen=True):
    """A working day moved by the Government: `off` is free, `on` is worked instead of it."""

    off: date
    on: date
    basis: str = ""


class SpecialDay(Struct, frozen=True):
    """A day with hours of its own: a half day, or none at all when `periods` is empty."""

    on: date
    periods: list[tuple[str, str]]
    reason: str


class NewWeek(Struct, frozen=True, kw_only=True):
    """Hours that hold from a day on; the days before keep theirs. Fields as in Document."""

    from_on: date
    weekdays: list[int]
    periods: list[tuple[str, str]]
    hours: dict[int, list[tuple[str, str]]] = {}


class Document(Struct, frozen=True, kw_only=True):
    """What is stored of a calendar's version: the week, its exceptions, the hour of the cut-off.

    `periods` are local "HH:MM" pairs of every day in `weekdays` (ISO numbers, Monday 1);
    `hours` replaces them for a weekday named there; `changes` are newer weeks. `holidays` holds
    the national days as they stood when the version was published, for the years in `years`.
    """

    weekdays: list[int]
    periods: list[tuple[str, str]]
    cutoff: str = "15:00"
    swaps: list[Swap] = []
    special: list[SpecialDay] = []
    hours: dict[int, list[tuple[str, str]]] = {}
    changes: list[NewWeek] = []
    years: list[int] = []
    holidays: dict[date, str] = {}
    worked: list[date] = []
    timezone: str = "Asia/Ho_Chi_Minh"
    basis: str = ""


class Calendar(Struct, frozen=True, kw_only=True):
    """A calendar ready to be asked. `week` is Monday to Sunday; `off` and `special` override it.

    `later` are weeks that hold from a day on, oldest first.
    """

    version: int
    decision: str
    week: Week
    cutoff: time
    off: Mapping[date, str] = {}
    special: Mapping[date, Periods] = {}
    later: tuple[tuple[date, Week], ...] = ()
    frozen_years: frozenset[int] = frozenset()
    # A version never changes, so what was asked once stays true; every deadline asks it again.
    _asked: dict[date, Periods] = {}

    def periods_on(self, day: date) -> Periods:
        """The hours worked on `day`, in order; empty on a day off."""
        if (known := self._asked.get(day)) is None:
            known = self._asked[day] = self._hours_of(day)
        return known

    def _hours_of(self, day: date) -> Periods:
        if day in self.special:
            return self.special[day]
        if self.reason_off(day):
            return ()
        if day.year not in self.frozen_years and day in national.year_of(day.year).worked:
            return usual(self.week_on(day))
        return self.week_on(day)[day.weekday()]

    def week_on(self, day: date) -> Week:
        """The week's hours, Monday to Sunday, that hold on `day`."""
        held = self.week
        for since, week in self.later:
            if since <= day:
                held = week
        return held

    def reason_off(self, day: date) -> str | None:
        """The holiday's or closure's name, or None when only the weekday decides."""
        if self.special.get(day):
            return None
        if day in self.off:
            return self.off[day]
        if day.year in self.frozen_years:
            return None
        return national.year_of(day.year).off.get(day)

    @property
    def day_minutes(self) -> int:
        """How many minutes one full working day has, by the newest hours."""
        newest = self.later[-1][1] if self.later else self.week
        return int(length(usual(newest)).total_seconds()) // 60

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of `day` is worked."""
        return bool(self.periods_on(day))

    def opens(self, day: date) -> datetime:
        """The moment the office opens on a working day."""
        return at(day, self.periods_on(day)[0][0])

    def closes(self, day: date) -> datetime:
        """The moment the office closes on a working day."""
        return at(day, self.periods_on(day)[-1][1])

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += DAY
        while not self.is_working_day(day):
            day += DAY
        return day

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Worked spans that end after `moment`, the first one cut to begin no earlier."""
        shown = local(moment)
        day = shown.date()
        while True:
            for start, end in self.periods_on(day):
                if (until := at(day, end)) > shown:
                    since = at(day, start)
                    yield moment if since < shown else since, until
            day += DAY


def from_document(document: Document, *, version: int, decision: str) -> Calendar:
    """A calendar out of its stored document; raises BadCalendar when it cannot be counted on."""
    week = _week(document)
    changes = sorted(document.changes, key=lambda change: change.from_on)
    later = tuple((change.from_on, _week(change)) for change in changes)
    calendar = Calendar(
        version=version, decision=decision, week=week, later=later, cutoff=_clock(document.cutoff)
    )
    off = dict(document.holidays)
    special = {day: usual(calendar.week_on(day)) for day in document.worked}
    for swap in document.swaps:  # A newer swap may move a day that an older one had moved.
        hours = calendar.week_on(swap.off)
        special.pop(swap.off, None)
        special[swap.on] = hours[swap.off.weekday()] or usual(hours)
        off[swap.off] = f"Nghỉ hoán đổi với ngày {dated(swap.on)}"
    special |= {each.on: _periods(each.periods) for each in document.special}
    off |= {each.on: each.reason for each in document.special if not each.periods}
    years = frozenset(document.years)
    return replace(calendar, off=off, special=special, frozen_years=years, _asked={})


def at(day: date, clock: time) -> datetime:
    """A time of day in Vietnam as an aware moment."""
    return datetime.combine(day, clock, VIETNAM)


def local(moment: datetime) -> datetime:
    """The moment as clocks in Vietnam show it."""
    return moment.astimezone(VIETNAM)


def dated(day: date) -> str:
    """22/08/2026."""
    return f"{day:%d/%m/%Y}"


def length(periods: Periods) -> timedelta:
    """How long the periods are together."""
    spans = [at(date.min, end) - at(date.min, start) for start, end in periods]
    return sum(spans, timedelta())


def usual(week: Week) -> Periods:
    """The hours of the longest weekday; a make-up day is worked like it."""
    return max(week, key=length)


def _week(said: Document | NewWeek) -> Week:
    standard = _periods(said.periods)
    week = tuple(
        _periods(said.hours[weekday])
        if weekday in said.hours
        else (standard if weekday in said.weekdays else ())
        for weekday in range(1, 8)
    )
    if not any(week):
        raise BadCalendar("Lịch làm việc phải có ít nhất một ngày làm việc trong tuần.")
    return week


def _periods(pairs: list[tuple[str, str]]) -> Periods:
    periods = tuple((_clock(start), _clock(end)) for start, end in pairs)
    edges = [edge for period in periods for edge in period]
    if any(first >= second for first, second in pairwise(edges)):
        raise BadCalendar("Giờ làm việc trong ngày phải tăng dần và không chồng lên nhau.")
    return periods


def _clock(text: str) -> time:
    try:
        hour, minute = text.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise BadCalendar(f"Giờ “{text}” không đúng dạng 07:30.") from None
