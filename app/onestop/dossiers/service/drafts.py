"""Writing a declaration (bản nháp hồ sơ) over days and devices, until it is submitted."""

from collections.abc import Mapping
from typing import cast, get_args
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.needs import choosable_cases
from app.onestop.catalog.queries import ProcedureView
from app.onestop.catalog.refusals import FilingClosed, NotCompetent
from app.onestop.catalog.shapes import Procedure
from app.onestop.dossiers.models import Draft
from app.onestop.dossiers.refusals import AlreadySubmitted, CaseNeeded
from app.onestop.dossiers.shapes import Way
from app.onestop.forms import cleaning
from app.onestop.forms.identity import phone_words
from app.onestop.forms.rules import check, fields_of
from app.onestop.forms.shapes import Checked, Form
from app.onestop.forms.source import form_named
from app.people.queries import citizen as citizen_by_id
from app.people.shapes import Actor, Citizen
from app.refusals import Malformed, NotFound
from app.trail.service import record
from infra.clock import now, today
from infra.ids import uuid7
from storage import uploads
from tenants import db

# Far above every field's own limit, far below what would burden a row.
_LONGEST_ANSWER = 5000

# Served by draft_open.
_OPEN = """
select d.id from draft d join procedure p on p.id = d.procedure_id
where d.citizen_id = $1 and p.code = $2 and d.dossier_id is null
order by d.saved_at desc limit 1
"""
_START = """
insert into draft (id, citizen_id, procedure_id, agency_id, case_id, wanted_way, answers,
                   created_at, saved_at)
values ($1, $2, $3, $4, $5, 'electronic', $6::jsonb, $7, $7)
on conflict (citizen_id, procedure_id) where dossier_id is null do nothing
"""


async def start_draft(
    citizen: Actor, code: str, agency_id: UUID, case_id: str | None = None
) -> Draft:
    """The citizen's open draft of the procedure, begun now if there was none.

    One procedure has one open draft, so nobody fills the same form twice; agency and case become
    those chosen now. Raises FilingClosed, NotCompetent, CaseNeeded, NotFound.
    """
    view = await open_procedure(code)
    await must_be_competent(view.document, agency_id)
    must_be_a_case(view.document, case_id)
    person = await _person(citizen)
    found = await db.tenant.fetch_value(_OPEN, person.id, code)
    if found is None:
        answers = msgspec.json.encode(_prefilled(form_named(view.document.form), person)).decode()
        await db.tenant.execute(
            _START, *(uuid7(), person.id, view.id, agency_id, case_id, answers, now())
        )
        found = await db.tenant.fetch_value(_OPEN, person.id, code)
    draft = await lock_draft(citizen, found)
    draft.procedure_id, draft.agency_id, draft.case_id = view.id, agency_id, case_id
    await draft.save(columns=[Draft.procedure_id, Draft.agency_id, Draft.case_id])
    return draft


async def save_draft(
    citizen: Actor,
    draft_id: UUID,
    answers: Mapping[str, str],
    *,
    page: str | None = None,
    wanted_way: Way | None = None,
) -> Checked:
    """Keep what was typed (lưu bản nháp), right or wrong, and say what is wrong.

    Only the form's own fields are kept; with `page` only that page is judged. Raises NotFound,
    AlreadySubmitted, and Malformed for an unknown way of giving the result back.
    """
    draft = await lock_draft(citizen, draft_id)
    if draft.dossier_id is not None:
        raise AlreadySubmitted
    form = form_named((await catalog.document(draft.procedure_id)).form)
    known = fields_of(form)
    kept = {**answers_of(draft), **{k: _typed(v) for k, v in answers.items() if k in known}}
    draft.answers, draft.saved_at = msgspec.json.encode(kept).decode(), now()
    if wanted_way is not None:
        draft.wanted_way = known_way(wanted_way)
    await draft.save(columns=[Draft.answers, Draft.saved_at, Draft.wanted_way])
    return check(form, kept, today=today(), page=page)


async def discard_draft(citizen: Actor, draft_id: UUID) -> None:
    """Throw an open draft away (bỏ bản nháp); its files are swept like any that nobody attached.

    Raises NotFound, AlreadySubmitted.
    """
    draft = await lock_draft(citizen, draft_id)
    if draft.dossier_id is not None:
        raise AlreadySubmitted
    await db.tenant.execute("delete from paper where draft_id = $1", draft.id)
    await db.tenant.execute("delete from draft where id = $1", draft.id)
    await uploads.forsake(f"draft:{draft.id}")
    await record(citizen, "draft.discard", ("draft", draft.id))


async def lock_draft(citizen: Actor, draft_id: UUID) -> Draft:
    """The citizen's own draft, locked until the work ends. Raises NotFound."""
    if citizen.kind != "citizen":
        raise NotFound
    draft: Draft | None = await (
        Draft.objects()
        .where((Draft.id == draft_id) & (Draft.citizen_id == citizen.id))
        .first()
        .lock_rows("UPDATE")
    )
    if draft is None:
        raise NotFound
    return draft


async def open_procedure(code: str) -> ProcedureView:
    """The procedure, if citizens may file it online here today. Raises NotFound, FilingClosed."""
    view = await catalog.procedure(code)
    if view is None or not view.open:
        raise NotFound
    if view.filing != "local":
        raise FilingClosed
    return view


def known_way(way: str) -> Way:
    """One of the ways of giving the result back. Raises Malformed."""
    if way not in get_args(Way):
        raise Malformed(fields={"wanted_way": "Chọn cách nhận kết quả trong danh sách."})
    return cast(Way, way)


def answers_of(draft: Draft) -> dict[str, str]:
    """What has been typed so far, by field id."""
    return msgspec.json.decode(draft.answers, type=dict[str, str])


def must_be_a_case(procedure: Procedure, case_id: str | None) -> None:
    """Where there are cases (trường hợp) to choose among, one is chosen. Raises CaseNeeded."""
    cases = {case.id for case in choosable_cases(procedure)}
    if (case_id not in cases) if cases else case_id is not None:
        raise CaseNeeded


async def must_be_competent(procedure: Procedure, agency_id: UUID) -> None:
    """The agency settles this procedure. Raises NotCompetent."""
    if agency_id not in {agency.id for agency in await catalog.agencies_for(procedure)}:
        raise NotCompetent


async def _person(citizen: Actor) -> Citizen:
    person = await citizen_by_id(citizen.id) if citizen.kind == "citizen" and citizen.id else None
    if person is None:
        raise NotFound
    return person


def _prefilled(form: Form, person: Citizen) -> dict[str, str]:
    born = person.birth_on.strftime("%d/%m/%Y") if person.birth_on else None
    known = {
        "name": person.full_name, "id_number": person.id_number,
        "phone": phone_words(person.phone) if person.phone else None,
        "email": person.email, "born_on": born,
    }  # fmt: skip
    filled = {name: known.get(field.prefill) for name, field in fields_of(form).items()}
    return {name: value for name, value in filled.items() if value}


def _typed(value: str) -> str:
    # Control characters would break the row; everything else stays as it was typed.
    return cleaning.many_lines(value[:_LONGEST_ANSWER])
