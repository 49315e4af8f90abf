"""The clocks of agencies a dossier visits (liên thông): each has its own share of the whole time.

Decree 118/2025/NĐ-CP, Article 19 clause 6. What stops the whole stops them with it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.onestop.deadlines import ledger_service as ledger
from app.onestop.deadlines.clocks import TOGETHER
from app.onestop.deadlines.counting import working_minutes_between
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.shapes import MINUTES, ClockName
from app.onestop.dossiers.models import Dossier, LinkedWork
from app.onestop.workflows.tree import Sub
from app.people.shapes import Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Served by linked_work_open.
_OPEN = """
select id, node, agency_id, partner_id, outcome from linked_work
where dossier_id = $1 and left_at is null order by entered_at, id
"""
_ENDED = """
select id from linked_work
where dossier_id = $1 and node = $2 and left_at is null and outcome = 'ended'
"""
_LEAVE = "update linked_work set left_at = $2 where id = $1"


async def open_visits(dossier_id: UUID) -> list[Any]:
    """Which parts of the workflow the dossier is in: id, node, agency_id or partner_id, outcome."""
    return await db.tenant.fetch(_OPEN, dossier_id)


async def ended_at(dossier_id: UUID, node: str) -> UUID | None:
    """The open visit to another system that ended the work there without a result."""
    found: UUID | None = await db.tenant.fetch_value(_ENDED, dossier_id, node)
    return found


async def enter(
    actor: Actor,
    dossier: Dossier,
    sub: Sub,
    agency_id: UUID | None,
    partner_id: UUID | None = None,
) -> tuple[UUID, datetime]:
    """The agency's clock starts with its share of the whole; without a share, with what is left.

    Another system's share is counted on the calendar of the dossier's own agency. The visit's id,
    and when that clock is over.
    """
    visit_id = uuid7()
    await LinkedWork(
        id=visit_id, dossier_id=dossier.id, node=sub.id, agency_id=agency_id,
        partner_id=partner_id, entered_at=now(),
    ).save()  # fmt: skip
    standing = await ledger.start(
        actor, dossier.id, await _minutes(dossier, sub, agency_id), MINUTES, basis=TOGETHER,
        agency_id=agency_id, clock=ClockName.AGENCY, subject_id=visit_id,
    )  # fmt: skip
    if dossier.pause is not None:
        await ledger.pause(
            actor, dossier.id, dossier.pause, clock=ClockName.AGENCY, subject_id=visit_id
        )
    return visit_id, standing.due_at


async def leave(actor: Actor, dossier_id: UUID, visit_id: UUID, reason: str) -> None:
    """The agency is done with it: its clock stops."""
    await db.tenant.execute(_LEAVE, visit_id, now())
    await ledger.stop(actor, dossier_id, reason, clock=ClockName.AGENCY, subject_id=visit_id)


async def pause(actor: Actor, dossier_id: UUID, reason: str) -> None:
    """Every open visit's clock stands still with the whole."""
    for visit in await open_visits(dossier_id):
        await ledger.pause(
            actor, dossier_id, reason, clock=ClockName.AGENCY, subject_id=visit["id"]
        )


async def resume(actor: Actor, dossier_id: UUID, at: datetime | None = None) -> None:
    """Every open visit's clock goes on with the whole."""
    for visit in await open_visits(dossier_id):
        await ledger.resume(
            actor, dossier_id, at=at, clock=ClockName.AGENCY, subject_id=visit["id"]
        )


async def restart(actor: Actor, dossier_id: UUID) -> None:
    """Every open visit has its time again from zero, as the whole has."""
    for visit in await open_visits(dossier_id):
        await ledger.restart(
            actor, dossier_id, agency_id=visit["agency_id"], clock=ClockName.AGENCY,
            subject_id=visit["id"],
        )  # fmt: skip


async def _minutes(dossier: Dossier, sub: Sub, agency_id: UUID | None) -> int:
    if sub.share and dossier.limit_minutes is not None:
        return int(dossier.limit_minutes) * sub.share // 100
    calendar = await calendar_in_force(agency_id=agency_id or dossier.agency_id)
    return working_minutes_between(now(), max(now(), dossier.due_at), calendar)
