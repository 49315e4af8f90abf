"""A dossier's clock (thời hạn giải quyết): the ledger, copied to dossier and tasks."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from app.onestop.catalog.needs import limit_for
from app.onestop.catalog.shapes import Basis, Limit, Procedure, Unit
from app.onestop.deadlines import clocks
from app.onestop.deadlines import ledger_service as ledger
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.counting import (
    add_working_time,
    working_minutes_between,
    working_time_between,
)
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import Due, due_at
from app.onestop.deadlines.shapes import ClockName, Standing
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import LimitNeeded, NotLater
from app.onestop.dossiers.service import visits
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from app.onestop.workflows.running import Active
from app.onestop.workflows.tree import Wait
from app.people.shapes import Actor
from infra.clock import now
from tenants import db

_LONGEST_DAYS = 365
_BY_OFFICER = "Thời hạn do cán bộ tiếp nhận ấn định vì thủ tục chưa công bố thời hạn."
_ELSEWHERE = (
    "Hồ sơ được tiếp nhận tại cơ quan khác nên thời hạn tính từ khi cơ quan có thẩm quyền nhận "
    "được hồ sơ."
)
# Served by task_by_dossier. What merely passes with time does not pass more slowly.
_OPEN = """
select id, due_at from task
where dossier_id = $1 and state = 'open' and due_at is not null and kind <> 'wait'
"""
# Served by task_open.
_UNANSWERED = """
select id from task where dossier_id = $1 and state = 'open' and kind = 'opinion' order by id
"""


class Clock(msgspec.Struct, frozen=True):
    """A deadline counted but not yet written down; `minutes` is the whole in worked minutes."""

    since: datetime
    limit: Limit
    due: Due
    minutes: int
    published: bool  # the procedure says the limit; otherwise the officer did


async def wind(procedure: Procedure, dossier: Dossier, working_days: int | None) -> Clock:
    """Count the deadline of a dossier its agency has received, by that agency's calendar in force.

    `working_days` is used only where the procedure publishes no limit. Raises LimitNeeded.
    """
    published = limit_for(procedure, KIND_OF_CHANNEL[dossier.channel], dossier.case_id)
    limit = published or _said_by_officer(working_days)
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    since = clocks.counts_from(
        dossier.received_at,
        dossier.competent_received_at,
        elsewhere=dossier.desk_agency_id is not None,
    )
    assert since is not None, "what is on its way is not counted"
    due = due_at(since, limit.qty, limit.unit, calendar)
    minutes = working_minutes_between(due.start_at, due.at, calendar)
    dossier.due_at, dossier.limit_minutes = due.at, minutes
    return Clock(since, limit, due, minutes, published is not None)


async def start(officer: Actor, dossier: Dossier, clock: Clock) -> None:
    """Write the ledger's first row; the due date is a fold of these rows."""
    elsewhere = dossier.desk_agency_id is not None
    said = [_ELSEWHERE] * elsewhere + [_BY_OFFICER] * (not clock.published)
    await ledger.start(
        officer,
        dossier.id,
        clock.limit.qty,
        clock.limit.unit,
        at=clock.since,
        basis=clocks.ELSEWHERE if elsewhere else clock.due.basis,
        note=" ".join(said) or None,
        agency_id=dossier.agency_id,
    )


async def pause(officer: Actor, dossier: Dossier, reason: str) -> None:
    """The time is not counted from now on, for a reason of the law; nor is that of the agencies
    the work lies with."""
    await ledger.pause(officer, dossier.id, reason)
    await visits.pause(officer, dossier.id, reason)


async def resume(officer: Actor, dossier: Dossier, at: datetime | None = None) -> None:
    """The time is counted on; the deadline and the open steps move by what was not counted.

    `at`: since when, where that is known better than by the present moment.
    """
    await _moved(dossier, await ledger.resume(officer, dossier.id, at=at))
    await visits.resume(officer, dossier.id, at)


async def restart(actor: Actor, dossier: Dossier) -> None:
    """The time is counted from zero; open steps get as much more as the whole does."""
    await _moved(dossier, await ledger.restart(actor, dossier.id, agency_id=dossier.agency_id))
    await visits.restart(actor, dossier.id)


async def extend(officer: Actor, dossier: Dossier, until: datetime, why: str) -> None:
    """The appointment is put off to the end of the office hours of that day. Raises NotLater."""
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    day = until.date()
    if not calendar.is_working_day(day) or calendar.closes(day) <= dossier.due_at:
        raise NotLater
    await _moved(dossier, await ledger.extend(officer, dossier.id, calendar.closes(day), note=why))


async def stop(actor: Actor, dossier: Dossier, reason: str) -> None:
    """The clock ends with the dossier, and so do those of opinions nobody waits for any more."""
    await ledger.stop(actor, dossier.id, reason)
    for task in await db.tenant.fetch(_UNANSWERED, dossier.id):
        await ledger.stop(actor, dossier.id, reason, clock=ClockName.OPINION, subject_id=task["id"])


async def step_due(dossier: Dossier, one: Active, *, last: bool) -> datetime | None:
    """When a step that begins now is due: its share of the whole, never later than the whole.

    None for what is awaited without a limit.
    """
    if isinstance(one.node, Wait):
        return await _wait_due(dossier, one.node.limit)
    whole, share = dossier.due_at, one.node.share
    if last or not share or dossier.limit_minutes is None:
        return whole
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    return clocks.step_due(dossier.limit_minutes, share, whole, calendar, now())


async def shift_tasks(
    dossier_id: UUID, before: datetime, after: datetime, calendar: Calendar
) -> None:
    """Move the open steps by the worked time the whole deadline has moved."""
    by = working_time_between(before, after, calendar)
    for task in await db.tenant.fetch(_OPEN, dossier_id):
        moved = _shifted(task["due_at"], by, calendar) if task["due_at"] != before else after
        await db.tenant.execute("update task set due_at = $2 where id = $1", task["id"], moved)


def _shifted(due: datetime, by: timedelta, calendar: Calendar) -> datetime:
    return add_working_time(due, by, calendar) if by > timedelta() else due


async def _moved(dossier: Dossier, standing: Standing) -> None:
    before, dossier.due_at = dossier.due_at, standing.due_at
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    await shift_tasks(dossier.id, before, standing.due_at, calendar)


async def _wait_due(dossier: Dossier, limit: Limit | None) -> datetime | None:
    if limit is None:
        return None
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    return due_at(now(), limit.qty, limit.unit, calendar).at


def _said_by_officer(working_days: int | None) -> Limit:
    if working_days is None or not 1 <= working_days <= _LONGEST_DAYS:
        raise LimitNeeded
    return Limit(working_days, Unit.WORKING_DAYS, Basis.LAW)
