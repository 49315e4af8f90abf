"""The deadline's ledger (sổ thời hạn): the due date is a fold of its rows. Pure.

A row is written once and never changed. What is true now is what the rows add up to, counted on
the newest calendar among them; what was told at each row stands in the row itself.
Sources: Decree 118/2025/NĐ-CP, Article 19 clauses 4, 5 and 9.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.counting import (
    add_working_time,
    is_within_office_hours,
    next_working_moment,
    working_time_between,
)
from app.onestop.deadlines.rules import ends_at, ends_by, start_at
from app.onestop.deadlines.shapes import (
    MINUTES,
    UNTIL,
    Answer,
    ClockName,
    Entry,
    Kind,
    Standing,
)

Calendars = Mapping[int, Calendar]
# Only these rows choose the calendar; what comes between them is counted on the same one.
COUNTING = (Kind.START, Kind.RESTART, Kind.CALENDAR)


class BrokenLedger(ValueError):
    """Rows that cannot stand in this order; its text names the row, for engineers."""


class Fault(Struct, frozen=True):
    """A row whose stored deadline is not what the rows up to it add up to."""

    index: int
    stored: datetime | None
    counted: datetime | None
    why: str


def of(
    entries: Sequence[Entry], clock: ClockName = ClockName.WHOLE, subject_id: UUID | None = None
) -> list[Entry]:
    """The rows of one clock, in order."""
    return [each for each in entries if (each.clock, each.subject_id) == (clock, subject_id)]


def fold(entries: Sequence[Entry], calendars: Calendars) -> Standing:
    """Where one clock stands after its rows, which are of that clock alone and in order.

    Raises BrokenLedger for no rows, rows in an order the law does not know, or a calendar missing
    from `calendars`.
    """
    if not entries:
        raise BrokenLedger("no rows")
    standing: Standing | None = None
    calendar = calendar_of(entries, calendars)
    for index, entry in enumerate(entries):
        standing = _after(standing, index, entry, calendar, calendars)
    assert standing is not None
    return standing


def standings(entries: Sequence[Entry], calendars: Calendars) -> list[Standing]:
    """Where every clock of one dossier stands, in the order they were first started."""
    names = dict.fromkeys((each.clock, each.subject_id) for each in entries)
    return [fold(of(entries, *name), calendars) for name in names]


def calendar_of(entries: Sequence[Entry], calendars: Calendars) -> Calendar:
    """The calendar one clock's rows are counted on. Raises BrokenLedger when it is not given."""
    counting = [each for each in entries if each.kind in COUNTING] or entries[:1]
    version = counting[-1].calendar_version
    if missing := {version, entries[0].calendar_version} - set(calendars):
        raise BrokenLedger(f"calendar {min(missing)} is missing")
    return calendars[version]


def may(kind: Kind, standing: Standing | None) -> Answer:
    """Whether a row of that kind may follow. When an extension may: `may_extend`."""
    if standing is None:
        return Answer.YES if kind is Kind.START else Answer.NOT_STARTED
    if kind is Kind.START:
        return Answer.ALREADY_STARTED
    if standing.stopped_at is not None:
        return Answer.STOPPED
    paused = standing.paused_since is not None
    if kind is Kind.RESUME:
        return Answer.YES if paused else Answer.NOT_PAUSED
    if kind in (Kind.PAUSE, Kind.EXTEND) and paused:
        return Answer.PAUSED
    if kind is Kind.EXTEND and standing.extensions:
        return Answer.ALREADY_EXTENDED
    return Answer.YES


def may_extend(standing: Standing | None, now: datetime) -> Answer:
    """Whether the appointment may be put off: once only, and before it expires (Article 19
    clause 9)."""
    answer = may(Kind.EXTEND, standing)
    if answer is Answer.YES and standing is not None and now > standing.due_at:
        return Answer.EXPIRED
    return answer


def may_extend_to(standing: Standing | None, until_at: datetime, calendar: Calendar) -> Answer:
    """Whether that is a moment to put it off to: later, and in office hours."""
    if standing is None:
        return Answer.NOT_STARTED
    if until_at <= standing.due_at:
        return Answer.NOT_LATER
    working = is_within_office_hours(until_at, calendar)
    return Answer.YES if working else Answer.NOT_WORKING


def audit(entries: Sequence[Entry], calendars: Calendars) -> list[Fault]:
    """The rows of one clock whose stored deadline is not the fold of the rows up to them."""
    faults: list[Fault] = []
    standing: Standing | None = None
    for index, entry in enumerate(entries):
        try:
            standing = _and_then(standing, entries[: index + 1], calendars)
        except BrokenLedger as broken:
            return [*faults, Fault(index, entry.due_at, None, str(broken))]
        if standing.due_at != entry.due_at:
            faults.append(Fault(index, entry.due_at, standing.due_at, "differs"))
    return faults


def counted_due(entry: Entry, calendar: Calendar) -> datetime:
    """The deadline of the time a row gives, counted from the row's moment."""
    amount, unit = entry.amount or 0, entry.unit or ""
    if unit == UNTIL:
        return ends_by(entry.until_at or entry.at, calendar).astimezone(UTC)
    start = start_at(entry.at, calendar)
    if unit == MINUTES:
        return add_working_time(start, timedelta(minutes=amount), calendar).astimezone(UTC)
    return ends_at(start, amount, Unit(unit), calendar).astimezone(UTC)


def _and_then(
    standing: Standing | None, entries: Sequence[Entry], calendars: Calendars
) -> Standing:
    """The fold of the rows, `standing` being that of all but the last: only on another calendar
    must the earlier ones be counted again."""
    calendar = calendar_of(entries, calendars)
    if standing is None or standing.calendar_version != calendar.version:
        return fold(entries, calendars)
    return _after(standing, len(entries) - 1, entries[-1], calendar, calendars)


def _after(
    standing: Standing | None, index: int, entry: Entry, calendar: Calendar, calendars: Calendars
) -> Standing:
    answer = may(entry.kind, standing)
    if answer is not Answer.YES:
        raise BrokenLedger(f"row {index}: {entry.kind} when {answer}")
    if standing is None:
        return _started(entry, calendar, calendars[entry.calendar_version])
    return _FOLD[entry.kind](standing, entry, calendar)


def _started(entry: Entry, calendar: Calendar, first: Calendar) -> Standing:
    if entry.amount is None or entry.unit is None:
        raise BrokenLedger("row 0: start without a time")
    due = counted_due(entry, calendar)
    return Standing(
        clock=entry.clock,
        subject_id=entry.subject_id,
        started_at=next_working_moment(entry.at, calendar).astimezone(UTC),
        original_due_at=due if first is calendar else counted_due(entry, first),
        due_at=due,
        amount=entry.amount,
        unit=entry.unit,
        calendar_version=calendar.version,
    )


def _paused(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    return replace(standing, paused_since=entry.at.astimezone(UTC), pause_reason=entry.reason)


def _resumed(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    since = standing.paused_since or entry.at
    passed = working_time_between(since, max(since, entry.at), calendar)
    return replace(
        standing,
        paused_since=None,
        pause_reason=None,
        due_at=add_working_time(standing.due_at, passed, calendar).astimezone(UTC),
        worked_paused=standing.worked_paused + passed,
    )


def _restarted(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    if entry.unit is None:
        entry = replace(entry, amount=standing.amount, unit=standing.unit)
    return replace(
        standing,
        started_at=next_working_moment(entry.at, calendar).astimezone(UTC),
        due_at=counted_due(entry, calendar),
        amount=entry.amount or standing.amount,
        unit=entry.unit or standing.unit,
        paused_since=None,
        pause_reason=None,
        worked_paused=timedelta(),
        restarts=standing.restarts + 1,
    )


def _extended(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    due = ends_by(entry.until_at or standing.due_at, calendar).astimezone(UTC)
    return replace(standing, due_at=due, extensions=standing.extensions + 1)


def _recounted(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    # The whole ledger is already counted on the newest calendar: nothing is left to do.
    return standing


def _stopped(standing: Standing, entry: Entry, calendar: Calendar) -> Standing:
    return replace(standing, stopped_at=entry.at.astimezone(UTC))


_FOLD: dict[Kind, Callable[[Standing, Entry, Calendar], Standing]] = {
    Kind.PAUSE: _paused,
    Kind.RESUME: _resumed,
    Kind.RESTART: _restarted,
    Kind.EXTEND: _extended,
    Kind.CALENDAR: _recounted,
    Kind.STOP: _stopped,
}
