"""Work another system asks of us: it becomes a dossier like any other, received by our desk.

Its citizen is told by the system that asked, never twice; so the dossier has no number to text.
"""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.queries import ProcedureView
from app.onestop.catalog.refusals import NotCompetent
from app.onestop.codes import service as codes
from app.onestop.dossiers import applicants
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status, transition
from app.onestop.dossiers.service import answering, ending, supplements
from app.onestop.dossiers.service.drafts import must_be_competent
from app.onestop.dossiers.service.opening import Case, case_of
from app.onestop.dossiers.service.traces import leave_trace
from app.onestop.dossiers.shapes import Applicant
from app.onestop.exchange.laying import lay_down
from app.onestop.exchange.models import Errand
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.refusals import MessageDiffers, NoSuchPart, WorkUnknown
from app.onestop.exchange.shapes import Request, Supplement, Withdrawal
from app.onestop.forms import cleaning
from app.people.shapes import Actor
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_NO_PROCEDURE = "Hệ thống nhận không có thủ tục mang mã {}."
_NO_AGENCY = "Hệ thống nhận không có cơ quan mang mã {}."
_NOT_COMPETENT = "Cơ quan được chọn bên hệ thống nhận không giải quyết thủ tục này."
_TAKEN_BACK = "Yêu cầu này đã được rút trước khi đến."

_AGENCY = """
select id from agency where key = $1
  and valid_from <= current_date and (valid_to is null or valid_to >= current_date)
"""
_WITHDRAWN = """
select 1 from incoming where partner_id = $1 and work_id = $2 and kind = 'withdrawal'
"""
_MARK = "update errand set withdrawn_at = $2 where dossier_id = $1"


def named(sender: PartnerView) -> Actor:
    """The other system as the trail names it."""
    return Actor(kind="system", name=sender.name)


async def open_work(
    sender: PartnerView, work_id: UUID, asked: Request, objects: Mapping[str, UUID]
) -> Dossier:
    """The request becomes a dossier waiting for reception at the agency asked, once.

    Raises NoSuchPart, MessageDiffers for a second request of the same work.
    """
    if await db.tenant.fetch_value(_WITHDRAWN, sender.id, work_id):
        raise NoSuchPart(_TAKEN_BACK)
    view, agency_id = await _place_for(asked)
    dossier = await _filed(view, agency_id, asked)
    try:
        await _errand(sender, work_id, asked, dossier.id).save()
    except UniqueViolationError:
        raise MessageDiffers from None
    await lay_down(dossier.id, asked.papers, objects, "submitted", sender.name)
    await answering.start(named(sender), dossier)
    await leave_trace(named(sender), dossier, Act.SUBMIT, note=f"Mã bên gửi: {asked.code}")
    return dossier


async def supplement(
    sender: PartnerView, work_id: UUID, said: Supplement, objects: Mapping[str, UUID]
) -> None:
    """Papers we asked for: the dossier goes on if it waits for them. Raises WorkUnknown."""
    case = await _locked(sender, work_id)
    await lay_down(case.dossier.id, said.papers, objects, "submitted", sender.name)
    if case.dossier.status in transition(Act.SUPPLEMENT).starts:
        await supplements.come(named(sender), case, note=said.note)
    else:
        await _note(sender, case, "exchange.more_papers", said.note)


async def withdraw(sender: PartnerView, work_id: UUID, said: Withdrawal) -> None:
    """It is no longer wanted: the dossier ends, unless it is decided. One that never came stays
    away."""
    try:
        case = await _locked(sender, work_id)
    except WorkUnknown:
        return
    await db.tenant.execute(_MARK, case.dossier.id, now())
    row = transition(Act.WITHDRAW)
    if case.dossier.status in row.starts and not case.facts.decided:
        await ending.end(named(sender), Act.WITHDRAW, case, said.reason or "Bên gửi rút yêu cầu.")
    else:
        await _note(sender, case, "exchange.withdrawn", said.reason)


async def _place_for(asked: Request) -> tuple[ProcedureView, UUID]:
    view = await catalog.procedure(asked.procedure)
    if view is None:
        raise NoSuchPart(_NO_PROCEDURE.format(asked.procedure))
    agency_id = await db.tenant.fetch_value(_AGENCY, asked.agency)
    if agency_id is None:
        raise NoSuchPart(_NO_AGENCY.format(asked.agency))
    try:
        await must_be_competent(view.document, agency_id)
    except NotCompetent:
        raise NoSuchPart(_NOT_COMPETENT) from None
    return view, UUID(str(agency_id))


async def _filed(view: ProcedureView, agency_id: UUID, asked: Request) -> Dossier:
    applicant = _applicant(asked.applicant)
    cases = {case.id for case in view.document.cases}
    dossier = Dossier(
        id=uuid7(),
        code=await codes.take_for(agency_id),
        procedure_id=view.id,
        agency_id=agency_id,
        channel="linked",
        case_id=asked.case_id if asked.case_id in cases else None,
        status=Status.REGISTERED.value,
        applicant_name=applicant.full_name,
        applicant=msgspec.json.encode(applicant).decode(),
        answers="{}",
        summary=cleaning.one_line(f"{asked.title}: {asked.summary}")[: applicants.SUMMARY_LENGTH],
        wanted_way="electronic",
        filed_at=now(),
    )
    await dossier.save()
    return dossier


def _applicant(said: Applicant) -> Applicant:
    """As the other system says, within our lengths: it answers for what it says."""
    name = cleaning.one_line(said.full_name)
    if fault := applicants.name_fault(name):
        raise NoSuchPart(fault)
    texts = {
        field: cleaning.one_line(text)[: applicants.ADDRESS_LENGTH] or None
        for field in ("id_number", "phone", "email", "address")
        if (text := getattr(said, field)) is not None
    }
    return Applicant(full_name=name, **texts)


def _errand(sender: PartnerView, work_id: UUID, asked: Request, dossier_id: UUID) -> Errand:
    return Errand(
        dossier_id=dossier_id,
        partner_id=sender.id,
        work_id=work_id,
        their_code=asked.code,
        role=asked.role,
        title=asked.title,
        wanted_by=asked.wanted_by,
        came_at=now(),
    )


async def _locked(sender: PartnerView, work_id: UUID) -> Case:
    errand = (
        await Errand.objects()
        .where((Errand.partner_id == sender.id) & (Errand.work_id == work_id))
        .first()
    )
    if errand is None:
        raise WorkUnknown
    dossier = (
        await Dossier.objects().where(Dossier.id == errand.dossier_id).first().lock_rows("UPDATE")
    )
    assert dossier is not None, "an errand has its dossier by a foreign key"
    return await case_of(dossier)


async def _note(sender: PartnerView, case: Case, act: str, note: str) -> None:
    subject, detail = ("dossier", case.dossier.id), {"code": case.dossier.code, "note": note}
    await record(named(sender), act, subject, detail=detail)
