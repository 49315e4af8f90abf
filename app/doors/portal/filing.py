"""Filing online: begin or go on, the form page by page, look it over, submit."""

from typing import Annotated, Any, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.portal.form_view import asked_pages, page_view, typed_answers
from app.doors.portal.review import review_view
from app.doors.portal.shown import procedure_view
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor, citizen_only
from app.onestop.catalog import queries as catalog
from app.onestop.catalog.needs import choosable_cases
from app.onestop.dossiers.queries.drafts import DraftView, draft, open_drafts
from app.onestop.dossiers.service.drafts import (
    discard_draft,
    open_procedure,
    save_draft,
    start_draft,
)
from app.onestop.dossiers.service.submission import submit
from app.onestop.dossiers.shapes import WAY_NAMES, Way
from app.onestop.forms.rules import check
from app.onestop.forms.shapes import Checked
from app.refusals import Malformed, Refusal
from infra.clock import today
from tenants.work import work

PageName = Annotated[str, QueryParameter(name="trang", max_length=40)]
_UNJUDGED = Checked(values={}, errors={}, warnings={})


@get("/nop-ho-so/{code:str}", guards=[citizen_only])
async def begin(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """Choose the agency and the case, or go on with the draft there is."""
    return await _begin_page(request, code)


@post("/nop-ho-so/{code:str}", guards=[citizen_only])
async def start(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Begin the draft and open its first page."""
    sent = await texts(request)
    try:
        agency = UUID(sent.get("agency_id", ""))
    except ValueError:
        fault = Malformed(fields={"agency_id": "Chọn cơ quan giải quyết hồ sơ của ông/bà."})
        return await _begin_page(request, code, fault, sent)
    try:
        begun = await start_draft(await actor(request), code, agency, sent.get("case_id") or None)
    except Malformed as fault:
        return await _begin_page(request, code, fault, sent)
    return Redirect(f"/ban-nhap/{begun.id}", status_code=303)


@get("/ban-nhap/{draft_id:uuid}", guards=[citizen_only])
async def show_form(
    request: Asked, draft_id: FromPath[UUID], at: PageName = ""
) -> Response[bytes] | Redirect:
    """One page of the form, as it was left."""
    shown = await draft(await actor(request), draft_id)
    if shown.dossier_code:
        return Redirect(f"/da-nop/{shown.dossier_code}", status_code=303)
    return _form_page(shown, at, shown.answers, _UNJUDGED)


@post("/ban-nhap/{draft_id:uuid}", guards=[citizen_only], opt={"own_work": True})
async def save_form(
    request: Asked, draft_id: FromPath[UUID], at: PageName = ""
) -> Response[bytes] | Redirect:
    """Keep the page, right or wrong; go on when it is right."""
    citizen, sent = await actor(request), await texts(request)
    before = await draft(citizen, draft_id)
    typed = typed_answers(before.form, at, sent)
    # Its own unit: what was typed is kept although the answer may be a 422.
    async with work():
        judged = await save_draft(citizen, draft_id, typed, page=at or before.form.pages[0].id)
    saved = await draft(citizen, draft_id)
    if "xem" in sent:
        return _form_part(saved, at, judged if "da_kiem" in sent else _UNJUDGED)
    if "luu" in sent:
        return Redirect("/ho-so-cua-toi", status_code=303)
    if judged.errors:
        return _form_page(saved, at, saved.answers, judged)
    return Redirect(_after(saved, at), status_code=303)


@get("/ban-nhap/{draft_id:uuid}/kiem-tra", guards=[citizen_only])
async def look_over(request: Asked, draft_id: FromPath[UUID]) -> Response[bytes] | Redirect:
    """Everything that will be submitted, with a way back to each part."""
    shown = await draft(await actor(request), draft_id)
    if shown.dossier_code:
        return Redirect(f"/da-nop/{shown.dossier_code}", status_code=303)
    return await _review_page(shown)


@post("/ban-nhap/{draft_id:uuid}/nop", guards=[citizen_only])
async def send(request: Asked, draft_id: FromPath[UUID]) -> Response[bytes] | Redirect:
    """Submit; pressing twice gives the same dossier."""
    citizen, sent = await actor(request), await texts(request)
    shown = await draft(citizen, draft_id)
    try:
        way = cast("Way | None", sent.get("cach_nhan"))
        dossier = await submit(citizen, draft_id, wanted_way=way)
    except Malformed as fault:
        return await _review_page(shown, fault)
    return Redirect(f"/da-nop/{dossier.code}", status_code=303)


@post("/ban-nhap/{draft_id:uuid}/bo", guards=[citizen_only])
async def discard(request: Asked, draft_id: FromPath[UUID]) -> Redirect:
    """Throw the draft away."""
    await discard_draft(await actor(request), draft_id)
    return Redirect("/ho-so-cua-toi", status_code=303)


async def _begin_page(
    request: Asked, code: str, fault: Refusal | None = None, sent: dict[str, str] | None = None
) -> Response[bytes]:
    found = await open_procedure(code)
    return page(
        "portal/begin.html",
        status=fault.status if fault else 200,
        shown=procedure_view(found),
        drafts=await open_drafts(await actor(request), code),
        agencies=[(str(a.id), a.name) for a in await catalog.agencies_for(found.document)],
        cases=[(case.id, case.name or "") for case in choosable_cases(found.document)],
        sent=sent or {},
        errors=fault.fields if fault else {},
    )


def _form_page(
    shown: DraftView, at: str, answers: dict[str, str], judged: Checked
) -> Response[bytes]:
    status = 422 if judged.errors else 200
    return page("portal/form.html", status=status, **_form_words(shown, at, answers, judged))


def _form_part(shown: DraftView, at: str, judged: Checked) -> Response[bytes]:
    """The form alone: an answer changed what else is asked."""
    return page("portal/_form.html", **_form_words(shown, at, shown.answers, judged))


def _form_words(
    shown: DraftView, at: str, answers: dict[str, str], judged: Checked
) -> dict[str, Any]:
    view = page_view(shown.form, at, answers, judged)
    return {
        "draft": shown,
        "view": view,
        "errors": {f.id: f.error for f in view.fields if f.error},
        "labels": {f.id: f.label for f in view.fields},
    }


async def _review_page(shown: DraftView, fault: Refusal | None = None) -> Response[bytes]:
    judged = check(shown.form, shown.answers, today=today())
    return page(
        "portal/review.html",
        status=fault.status if fault else 200,
        draft=shown,
        review=await review_view(shown, judged),
        ways=list(WAY_NAMES.items()),
        errors=dict(fault.fields) if fault else {},
    )


def _after(saved: DraftView, at: str) -> str:
    """The next page of the form, or the papers after the last one."""
    pages = [page.id for page in asked_pages(saved.form, saved.answers)]
    here = pages.index(at) if at in pages else 0
    if here + 1 < len(pages):
        return f"/ban-nhap/{saved.id}?trang={pages[here + 1]}"
    return f"/ban-nhap/{saved.id}/giay-to"
