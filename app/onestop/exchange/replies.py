"""What the other system says to work we sent there: it has it, wants papers, is done."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.service import far, waiting
from app.onestop.exchange.laying import lay_down
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.refusals import WorkUnknown
from app.onestop.exchange.shapes import Acceptance, Answer, Question
from app.people.shapes import Actor
from app.trail.service import record
from tenants import db

_WORK = """
select id, dossier_id, node, left_at from linked_work where id = $1 and partner_id = $2
"""
_SET = """
update linked_work set their_code = $2, outcome = $3, outcome_note = $4 where id = $1
"""


async def accepted(sender: PartnerView, work_id: UUID, said: Acceptance) -> None:
    """They have received it. Raises WorkUnknown."""
    work, dossier = await _locked(sender, work_id)
    await db.tenant.execute(_SET, work_id, said.code, "accepted", None)
    await _tell(sender, dossier, work, "accepted", f"{sender.name} đã tiếp nhận")


async def questioned(sender: PartnerView, work_id: UUID, said: Question) -> None:
    """Papers are wanting there; our officers ask the citizen, or send what they have.

    Raises WorkUnknown.
    """
    work, dossier = await _locked(sender, work_id)
    wanted = "; ".join((*said.items, said.note)).strip("; ")
    await db.tenant.execute(_SET, work_id, said.code, "asked", wanted)
    await _tell(sender, dossier, work, "asked", f"{sender.name} yêu cầu bổ sung")


async def answered(
    sender: PartnerView, work_id: UUID, said: Answer, objects: Mapping[str, UUID]
) -> None:
    """They are done: with results the workflow goes on, without it waits for our officers.

    Raises WorkUnknown, NobodyThere.
    """
    work, dossier = await _locked(sender, work_id)
    await lay_down(dossier.id, said.papers, objects, "answer", sender.name)
    outcome = "finished" if said.finished else "ended"
    why = ": ".join(part for part in (said.status, said.note) if part)
    await db.tenant.execute(_SET, work_id, said.code, outcome, why)
    title = f"{sender.name}: {said.status}"
    await _tell(sender, dossier, work, outcome, title)
    if said.finished and work["left_at"] is None:
        await far.done(_named(sender), dossier, work["node"])


async def _locked(sender: PartnerView, work_id: UUID) -> tuple[Any, Dossier]:
    """The work, behind its dossier's lock."""
    row = await db.tenant.fetch_row(_WORK, work_id, sender.id)
    if row is None:
        raise WorkUnknown
    named = Dossier.id == row["dossier_id"]
    dossier = await Dossier.objects().where(named).first().lock_rows("UPDATE")
    assert dossier is not None, "work belongs to its dossier by a foreign key"
    return await db.tenant.fetch_row(_WORK, work_id, sender.id), dossier


async def _tell(sender: PartnerView, dossier: Dossier, work: Any, outcome: str, title: str) -> None:
    """The citizen's progress and the trail."""
    if work["left_at"] is None:
        await waiting.add_progress(dossier, "exchange", work["node"], title)
    await record(
        _named(sender),
        f"exchange.{outcome}",
        ("dossier", dossier.id),
        detail={"code": dossier.code, "step": work["node"], "work": work["id"]},
    )


def _named(sender: PartnerView) -> Actor:
    return Actor(kind="system", name=sender.name)
