"""Signing out: by the person here, or by the issuer behind the scenes."""

import base64
from datetime import timedelta
from typing import Any, Literal

import msgspec
import structlog
from litestar import Request, Response, get, post
from litestar.response import Redirect

from app.doors import render, session_life, session_store
from app.doors.interface.described import FORM, Api
from app.doors.sent import texts
from app.doors.session_life import Kind, session_of
from app.doors.sessions import actor, operator
from app.doors.signin import parting, paths
from app.doors.signin.accounts import (
    note_ended,
    note_leaving,
    note_operator_leaving,
    tenant_here,
)
from app.doors.signin.asking import layout_of
from app.doors.signin.tokens import LEEWAY, TokenRefused, verified, wrong_in_logout_token
from app.people.refusals import NotAdmitted
from infra.clock import now
from infra.outside import UNREADABLE
from tenants import issuers
from tenants.issuers import Issuer

log = structlog.get_logger()

Asked = Request[Any, Any, Any]


@post(paths.LOGOUT, opt={"public": True, "own_work": True})
async def sign_out(request: Asked) -> Redirect:
    """End the session here, then send the browser to end it at the issuer."""
    session = session_of(request)
    address = await parting.address(request, session)
    forgotten = await session_life.end(request)
    if session is not None:
        await _note(request, session.kind)
    cleared = _cleared(session.kind if session else "citizen")
    return Redirect(address, status_code=303, cookies=[forgotten], headers=cleared)


def _cleared(kind: Kind) -> dict[str, str]:
    """Let the browser forget what it kept; an officer's choice of keys stays for tomorrow."""
    kept = '"cache", "storage"' if kind == "citizen" else '"cache"'
    return {"Clear-Site-Data": kept}


@get(paths.LOGGED_OUT, opt={"public": True})
async def signed_out(request: Asked) -> Response[bytes]:
    """The page one comes back to."""
    layout = layout_of("citizen" if tenant_here() else "vendor")
    return render.page("signin/signed_out.html", layout=layout)


class LogoutToken(msgspec.Struct, frozen=True):
    """What the issuer posts: a logout token, signed by it."""

    logout_token: str


class NotLoggedOut(msgspec.Struct, frozen=True):
    """The token is not one of ours to believe, or was used before."""

    error: Literal["invalid_request"]


_API = Api(
    name="signOutElsewhere",
    of="sign-in",
    takes={FORM: LogoutToken},
    gives={200: dict[str, str], 400: NotLoggedOut},
)


@post(
    paths.BACK_CHANNEL,
    opt={"public": True, "own_work": True, "any_origin": True, "api": _API},
    status_code=200,
)
async def signed_out_elsewhere(request: Asked) -> Response[bytes]:
    """The issuer says that somebody signed out there (Back-Channel Logout 1.0)."""
    form = await texts(request)
    try:
        ended = await _end_named_sessions(form.get("logout_token", ""))
    except TokenRefused as refused:
        log.warning("logout_token_refused", reason=str(refused))
        return _answer(400, {"error": "invalid_request"})
    log.info("signed_out_elsewhere", sessions=ended)
    return _answer(200, {})


async def _end_named_sessions(token: str) -> int:
    issuer, claims = await _proved(token)
    # A replay could end sessions begun after the one it was meant for.
    life = timedelta(seconds=claims["exp"]) - timedelta(seconds=now().timestamp()) + LEEWAY
    seen = session_store.digest(str(issuer.id), claims["jti"])
    if not await session_store.first_time("logout", seen, life + timedelta(seconds=1)):
        raise TokenRefused("jti was used before")
    sid, subject = claims.get("sid"), claims.get("sub", "")
    ended = await session_life.end_everywhere(issuer.id, sid=sid, subject=subject)
    if ended and tenant_here():
        await note_ended(issuer, sid, subject)
    return ended


async def _proved(token: str) -> tuple[Issuer, dict[str, Any]]:
    """The trusted issuer that made the token for us, and its claims; raises TokenRefused."""
    said = _unproved_issuer(token)
    wrong: str | None = "no such issuer"
    for issuer in await issuers.trusted(tenant_here()):
        if issuer.issuer != said:
            continue
        proved = await verified(issuer.issuer, token)
        wrong = wrong_in_logout_token(
            proved.claims,
            proved.header,
            issuer=issuer.issuer,
            client_id=issuer.client_id,
            at=now(),
        )
        if wrong is None:
            return issuer, proved.claims
    raise TokenRefused(str(wrong))


def _unproved_issuer(token: str) -> object:
    """Whose keys to try: the `iss` of a token that nothing is believed of yet."""
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims.get("iss")
    except (IndexError, AttributeError, ValueError, *UNREADABLE) as error:
        raise TokenRefused("not a token") from error


async def _note(request: Asked, kind: Kind) -> None:
    try:
        if kind == "vendor":
            return await note_operator_leaving(request, await operator(request))
        who = await actor(request)
    except NotAdmitted:
        return
    if who.kind in {"citizen", "officer"}:
        await note_leaving(who)


def _answer(status: int, body: dict[str, str]) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
