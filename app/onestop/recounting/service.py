"""The verbs of a changed calendar: draft it, discard it, approve it, apply it to one dossier."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.deadlines import ledger_service as clocks
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.ledger import standings
from app.onestop.deadlines.queries import (
    calendar_in_force,
    calendars_in_force,
    calendars_of,
    document_of,
    entries_of,
)
from app.onestop.deadlines.service import publish
from app.onestop.deadlines.shapes import ClockName, Standing
from app.onestop.dossiers.service.clock import shift_tasks
from app.onestop.forms import cleaning
from app.onestop.notices import service as notices
from app.onestop.recounting.models import CalendarDraft
from app.onestop.recounting.queries import draft_of
from app.onestop.recounting.refusals import DraftClosed, DraftStale, NoSuchDraft
from app.onestop.recounting.rules import DECISION_LENGTH, bases, changed, countable, faults
from app.onestop.recounting.shapes import Change, Draft
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed
from app.trail.service import record
from infra import bell
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db
from tenants.current import current
from tenants.work import after_commit

JOB = "recount_dossiers"
# Whoever was received while the approval was on its way has committed by then.
SETTLED_AFTER = timedelta(minutes=2)

_LOCK_DRAFT = "select 1 from calendar_draft where id = $1 for update"
# One approval after the other: each must see the calendar the one before has published.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('work_calendar', 0))"
_APPROVE = """
update calendar_draft set approved_at = $2, approved_by = $3, versions = $4 where id = $1
"""
_LOCK_DOSSIER = "select id, code, agency_id, due_at from dossier where id = $1 for update"
# Served by linked_work_by_dossier.
_VISITS = "select id, agency_id from linked_work where dossier_id = $1 and left_at is null"
_APPLIED = """
update calendar_draft set recounted_at = $1
where approved_at <= $2 and recounted_at is null returning id
"""


class _Known(msgspec.Struct, frozen=True):
    """What notices need of a dossier."""

    id: UUID


async def draft(
    officer: Actor, change: Change, decision: str, agency_id: UUID | None = None
) -> UUID:
    """Draft a changed calendar (dự thảo); nothing moves yet. The draft's id.

    Raises Malformed with the fields to mend, BadCalendar when the tenant has no calendar.
    """
    said = cleaning.one_line(decision)
    await _must_exist(agency_id)
    calendar = await calendar_in_force(agency_id=agency_id)
    wrong = faults(change, calendar, today()) | _decision_faults(said)
    if not wrong and (why := countable(await document_of(calendar.version), change)):
        wrong = {"morning": why}
    if wrong:
        raise Malformed(fields=wrong)
    draft_id = uuid7()
    await CalendarDraft(
        id=draft_id,
        agency_id=agency_id,
        change=msgspec.json.encode(change).decode(),
        decision=said,
        drafted_at=now(),
        drafted_by=officer.id,
        versions=[],
    ).save()
    await record(officer, "calendar.draft", ("calendar_draft", draft_id), basis=said)
    return draft_id


async def discard(officer: Actor, draft_id: UUID) -> None:
    """Let a draft go (hủy dự thảo). Raises NoSuchDraft, DraftClosed."""
    found = await _open(draft_id)
    await db.tenant.execute(
        "update calendar_draft set discarded_at = $2 where id = $1", draft_id, now()
    )
    await record(officer, "calendar.discard", ("calendar_draft", draft_id), basis=found.decision)


async def approve(officer: Actor, draft_id: UUID) -> list[int]:
    """Publish the changed calendars; open dossiers are counted anew by the job that is rung for.

    The versions published. Raises NoSuchDraft, DraftClosed, DraftStale.
    """
    await db.tenant.execute(_ONE_AT_A_TIME)
    found = await _open(draft_id)
    calendar = await calendar_in_force(agency_id=found.agency_id)
    if faults(found.change, calendar, today()):
        raise DraftStale
    versions = await _publish(officer, found)
    await db.tenant.execute(_APPROVE, draft_id, now(), officer.id, versions)
    await record(
        officer,
        "calendar.approve",
        ("calendar_draft", draft_id),
        detail={"versions": versions},
        basis=found.decision,
    )
    await after_commit(partial(bell.ring, JOB, current().slug))
    return versions


async def recount(dossier_id: UUID) -> bool:
    """Count one dossier's clocks on the calendar in force; whether its deadline moved.

    Its own two by its agency's calendar, those of agencies it visits by theirs. Running it again
    changes nothing. Raises BrokenLedger.
    """
    dossier = await db.tenant.fetch_row(_LOCK_DOSSIER, dossier_id)
    assert dossier is not None
    visits = {row["id"]: row["agency_id"] for row in await db.tenant.fetch(_VISITS, dossier_id)}
    agencies = {None: dossier["agency_id"], **visits}
    entries = await entries_of(dossier_id)
    moved = False
    for standing in standings(entries, await calendars_of(entries)):
        if standing.stopped_at is None and standing.subject_id in agencies:
            calendar = await calendar_in_force(agency_id=agencies[standing.subject_id])
            moved |= await _counted_on(dossier, standing, calendar)
    return moved


async def settle() -> bool:
    """Note that approved drafts are applied, once nobody can be counting on an old calendar."""
    moment = now()
    return bool(await db.tenant.fetch(_APPLIED, moment, moment - SETTLED_AFTER))


async def _must_exist(agency_id: UUID | None) -> None:
    known = agency_id is None or await db.tenant.fetch_value(
        "select 1 from agency where id = $1", agency_id
    )
    if not known:
        raise Malformed(fields={"agency_id": "Chọn cơ quan trong danh sách."})


async def _open(draft_id: UUID) -> Draft:
    await db.tenant.execute(_LOCK_DRAFT, draft_id)
    found = await draft_of(draft_id)
    if found is None:
        raise NoSuchDraft
    if not found.open:
        raise DraftClosed
    return found


async def _publish(officer: Actor, found: Draft) -> list[int]:
    versions = []
    for owner, version in bases(found, await calendars_in_force(today())).items():
        document = changed(await document_of(version), found.change, found.decision)
        made = await publish(
            officer, document, valid_from=today(), decision=found.decision, agency_id=owner
        )
        versions.append(made.version)
    return versions


async def _counted_on(dossier: Any, standing: Standing, calendar: Calendar) -> bool:
    """Whether the promise to the citizen moved; the desk's and other agencies' time moves as
    well, and only the trail tells of it."""
    if standing.calendar_version == calendar.version:
        return False
    after = await clocks.recount(
        SYSTEM, dossier["id"], standing, calendar.version, decision=calendar.decision
    )
    before = standing.due_at
    if standing.clock is ClockName.WHOLE:
        before = dossier["due_at"]
    if after.due_at == before:
        return False
    await _record(dossier, standing.clock, before, after.due_at, calendar)
    if standing.clock is not ClockName.WHOLE:
        return False
    await _move(dossier, after.due_at, calendar)
    return True


async def _move(dossier: Any, due_at: datetime, calendar: Calendar) -> None:
    before = dossier["due_at"]
    await db.tenant.execute("update dossier set due_at = $2 where id = $1", dossier["id"], due_at)
    await shift_tasks(dossier["id"], before, due_at, calendar)
    await notices.notify(_Known(dossier["id"]), "DOI_LICH", occasion=f"lich-{calendar.version}")


async def _record(
    dossier: Any, clock: ClockName, before: datetime, after: datetime, calendar: Calendar
) -> None:
    await record(
        SYSTEM,
        "dossier.recount",
        ("dossier", dossier["id"]),
        detail={
            "code": dossier["code"], "clock": clock.value, "old_due_at": before,
            "new_due_at": after, "calendar_version": calendar.version,
        },
        basis=calendar.decision,
    )  # fmt: skip


def _decision_faults(said: str) -> dict[str, str]:
    if not said:
        return {"decision": "Ghi số, ngày của quyết định hoặc văn bản thông báo."}
    if len(said) > DECISION_LENGTH:
        return {"decision": f"Rút gọn còn tối đa {DECISION_LENGTH} ký tự."}
    return {}
