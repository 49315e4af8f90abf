"""Messages that did not arrive (tin báo chưa đến): why, and what to do; sent again from here."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.messages_view import lines_of, query_of, states_of
from app.doors.desk.places import archives_of
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.notices import service, templates, trouble
from app.onestop.notices.refusals import CannotResend
from app.people.shapes import Actor
from app.refusals import NotFound, Refusal
from tenants.work import work

HERE = "/can-bo/tin-bao"
State = Annotated[str, QueryParameter(name="tinh_trang", max_length=20)]
Event = Annotated[str, QueryParameter(name="tin", max_length=40)]
Before = Annotated[datetime | None, QueryParameter(name="truoc")]
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
OWN: dict[str, Any] = {"own_work": True}


@get(HERE)
async def list_troubles(
    request: Asked, which: State = "", event: Event = "", before: Before = None, done: Done = ""
) -> Response[bytes]:
    """Failed, doubtful, held and dropped messages of the officer's dossiers; of all for Thu."""
    officer = await actor(request)
    return await _page(officer, state=which, event=event, before=before, done=bool(done))


@post(f"{HERE}/{{notice_id:uuid}}/gui-lai", opt=OWN)
async def resend(request: Asked, notice_id: FromPath[UUID]) -> Response[bytes] | Redirect:
    """Send one of them again."""
    officer = await actor(request)
    scope = scope_of(officer)
    if scope is not None and not await trouble.is_of(notice_id, scope):
        raise NotFound
    try:
        async with work():
            await service.resend(officer, notice_id)
    except CannotResend as refusal:
        return await _page(officer, refusal=refusal)
    return Redirect(f"{HERE}?xong=gui-lai", status_code=303)


def scope_of(officer: Actor) -> list[UUID] | None:
    """Whose messages the officer sees; None for an administrator: everybody's."""
    if officer.holds("administrator"):
        return None
    if not (agencies := archives_of(officer)):
        raise NotFound
    return agencies


async def _page(
    officer: Actor,
    *,
    state: str = "",
    event: str = "",
    before: datetime | None = None,
    done: bool = False,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    known = {one.key: one.title for one in templates.newest()}
    wanted = event if event in known else None
    found = await trouble.troubles(
        scope_of(officer), states=states_of(state), event=wanted, before=before
    )
    return page(
        "desk/messages.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        lines=lines_of(found.lines),
        state=state,
        event=wanted or "",
        events=sorted(known.items(), key=lambda one: one[1]),
        next=query_of(HERE, state, wanted, found.before),
        done=done,
        refused=refusal.message if refusal else "",
    )
