"""The verbs of the deadline's ledger: each writes one row and returns where the clock then stands.

The caller holds the dossier's lock, leaves the trail of its own act, and copies the due date of
the whole to the dossier. `at` is the present moment unless said otherwise.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import clocks, ledger
from app.onestop.deadlines.calendar import local
from app.onestop.deadlines.explaining import told
from app.onestop.deadlines.queries import calendar_in_force, calendar_of, calendars_of, entries_of
from app.onestop.deadlines.reasons import reason_on
from app.onestop.deadlines.refusals import ClockRefuses, UnknownReason
from app.onestop.deadlines.rules import FIRST_DAY
from app.onestop.deadlines.shapes import UNTIL, Answer, ClockName, Entry, Kind, Standing
from app.people.shapes import Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

WHOLE = ClockName.WHOLE

_WRITE = """
insert into deadline_entry (id, dossier_id, clock, subject_id, kind, at, due_at, amount, unit,
    until_at, reason, note, basis, calendar_version, explanation, officer_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, $16)
"""
_AGENCY = "select agency_id from dossier where id = $1"


class _Page(msgspec.Struct, frozen=True):
    """One clock's rows as they stand before the new one."""

    dossier_id: UUID
    clock: ClockName
    subject_id: UUID | None
    entries: list[Entry]
    standing: Standing | None

    @property
    def version(self) -> int:
        """The calendar its rows are counted on now."""
        return self.standing.calendar_version if self.standing else 0


async def start(
    officer: Actor,
    dossier_id: UUID,
    amount: int,
    unit: Unit | str,
    *,
    at: datetime | None = None,
    basis: str = FIRST_DAY,
    note: str | None = None,
    agency_id: UUID | None = None,
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """The clock starts with `amount` of `unit` (a catalogue Unit, or MINUTES of worked time).

    Counted on the calendar of `agency_id`, by default the dossier's own agency. `note` is told
    before the rest, such as who set the time. Raises ClockRefuses, BadCalendar.
    """
    page = await _open(dossier_id, clock, subject_id, Kind.START)
    version = await _version_for(dossier_id, agency_id)
    entry = Entry(
        kind=Kind.START, at=at or now(), amount=amount, unit=str(unit), note=note, basis=basis,
        calendar_version=version, clock=clock, subject_id=subject_id,
    )  # fmt: skip
    return await _write(officer, page, entry)


async def start_until(
    officer: Actor,
    dossier_id: UUID,
    until_at: datetime,
    *,
    at: datetime | None = None,
    basis: str,
    agency_id: UUID | None = None,
    clock: ClockName,
    subject_id: UUID | None = None,
) -> Standing:
    """The clock starts with its end already set, as for an opinion asked for by a date.

    Raises ClockRefuses, BadCalendar.
    """
    page = await _open(dossier_id, clock, subject_id, Kind.START)
    version = await _version_for(dossier_id, agency_id)
    entry = Entry(
        kind=Kind.START, at=at or now(), amount=0, unit=UNTIL, until_at=until_at, basis=basis,
        calendar_version=version, clock=clock, subject_id=subject_id,
    )  # fmt: skip
    return await _write(officer, page, entry)


async def pause(
    officer: Actor,
    dossier_id: UUID,
    reason: str,
    *,
    at: datetime | None = None,
    note: str | None = None,
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """The clock stands still (tạm dừng) for a reason of the law. Raises ClockRefuses,
    UnknownReason."""
    page = await _open(dossier_id, clock, subject_id, Kind.PAUSE)
    moment = at or now()
    allowed = reason_on(reason, local(moment).date())
    if allowed is None:
        raise UnknownReason
    entry = _entry(page, Kind.PAUSE, moment, reason=reason, note=note, basis=allowed.basis)
    return await _write(officer, page, entry)


async def resume(
    officer: Actor,
    dossier_id: UUID,
    *,
    at: datetime | None = None,
    note: str | None = None,
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """The clock goes on: the worked time of the pause moves the deadline. Raises ClockRefuses.

    After a pause for a supplement call `restart`: the law does not let that time go on.
    """
    page = await _open(dossier_id, clock, subject_id, Kind.RESUME)
    basis = next(each.basis for each in reversed(page.entries) if each.kind is Kind.PAUSE)
    return await _write(officer, page, _entry(page, Kind.RESUME, at, note=note, basis=basis))


async def restart(
    officer: Actor,
    dossier_id: UUID,
    *,
    at: datetime | None = None,
    note: str | None = None,
    agency_id: UUID | None = None,
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """The same time again from zero, on the calendar now in force, as after a supplement (Decree
    118/2025 Article 19 clause 4); it ends a pause. Raises ClockRefuses, BadCalendar."""
    page = await _open(dossier_id, clock, subject_id, Kind.RESTART)
    version = await _version_for(dossier_id, agency_id)
    entry = _entry(page, Kind.RESTART, at, note=note, basis=clocks.SUPPLEMENT)
    return await _write(officer, page, replace(entry, calendar_version=version))


async def extend(
    officer: Actor,
    dossier_id: UUID,
    until_at: datetime,
    *,
    note: str,
    at: datetime | None = None,
    basis: str = clocks.APOLOGY,
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """A new appointment (hẹn lại), once, before the old one expires, with its reason in words.

    Raises ClockRefuses: also when `until_at` is not later or not in office hours.
    """
    page = await _open(dossier_id, clock, subject_id, Kind.EXTEND)
    moment = at or now()
    _must(ledger.may_extend(page.standing, moment))
    calendar = await calendar_of(page.version)
    _must(ledger.may_extend_to(page.standing, until_at, calendar))
    entry = _entry(page, Kind.EXTEND, moment, until_at=until_at, note=note, basis=basis)
    return await _write(officer, page, entry)


async def stop(
    officer: Actor,
    dossier_id: UUID,
    reason: str,
    *,
    at: datetime | None = None,
    basis: str = "",
    clock: ClockName = WHOLE,
    subject_id: UUID | None = None,
) -> Standing:
    """The clock ends, running or paused; `reason` is the caller's code. Raises ClockRefuses."""
    page = await _open(dossier_id, clock, subject_id, Kind.STOP)
    return await _write(officer, page, _entry(page, Kind.STOP, at, reason=reason, basis=basis))


async def recount(
    officer: Actor, dossier_id: UUID, standing: Standing, version: int, *, decision: str
) -> Standing:
    """The clock is counted anew on a changed calendar; the old date stays in the ledger. Raises
    ClockRefuses, BadCalendar."""
    page = await _open(dossier_id, standing.clock, standing.subject_id, Kind.CALENDAR)
    entry = _entry(page, Kind.CALENDAR, None, note=decision, basis=decision)
    return await _write(officer, page, replace(entry, calendar_version=version))


async def _open(dossier_id: UUID, clock: ClockName, subject_id: UUID | None, kind: Kind) -> _Page:
    entries = ledger.of(await entries_of(dossier_id), clock, subject_id)
    standing = ledger.fold(entries, await calendars_of(entries)) if entries else None
    _must(ledger.may(kind, standing))
    return _Page(dossier_id, clock, subject_id, entries, standing)


def _must(answer: Answer) -> None:
    if answer is not Answer.YES:
        raise ClockRefuses(answer)


async def _version_for(dossier_id: UUID, agency_id: UUID | None) -> int:
    agency_id = agency_id or await db.tenant.fetch_value(_AGENCY, dossier_id)
    return (await calendar_in_force(agency_id=agency_id)).version


def _entry(page: _Page, kind: Kind, at: datetime | None, **what: Any) -> Entry:
    return Entry(
        kind=kind, at=at or now(), calendar_version=page.version, clock=page.clock,
        subject_id=page.subject_id, **what,
    )  # fmt: skip


async def _write(officer: Actor, page: _Page, entry: Entry) -> Standing:
    entries = [*page.entries, entry]
    calendars = await calendars_of(entries)
    standing = ledger.fold(entries, calendars)
    lines = told(entry, page.standing, standing, calendars[entry.calendar_version])
    if entry.kind is Kind.START and entry.note:
        lines = (entry.note, *lines)
    await db.tenant.execute(
        _WRITE,
        *(uuid7(), page.dossier_id, entry.clock.value, entry.subject_id, entry.kind.value),
        *(entry.at, standing.due_at, entry.amount, entry.unit, entry.until_at),
        *(entry.reason, entry.note, entry.basis, entry.calendar_version),
        *(msgspec.json.encode(lines).decode(), officer.officer_id),
    )
    return standing
