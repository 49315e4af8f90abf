"""A person's own sessions: where one is signed in, and ending what one does not know."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.response import Redirect

from app.doors import render, session_life
from app.doors.sent import texts
from app.doors.session_life import Session, session_of
from app.doors.sessions import actor, citizen_only, operator, staff_only, vendor_only
from app.doors.signin import paths
from app.doors.signin.asking import layout_of
from app.refusals import NotFound, Refusal
from app.trail.service import record
from infra.clock import now
from tenants import provision
from tenants.issuers import Audience
from tenants.work import work

Asked = Request[Any, Any, Any]

_OTHERS = "khac"
_GUARDS: dict[Audience, Any] = {
    "citizen": citizen_only,
    "staff": staff_only,
    "vendor": vendor_only,
}


class NotFresh(Refusal):
    """Whoever sits at a computer left open could end the sessions of its owner."""

    status = 403
    code = "proof_too_old"
    message = (
        "Ông/bà vui lòng bấm “Xác nhận lại danh tính” ở trang phiên đăng nhập, đăng nhập lại, "
        "rồi kết thúc phiên trong vòng 10 phút."
    )


async def show_sessions(request: Asked, audience: Audience) -> Response[bytes]:
    """The list, with buttons for whoever has just proved who they are."""
    session = _session(request)
    return render.page(
        "signin/sessions.html",
        layout=layout_of(audience),
        here=paths.OWN_SESSIONS[audience],
        who=session.name,
        sessions=await session_life.own(session),
        this=session.token_id,
        fresh=session.fresh(now()),
        issuer=session.issuer_id,
        sign_in=paths.SIGN_IN[audience],
        done="xong" in request.query_params,
    )


async def end_sessions(request: Asked, audience: Audience) -> Redirect:
    """End the one that was chosen, or all others. Raises NotFresh, NotFound."""
    session = _session(request)
    chosen = (await texts(request)).get("phien", "")
    if not session.fresh(now()):
        raise NotFresh
    ended = await session_life.end_own(session, None if chosen == _OTHERS else chosen)
    if not ended and chosen != _OTHERS:
        raise NotFound
    await _note(request, audience, ended)
    return Redirect(f"{paths.OWN_SESSIONS[audience]}?xong=1", status_code=303)


def router(audience: Audience) -> Router:
    """The page of one audience."""
    guards, path = [_GUARDS[audience]], paths.OWN_SESSIONS[audience]

    @get(path, guards=guards, name=f"own_sessions_{audience}")
    async def show(request: Asked) -> Response[bytes]:
        """The list of one's own sessions."""
        return await show_sessions(request, audience)

    @post(path, guards=guards, opt={"own_work": True}, name=f"end_sessions_{audience}")
    async def end(request: Asked) -> Redirect:
        """A button on it."""
        return await end_sessions(request, audience)

    return Router("/", route_handlers=[show, end])


async def _note(request: Asked, audience: Audience, ended: list[str]) -> None:
    if audience == "vendor":
        who = await operator(request)
        await provision.note(who.username, "operator.end_sessions", None, sessions=ended)
        return
    person = await actor(request)
    async with work():
        for token_id in ended:
            await record(person, "session.end", ("session", token_id), detail={"by": "self"})


def _session(request: Asked) -> Session:
    session = session_of(request)
    assert session is not None, "the guard has let somebody through"
    return session
