"""Drafts of a changed calendar, what they would move, and what they have moved."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.deadlines.calendar import Calendar, from_document
from app.onestop.deadlines.counting import working_minutes_between
from app.onestop.deadlines.ledger import BrokenLedger, fold, of
from app.onestop.deadlines.queries import (
    calendar_of,
    calendars_in_force,
    calendars_of,
    document_of,
    ledgers_of,
)
from app.onestop.deadlines.shapes import Entry, Kind
from app.onestop.recounting.rules import bases, changed, counted_on
from app.onestop.recounting.shapes import Change, Draft, Moved, Preview
from infra.clock import now, today
from tenants import db

LOOKED_AT = 300
SHOWN = 200
_BEGINNING = UUID(int=0)
# Nothing more is promised to who was refused, has withdrawn, was stopped or has the result.
OPEN = (1, 2, 4, 5, 6)

_DRAFTS = """
select c.id, c.agency_id, a.name as agency_name, c.change::text as change, c.decision,
       c.drafted_at, o.full_name as drafted_by, c.approved_at, p.full_name as approved_by,
       c.discarded_at, c.recounted_at, c.versions
from calendar_draft c
join officer o on o.id = c.drafted_by
left join officer p on p.id = c.approved_by
left join agency a on a.id = c.agency_id
"""
_RECENT = f"{_DRAFTS} order by c.drafted_at desc, c.id desc limit 50"
_ONE = f"{_DRAFTS} where c.id = $1"
# Served by dossier_to_recount.
_OPEN = """
select d.id, d.code, d.agency_id, a.name as agency
from dossier d join agency a on a.id = d.agency_id
where d.finished_at is null and d.due_at is not null and d.status = any($1::int[])
  and ($2::uuid is null or d.agency_id = $2) and d.id > $3
order by d.id limit $4
"""
_BEHIND = """
    select from deadline_entry e
    where e.dossier_id = d.id and {clock} and e.calendar_version <> {version}
      and e.kind in ('start', 'restart', 'calendar') and not exists (
        select from deadline_entry l
        where l.dossier_id = e.dossier_id and l.clock = e.clock
          and l.subject_id is not distinct from e.subject_id
          and l.seq > e.seq and l.kind in ('start', 'restart', 'calendar', 'stop'))
"""
_OWN = _BEHIND.format(clock="e.subject_id is null", version="t.version")
_VISIT = _BEHIND.format(clock="e.subject_id = w.id", version="v.version")
# Served by dossier_to_recount, linked_work_by_dossier and deadline_entry_by_dossier: whoever has a
# clock that runs on another calendar than the one in force at its agency, or at the agency visited.
_TO_RECOUNT = f"""
with target as (
    select a.id as agency_id,
      (select c.version from work_calendar c
       where c.valid_from <= $1 and (c.agency_id is null or c.agency_id = a.id)
       order by c.agency_id is null, c.valid_from desc, c.version desc limit 1) as version
    from agency a
)
select d.id from dossier d join target t on t.agency_id = d.agency_id
where d.finished_at is null and d.status = any($2::int[]) and (exists ({_OWN}) or exists (
    select from linked_work w join target v on v.agency_id = w.agency_id
    where w.dossier_id = d.id and w.left_at is null and exists ({_VISIT})))
order by d.id limit $3
"""  # noqa: S608
_AGENCIES = """
select id, name from agency where valid_from <= $1 and (valid_to is null or valid_to >= $1)
order by name
"""
# Served by calendar_draft_to_apply.
_WAITING = """
select exists (select from calendar_draft where approved_at is not null and recounted_at is null)
"""
# Served by deadline_entry_recounted.
_RECOUNTED = """
with row as (
    select e.dossier_id, e.due_at, e.calendar_version,
      (select b.due_at from deadline_entry b
       where b.dossier_id = e.dossier_id and b.clock = 'whole' and b.seq < e.seq
       order by b.seq desc limit 1) as before
    from deadline_entry e
    where e.kind = 'calendar' and e.clock = 'whole' and e.calendar_version = any($1::int[])
)
"""
_COUNTS = f"""{_RECOUNTED}
select count(*) as recounted, count(*) filter (where due_at <> before) as moved from row
"""  # noqa: S608
_MOVED = f"""{_RECOUNTED}
select d.code, a.name as agency, r.due_at, r.before, r.calendar_version
from row r join dossier d on d.id = r.dossier_id join agency a on a.id = d.agency_id
where r.due_at <> r.before order by d.id limit $2
"""  # noqa: S608


class Done(msgspec.Struct, frozen=True):
    """What an approved draft has come to: dossiers counted anew, those moved, the first of them."""

    recounted: int
    moved: int
    first: list[Moved]


async def agencies() -> list[tuple[UUID, str]]:
    """The agencies of today, whose hours may differ, by name."""
    rows = await db.tenant.fetch(_AGENCIES, today())
    return [(row["id"], row["name"]) for row in rows]


async def drafts() -> list[Draft]:
    """The last fifty, newest first."""
    return [_draft(row) for row in await db.tenant.fetch(_RECENT)]


async def draft_of(draft_id: UUID) -> Draft | None:
    """One draft of this tenant."""
    row = await db.tenant.fetch_row(_ONE, draft_id)
    return _draft(row) if row else None


async def preview(draft: Draft, after: UUID | None = None) -> Preview:
    """What the draft would do to the next open dossiers after one of them. Writes nothing."""
    rows = await db.tenant.fetch(_OPEN, list(OPEN), draft.agency_id, after or _BEGINNING, LOOKED_AT)
    in_force = await calendars_in_force(today())
    made = await tried(draft, in_force)
    ledgers = await ledgers_of([row["id"] for row in rows])
    moved = []
    for row in rows:
        calendar = counted_on(row["agency_id"], draft, in_force, made)
        with suppress(BrokenLedger):  # Such a one is left as it is by the approval as well.
            found = await _move(row, ledgers[row["id"]], calendar) if calendar else None
            moved += [found] if found else []
        await asyncio.sleep(0)  # Counting is work; other requests go on meanwhile.
    return Preview(moved, len(rows), rows[-1]["id"] if len(rows) == LOOKED_AT else None)


async def tried(draft: Draft, in_force: Mapping[UUID | None, int]) -> dict[UUID | None, Calendar]:
    """The calendars the draft would publish, by whose they are; their versions are below nought."""
    return {
        owner: from_document(
            changed(await document_of(version), draft.change, draft.decision),
            version=-number,
            decision=draft.decision,
        )
        for number, (owner, version) in enumerate(bases(draft, in_force).items(), start=1)
    }


async def to_recount(limit: int) -> list[UUID]:
    """Open dossiers with a clock that does not yet run on the calendar in force."""
    rows = await db.tenant.fetch(_TO_RECOUNT, today(), list(OPEN), limit)
    return [row["id"] for row in rows]


async def recount_waits() -> bool:
    """Whether an approved draft is not applied yet."""
    return bool(await db.tenant.fetch_value(_WAITING))


async def done_by(draft: Draft) -> Done:
    """What an approved draft has done so far, read out of the ledger."""
    counts = await db.tenant.fetch_row(_COUNTS, draft.versions)
    rows = await db.tenant.fetch(_MOVED, draft.versions, SHOWN)
    first = [
        _moved(row, row["before"], row["due_at"], await calendar_of(row["calendar_version"]))
        for row in rows
    ]
    assert counts is not None
    return Done(counts["recounted"], counts["moved"], first)


async def _move(row: Any, entries: Sequence[Entry], calendar: Calendar) -> Moved | None:
    whole = of(entries)
    if not whole or whole[-1].kind is Kind.STOP:
        return None
    calendars = {**await calendars_of(whole), calendar.version: calendar}
    change = Entry(kind=Kind.CALENDAR, at=now(), calendar_version=calendar.version)
    after = fold([*whole, change], calendars)
    before = whole[-1].due_at
    if before is None or before == after.due_at:
        return None
    return _moved(row, before, after.due_at, calendar)


def _moved(row: Any, old: datetime, new: datetime, calendar: Calendar) -> Moved:
    return Moved(
        code=row["code"],
        agency=row["agency"],
        old_due_at=old,
        new_due_at=new,
        working_minutes=working_minutes_between(old, new, calendar),
    )


def _draft(row: Any) -> Draft:
    change = msgspec.json.decode(row["change"], type=Change)
    return Draft(**{**dict(row), "change": change})
