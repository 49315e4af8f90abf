"""What we tell another system of work we want done there (yêu cầu liên thông)."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.service.opening import Case
from app.onestop.dossiers.shapes import Applicant
from app.onestop.exchange import outbox
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.shapes import Request, Supplement, Withdrawal
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.tree import Sub
from tenants import db

_GIVEN = ("submitted", "answer")
_TAKEN_BACK = "Cơ quan gửi không cần kết quả của phần việc này nữa."

# Served by linked_work_open.
_ASKED = """
select w.id, w.partner_id,
       (select max(taken_at) from incoming i where i.work_id = w.id and i.kind = 'question') as at
from linked_work w where w.dossier_id = $1 and w.left_at is null and w.outcome = 'asked'
"""
_SENT = "update linked_work set outcome = 'accepted', outcome_note = null where id = $1"


async def ask(
    case: Case, sub: Sub, partner: PartnerView, work_id: UUID, wanted_by: datetime
) -> None:
    """Ask the partner's agency for the part, with every paper of the dossier."""
    assert isinstance(sub.agency, ByKey), "a part of another system names its agency by key"
    dossier = case.dossier
    request = Request(
        procedure=sub.procedure or case.procedure.code,
        agency=sub.agency.key,
        code=dossier.code,
        title=sub.name,
        role=sub.role.value,
        applicant=msgspec.json.decode(dossier.applicant, type=Applicant),
        summary=dossier.summary,
        case_id=dossier.case_id if sub.procedure is None else None,
        wanted_by=wanted_by,
        papers=await outbox.papers(dossier.id, _GIVEN),
    )
    await outbox.put(partner.id, work_id, dossier.id, request)


async def send_papers(dossier: Dossier, note: str | None = None) -> int:
    """Papers have come that other systems had asked for: they go there; to how many of them."""
    asked = await db.tenant.fetch(_ASKED, dossier.id)
    for row in asked:
        papers = await outbox.papers(dossier.id, _GIVEN, row["at"])
        said = Supplement(note=note or "", papers=papers)
        await outbox.put(row["partner_id"], row["id"], dossier.id, said)
        await db.tenant.execute(_SENT, row["id"])
    return len(asked)


async def take_back(dossier: Dossier, partner_id: UUID, work_id: UUID) -> None:
    """The part is no longer wanted there; what never went out is only dropped."""
    if not await outbox.drop_unsent(partner_id, work_id):
        said = Withdrawal(reason=_TAKEN_BACK)
        await outbox.put(partner_id, work_id, dossier.id, said)
