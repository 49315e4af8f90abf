"""Starting a dossier's clock (tính thời hạn): the due date and the first row of its ledger."""

from datetime import datetime

import msgspec

from app.onestop.catalog.needs import limit_for
from app.onestop.catalog.shapes import Basis, Limit, Procedure, Unit
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import Due, due_at
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import LimitNeeded
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from app.people.shapes import Actor
from infra.ids import uuid7
from tenants import db

_LONGEST_DAYS = 365
_BY_OFFICER = "Thời hạn do cán bộ tiếp nhận ấn định vì thủ tục chưa công bố thời hạn."

_ENTER = """
insert into deadline_entry (id, dossier_id, kind, at, due_at, amount, unit, basis,
                            calendar_version, explanation, officer_id)
values ($1, $2, 'start', $3, $4, $5, $6, $7, $8, $9::jsonb, $10)
"""


class Clock(msgspec.Struct, frozen=True):
    """A deadline counted but not yet written down."""

    limit: Limit
    due: Due
    calendar_version: int
    published: bool  # the procedure says the limit; otherwise the officer did


async def wind(
    procedure: Procedure,
    channel: str,
    case_id: str | None,
    received_at: datetime,
    working_days: int | None,
) -> Clock:
    """Count the deadline of a dossier received at that moment, by the calendar in force.

    `working_days` is used only where the procedure publishes no limit. Raises LimitNeeded.
    """
    published = limit_for(procedure, KIND_OF_CHANNEL[channel], case_id)
    limit = published or _said_by_officer(working_days)
    calendar = await calendar_in_force()
    due = due_at(received_at, limit.qty, limit.unit, calendar)
    return Clock(limit, due, calendar.version, published is not None)


async def start(officer: Actor, dossier: Dossier, clock: Clock) -> None:
    """Write the ledger's first row; the due date is a fold of these rows."""
    lines = clock.due.lines if clock.published else (_BY_OFFICER, *clock.due.lines)
    await db.tenant.execute(
        _ENTER,
        *(uuid7(), dossier.id, clock.due.start_at, clock.due.at, clock.limit.qty),
        *(clock.limit.unit.value, clock.due.basis, clock.calendar_version),
        *(msgspec.json.encode(lines).decode(), officer.id),
    )


def _said_by_officer(working_days: int | None) -> Limit:
    if working_days is None or not 1 <= working_days <= _LONGEST_DAYS:
        raise LimitNeeded
    return Limit(working_days, Unit.WORKING_DAYS, Basis.LAW)
