"""Work that another system began goes on here: its clock, its step, whose turn it is."""

from uuid import UUID

from app.coming_in.shapes import DossierIn
from app.coming_in.world import KnownProcedure, place
from app.onestop.deadlines import ledger_service as ledger
from app.onestop.deadlines.counting import working_minutes_between
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import start_at
from app.onestop.deadlines.shapes import MINUTES
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.service import answering, clock
from app.onestop.dossiers.service.opening import case_of
from app.onestop.dossiers.service.tasks import enter
from app.onestop.dossiers.standing import text_of
from app.people.shapes import Actor


async def open_here(
    actor: Actor, source_name: str, dossier_id: UUID, found: DossierIn, procedure: KnownProcedure
) -> None:
    """Let the dossier wait for reception, or stand at its step with the deadline it was promised.

    A promised moment outside of office hours is counted to the nearest one within. Raises
    NobodyThere, LimitNeeded, BadCalendar.
    """
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first()
    assert dossier is not None, "it was written in this transaction"
    if found.status == 1:
        await answering.start(actor, dossier)
        return
    await _wind(actor, source_name, dossier, found, procedure)
    run = place(procedure.tree, found.at)
    assert run is not None, "rows without a step were refused"
    dossier.run, dossier.workflow_id = text_of(run), procedure.workflow_id
    await dossier.save()
    await enter(await case_of(dossier), run)


async def _wind(
    actor: Actor, source_name: str, dossier: Dossier, found: DossierIn, procedure: KnownProcedure
) -> None:
    if found.due_at is None:
        await clock.start(actor, dossier, await clock.wind(procedure.document, dossier, None))
        return
    calendar = await calendar_in_force(agency_id=dossier.agency_id)
    since = start_at(found.received_at or found.filed_at, calendar)
    minutes = max(1, working_minutes_between(since, found.due_at, calendar))
    standing = await ledger.start(
        actor, dossier.id, minutes, MINUTES, at=found.received_at, agency_id=dossier.agency_id,
        note=f"Thời hạn do {source_name} đã hẹn trước khi chuyển hồ sơ.",
    )  # fmt: skip
    dossier.due_at, dossier.limit_minutes = standing.due_at, minutes
