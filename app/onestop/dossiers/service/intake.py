"""A dossier on paper: filed and received in one act, at the counter or from the post."""

from collections.abc import Sequence
from datetime import timedelta
from typing import get_args
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.queries import ProcedureView
from app.onestop.codes import service as codes
from app.onestop.dossiers import applicants
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import FormUsed, PapersMissing
from app.onestop.dossiers.rules import Act, missing_papers, transition, unknown_slots
from app.onestop.dossiers.service import clock, elsewhere
from app.onestop.dossiers.service.drafts import must_be_a_case, must_be_competent
from app.onestop.dossiers.service.opening import case_of
from app.onestop.dossiers.service.reception import give_receipt
from app.onestop.dossiers.service.steps import enter
from app.onestop.dossiers.service.traces import leave_trace
from app.onestop.dossiers.shapes import (
    KIND_OF_CHANNEL,
    Applicant,
    Intake,
    IntakePaper,
    PaperForm,
    Way,
)
from app.onestop.forms import cleaning
from app.people.shapes import Actor, HeldPost
from app.refusals import Malformed, NotAllowed, NotFound
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Two clicks at once: the second waits here for the first to commit, then finds its dossier.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_ADD_PAPER = """
insert into paper (id, dossier_id, kind, slot, name, form, quantity, added_at, added_by)
values ($1, $2, 'submitted', $3, $4, $5, $6, $7, $8)
"""
_MOST_COPIES = 99


async def intake(officer: Actor, form: Intake) -> Dossier:
    """Receive a paper dossier (tiếp nhận hồ sơ giấy); the same `form.key` gives the same dossier.

    Raises NotAllowed for who holds no reception post, NotFound for an unknown procedure,
    NotCompetent, CaseNeeded, Malformed with the fields to mend, PapersMissing, LimitNeeded, and
    FormUsed when the key's dossier is another person's. What another agency settles
    (`form.competent_id`) is only taken in: its time begins when that agency has it.
    """
    desk = _desk_of(officer, form.agency_id)
    await db.tenant.execute(_ONE_AT_A_TIME, f"intake:{form.key}")
    if (before := await _taken_before(form, desk)) is not None:
        return before
    view = await _procedure_at(form, desk)
    applicant = _checked(form, view)
    dossier = await _filed(form, view, desk, applicant)
    if dossier.desk_agency_id is None:
        await _received(officer, dossier, view, form, desk)
    else:
        await dossier.save()
        await _lay_down(officer, dossier, view, form.papers)
        await elsewhere.taken_in(officer, dossier)
    return dossier


async def _received(
    officer: Actor, dossier: Dossier, view: ProcedureView, form: Intake, desk: HeldPost
) -> None:
    wound = await clock.wind(view.document, dossier, form.working_days)
    await dossier.save()
    await _lay_down(officer, dossier, view, form.papers)
    await enter(await case_of(dossier), desk.id)
    await leave_trace(officer, dossier, Act.INTAKE)
    await give_receipt(officer, dossier, wound)


def _desk_of(officer: Actor, agency_id: UUID | None) -> HeldPost:
    desk = officer.holds("reception", agency_id)
    if desk is None:
        raise NotAllowed
    return desk


async def _taken_before(form: Intake, desk: HeldPost) -> Dossier | None:
    dossier = await Dossier.objects().where(Dossier.intake_key == form.key).first()
    if dossier is None:
        return None
    if (dossier.desk_agency_id or dossier.agency_id) != desk.agency_id:
        raise NotFound
    if dossier.applicant_name != cleaning.one_line(form.full_name):
        raise FormUsed(dossier.code, dossier.applicant_name)
    return dossier


async def _procedure_at(form: Intake, desk: HeldPost) -> ProcedureView:
    view = await catalog.procedure(form.procedure_code)
    if view is None or not view.open:
        raise NotFound("Không tìm thấy thủ tục này. Vui lòng chọn lại trong danh mục.")
    await must_be_competent(view.document, form.competent_id or desk.agency_id)
    must_be_a_case(view.document, form.case_id)
    return view


def _checked(form: Intake, view: ProcedureView) -> Applicant:
    applicant, faults = applicants.from_counter(form)
    if form.channel not in ("counter", "postal"):
        faults["channel"] = "Chọn hồ sơ nộp trực tiếp hoặc qua bưu chính."
    if form.wanted_way not in get_args(Way):
        faults["wanted_way"] = "Chọn cách nhận kết quả trong danh sách."
    if faults:
        raise Malformed(fields=faults)
    kind, slots = KIND_OF_CHANNEL[form.channel], [paper.slot for paper in form.papers]
    strange = unknown_slots(view.document, kind, form.case_id, slots)
    faults = {f"paper.{slot}": "Giấy tờ này không thuộc trường hợp đã chọn." for slot in strange}
    if faults := faults | _paper_faults(form.papers):
        raise Malformed(fields=faults)
    if missing := missing_papers(view.document, kind, form.case_id, slots):
        raise PapersMissing(missing)
    return applicant


def _paper_faults(papers: Sequence[IntakePaper]) -> dict[str, str]:
    faults = {}
    for paper in papers:
        if not 1 <= paper.quantity <= _MOST_COPIES:
            faults[f"paper.{paper.slot}"] = f"Ghi số lượng từ 1 đến {_MOST_COPIES}."
        if paper.form not in get_args(PaperForm):
            faults[f"paper.{paper.slot}"] = "Chọn bản chính, bản sao hoặc bản điện tử."
    return faults


async def _filed(
    form: Intake, view: ProcedureView, desk: HeldPost, applicant: Applicant
) -> Dossier:
    moment, competent = now(), form.competent_id or desk.agency_id
    return Dossier(
        id=uuid7(),
        code=await codes.take_for(desk.agency_id),
        procedure_id=view.id,
        agency_id=competent,
        desk_agency_id=desk.agency_id if competent != desk.agency_id else None,
        channel=form.channel,
        case_id=form.case_id,
        status=transition(Act.INTAKE).end,
        applicant_name=applicant.full_name,
        applicant=msgspec.json.encode(applicant).decode(),
        phone=applicant.phone,
        answers="{}",
        summary=cleaning.one_line(form.summary) or view.document.short_name,
        intake_key=form.key,
        wanted_way=form.wanted_way,
        filed_at=moment,
        received_at=moment,
    )


async def _lay_down(
    officer: Actor, dossier: Dossier, view: ProcedureView, papers: Sequence[IntakePaper]
) -> None:
    # A microsecond apart: lists are sorted by time, and the slip names the papers as laid down.
    names = {paper.id: paper.short for case in view.document.cases for paper in case.papers}
    await db.tenant.execute_many(
        _ADD_PAPER,
        [
            (uuid7(), dossier.id, paper.slot, names[paper.slot], paper.form, paper.quantity,
             dossier.received_at + timedelta(microseconds=place), officer.name)
            for place, paper in enumerate(papers)
        ],
    )  # fmt: skip
