"""Why this date: the ledger told line by line in plain Vietnamese, in the order of time. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import ledger_words as say
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.counting import working_minutes_between
from app.onestop.deadlines.ledger import Calendars, calendar_of, fold
from app.onestop.deadlines.reasons import title_of
from app.onestop.deadlines.rules import due_at, remaining
from app.onestop.deadlines.shapes import ClockName, Entry, Kind, Standing


class Line(Struct, frozen=True):
    """One sentence with the moment it speaks of and the article it rests on."""

    at: datetime
    text: str
    basis: str


def explain(entries: Sequence[Entry], calendars: Calendars, now: datetime) -> list[Line]:
    """Why one clock's deadline is what it is, oldest row first, the present standing last.

    A row tells what was said when it was written; one without words is told anew. Raises
    BrokenLedger as `fold`.
    """
    lines = [
        Line(entry.at, text, entry.basis)
        for entry, texts in zip(entries, texts_of(entries, calendars), strict=True)
        for text in texts
    ]
    if entries and (standing := fold(entries, calendars)).stopped_at is None:
        lines += _present(standing, calendar_of(entries, calendars), now)
    return lines


def texts_of(entries: Sequence[Entry], calendars: Calendars) -> list[tuple[str, ...]]:
    """What each row of one clock says, row by row. Raises BrokenLedger as `fold`."""
    texts = []
    before: Standing | None = None
    for index, entry in enumerate(entries):
        after = fold(entries[: index + 1], calendars)
        calendar = calendar_of(entries[: index + 1], calendars)
        texts.append(entry.lines or told(entry, before, after, calendar))
        before = after
    return texts


def told(
    entry: Entry, before: Standing | None, after: Standing, calendar: Calendar
) -> tuple[str, ...]:
    """What one row says: from where the clock stood to where it stands."""
    if before is None:
        return _start(entry, after, calendar)
    day, change = calendar.day_minutes, say.change(before.due_at, after.due_at)
    since, why = before.paused_since or entry.at, title_of(before.pause_reason)
    passed = after.worked_paused_minutes - before.worked_paused_minutes
    if entry.kind is Kind.PAUSE:
        return (say.paused(entry.at, title_of(entry.reason)),)
    if entry.kind is Kind.RESUME:
        return (say.resumed(since, entry.at, why, say.worked(passed, day), change),)
    if entry.kind is Kind.RESTART:
        return (say.restarted(entry.at, say.limit(after.amount, after.unit, day), change),)
    if entry.kind is Kind.EXTEND:
        return (say.extended(entry.note, change),)
    if entry.kind is Kind.CALENDAR:
        return (say.recounted(entry.note, change),)
    return (say.stopped(entry.clock, entry.at),)


def _start(entry: Entry, after: Standing, calendar: Calendar) -> tuple[str, ...]:
    if entry.clock is ClockName.WHOLE and entry.unit in list(Unit):
        return due_at(entry.at, entry.amount or 0, Unit(entry.unit), calendar).lines
    given = say.limit(after.amount, after.unit, calendar.day_minutes)
    return (say.started(entry.clock, given, after.started_at, after.due_at),)


def _present(standing: Standing, calendar: Calendar, now: datetime) -> list[Line]:
    if standing.paused_since is not None:
        minutes = working_minutes_between(standing.paused_since, now, calendar)
        passed = say.worked(max(minutes, 0), calendar.day_minutes)
        return [Line(now, say.still_paused(passed), "")]
    left = remaining(now, standing.due_at, calendar)
    return [Line(now, say.now_stands(left.text, standing.due_at), "")]
