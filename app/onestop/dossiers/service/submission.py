"""Submitting a draft (nộp hồ sơ trực tuyến): the draft becomes a dossier, once."""

from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.queries import ProcedureView
from app.onestop.catalog.shapes import ChannelKind
from app.onestop.codes import service as codes
from app.onestop.dossiers import applicants
from app.onestop.dossiers.models import Dossier, Draft
from app.onestop.dossiers.refusals import PapersMissing
from app.onestop.dossiers.rules import Act, Status, missing_papers
from app.onestop.dossiers.service import answering
from app.onestop.dossiers.service.drafts import (
    answers_of,
    known_way,
    lock_draft,
    must_be_a_case,
    must_be_competent,
    open_procedure,
)
from app.onestop.dossiers.service.traces import leave_trace
from app.onestop.dossiers.shapes import Way
from app.onestop.forms.rules import check
from app.onestop.forms.shapes import Checked, Form
from app.onestop.forms.source import form_named
from app.onestop.notices import service as notices
from app.people.shapes import Actor
from app.refusals import Malformed
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db

# Served by paper_by_draft; a paper counts only once its file is stored.
_SLOTS = """
select distinct slot from paper
where draft_id = $1 and kind = 'submitted' and object_id is not null
"""
_ADOPT = "update paper set dossier_id = $2 where draft_id = $1"


async def submit(citizen: Actor, draft_id: UUID, *, wanted_way: Way | None = None) -> Dossier:
    """File the draft (nộp hồ sơ); the same draft always gives the same dossier.

    The dossier is pinned to the procedure's version in force now, and the applicant frozen as
    declared. Raises NotFound, FilingClosed, NotCompetent, CaseNeeded, Malformed with the form's
    fields, PapersMissing.
    """
    draft = await lock_draft(citizen, draft_id)
    if draft.dossier_id is not None:
        return await _submitted(draft.dossier_id)
    if wanted_way is not None:
        draft.wanted_way = known_way(wanted_way)
    view = await open_procedure((await catalog.document(draft.procedure_id)).code)
    form = form_named(view.document.form)
    checked = await _judged(draft, view, form)
    dossier = await _file(citizen, draft, view, form, checked)
    await db.tenant.execute(_ADOPT, draft.id, dossier.id)
    await db.tenant.execute("update draft set dossier_id = $2 where id = $1", draft.id, dossier.id)
    await answering.start(citizen, dossier)
    await leave_trace(citizen, dossier, Act.SUBMIT)
    await notices.notify(dossier, "NOP_TRUC_TUYEN")
    return dossier


async def _submitted(dossier_id: UUID) -> Dossier:
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first()
    assert dossier is not None, "a draft points at its dossier by a foreign key"
    return dossier


async def _judged(draft: Draft, view: ProcedureView, form: Form) -> Checked:
    must_be_a_case(view.document, draft.case_id)
    await must_be_competent(view.document, draft.agency_id)
    checked = check(form, answers_of(draft), today=today())
    if not checked.ok:
        raise Malformed(fields=checked.errors)
    slots = {row["slot"] for row in await db.tenant.fetch(_SLOTS, draft.id)}
    if missing := missing_papers(view.document, ChannelKind.ONLINE, draft.case_id, slots):
        raise PapersMissing(missing)
    return checked


async def _file(
    citizen: Actor, draft: Draft, view: ProcedureView, form: Form, checked: Checked
) -> Dossier:
    applicant = applicants.from_form(form, checked)
    dossier = Dossier(
        id=uuid7(),
        code=await codes.take_for(draft.agency_id),
        procedure_id=view.id,
        agency_id=draft.agency_id,
        channel="online",
        case_id=draft.case_id,
        status=Status.REGISTERED.value,
        citizen_id=citizen.id,
        applicant_name=applicant.full_name,
        applicant=msgspec.json.encode(applicant).decode(),
        phone=applicant.phone,
        answers=msgspec.json.encode(checked.values).decode(),
        summary=applicants.summary(view.document.short_name, form, checked),
        wanted_way=draft.wanted_way,
        filed_at=now(),
    )
    await dossier.save()
    return dossier
