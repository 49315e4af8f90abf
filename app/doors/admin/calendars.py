"""The working calendar (lịch làm việc): in force, drafted, tried out on open dossiers, approved."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.calendar_form import (
    DAY,
    HOURS,
    SWAP,
    TITLES,
    WEEKDAYS,
    read_agency,
    read_change,
)
from app.doors.admin.calendar_view import (
    EVERYBODY,
    calendar_view,
    done_words,
    draft_line,
    moved_rows,
)
from app.doors.admin.entry import administrator
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.recounting import queries, service
from app.onestop.recounting.refusals import NoSuchDraft
from app.refusals import Malformed, NotFound, Refusal
from infra.clock import today
from tenants.work import work

Answer = Response[bytes] | Redirect
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
After = Annotated[UUID | None, QueryParameter(name="sau")]
HERE = "/quan-tri/lich-lam-viec"
FORM = f"{HERE}/lap/{{kind:str}}"
ONE = f"{HERE}/du-thao/{{draft_id:uuid}}"
OWN: dict[str, Any] = {"own_work": True}
_FORMS = {SWAP: "swap", DAY: "day", HOURS: "hours"}
_DONE = {
    "huy": "Đã hủy dự thảo. Lịch làm việc không thay đổi.",
    "phe-duyet": "Đã phê duyệt. Hệ thống đang tính lại hạn của hồ sơ đang giải quyết và gửi tin "
    "báo ngày hẹn mới.",
}


@get(HERE)
async def show_calendar(request: Asked, done: Done = "") -> Response[bytes]:
    """The calendar in force and the drafts of the last time."""
    await administrator(request)
    return page(
        "admin/calendar.html",
        here=HERE,
        calendar=calendar_view(await calendar_in_force(), today()),
        forms=list(TITLES.items()),
        drafts=[draft_line(each) for each in await queries.drafts()],
        done=_DONE.get(done, ""),
    )


@get(FORM)
async def open_form(request: Asked, kind: FromPath[str]) -> Response[bytes]:
    """The form of one kind of change."""
    await administrator(request)
    return await _form_page(kind, {name: "1" for name in list(WEEKDAYS)[:5]})


@post(FORM, opt=OWN)
async def write_draft(request: Asked, kind: FromPath[str]) -> Answer:
    """Draft the change; nothing moves yet."""
    who, sent = await administrator(request), await texts(request)
    try:
        async with work():
            change, agency = read_change(kind, sent), read_agency(sent)
            draft_id = await service.draft(who, change, sent.get("decision", ""), agency)
    except Malformed as refusal:
        return await _form_page(kind, sent, refusal)
    return Redirect(f"{HERE}/du-thao/{draft_id}", status_code=303)


@get(ONE)
async def show_draft(
    request: Asked, draft_id: FromPath[UUID], done: Done = "", after: After = None
) -> Response[bytes]:
    """A draft with the dossiers it would move, or those it has moved."""
    await administrator(request)
    return await _draft_page(draft_id, done=_DONE.get(done, ""), after=after)


@post(f"{ONE}/phe-duyet")
async def approve(request: Asked, draft_id: FromPath[UUID]) -> Redirect:
    """Publish the calendar; the worker counts open dossiers anew."""
    await service.approve(await administrator(request), draft_id)
    return Redirect(f"{HERE}/du-thao/{draft_id}?xong=phe-duyet", status_code=303)


@post(f"{ONE}/huy")
async def discard(request: Asked, draft_id: FromPath[UUID]) -> Redirect:
    """Let the draft go."""
    await service.discard(await administrator(request), draft_id)
    return Redirect(f"{HERE}?xong=huy", status_code=303)


async def _form_page(
    kind: str, sent: Mapping[str, str], refusal: Refusal | None = None
) -> Response[bytes]:
    if kind not in _FORMS:
        raise NotFound
    agencies = [("", EVERYBODY), *((str(id), name) for id, name in await queries.agencies())]
    return page(
        "admin/calendar_form.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        kind=kind,
        form=_FORMS[kind],
        title=TITLES[kind],
        agencies=agencies,
        weekdays=[(name, words, bool(sent.get(name))) for name, (_, words) in WEEKDAYS.items()],
        sent=dict(sent),
        errors=refusal.fields if refusal else {},
    )


async def _draft_page(draft_id: UUID, *, done: str, after: UUID | None) -> Response[bytes]:
    found = await queries.draft_of(draft_id)
    if found is None:
        raise NoSuchDraft
    shown = await queries.preview(found, after) if found.open else None
    came = await queries.done_by(found) if found.approved_at else None
    return page(
        "admin/calendar_draft.html",
        here=HERE,
        draft=draft_line(found),
        preview=shown,
        first=after is None,
        came=done_words(came) if came else "",
        rows=moved_rows(shown.moved if shown else came.first if came else []),
        done=done,
    )
