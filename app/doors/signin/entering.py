"""Signing in: choose an issuer, go there, come back."""

from typing import Any
from uuid import UUID

import structlog
from litestar import Request, Response, Router, get, post
from litestar.response import Redirect

from app.doors import render, session_life
from app.doors.sent import texts
from app.doors.session_life import Session, session_of
from app.doors.signin import flow, parting, paths, provider, strength
from app.doors.signin.accounts import Account, account_of, tenant_here
from app.doors.signin.asking import layout_of, not_admitted
from app.doors.signin.flow import Identity
from app.doors.signin.refusals import Declined, NoIssuer, SignInFailed, TooWeak
from app.people.refusals import NotAdmitted
from app.people.rules import profile
from infra.clock import now
from tenants import issuers
from tenants.issuers import Audience, Issuer

log = structlog.get_logger()

Asked = Request[Any, Any, Any]

# Signing in asks other servers in between, so its routes open short units of work of their own.
_OPEN = {"public": True, "own_work": True}


async def show_choices(request: Asked, audience: Audience) -> Response[bytes] | Redirect:
    """The sign-in page; who is signed in already goes straight on."""
    return_to = paths.safe_return(request.query_params.get(paths.RETURN_FIELD), audience)
    session = session_of(request)
    if session is not None and session.kind == audience:
        return Redirect(return_to, status_code=303)
    return render.page(
        "signin/choose.html",
        layout=layout_of(audience),
        audience=audience,
        action=paths.SIGN_IN[audience],
        issuers=await issuers.trusted(tenant_here(), audience),
        return_to=return_to,
    )


async def leave_for_issuer(request: Asked, audience: Audience) -> Redirect:
    """Remember the attempt and send the browser to the issuer that was chosen."""
    form = await texts(request)
    chosen = await _chosen(audience, form.get("issuer", ""))
    return_to = paths.safe_return(form.get(paths.RETURN_FIELD), audience)
    anew = paths.ANEW_FIELD in form
    address, browser_cookie = await flow.begin(request, chosen, return_to, anew=anew)
    return Redirect(address, status_code=303, cookies=[browser_cookie])


@get(paths.CALLBACK, opt=_OPEN)
async def come_back(request: Asked) -> Response[bytes] | Redirect:
    """The browser comes back from the issuer with a code; the session begins here.

    The one GET that writes: the protocol has the issuer send the browser by a redirect.
    """
    state = request.query_params.get("state", "")
    if elsewhere := await flow.began_elsewhere(request, state):
        return Redirect(elsewhere, status_code=303)
    attempt = await flow.resume(request, state)
    issuer = await issuers.by_id(tenant_here(), attempt.issuer_id)
    if issuer is None or issuer.audience != attempt.audience:
        raise NoIssuer("the issuer was removed meanwhile")
    code = await _code(request, issuer)
    identity = await flow.redeem(issuer, attempt, code)
    lack = strength.lacking(identity.proof, issuer.demands, now())
    if lack and not issuer.demands.administrators_only:
        raise TooWeak(lack)
    try:
        account = await account_of(request, issuer, identity)
    except NotAdmitted as refusal:
        await parting.remember(request, issuer, identity.id_token)
        return await not_admitted(refusal, profile(identity.claims).username)
    session = _session(issuer, identity, account, weak=lack is not None)
    started = await session_life.begin(request, session)
    log.info("signed_in", audience=issuer.audience, account=str(account.id), weak=session.weak)
    return Redirect(attempt.return_to, status_code=303, cookies=[started])


def _session(issuer: Issuer, identity: Identity, account: Account, *, weak: bool) -> Session:
    at = now()
    return Session(
        kind=issuer.audience,
        account_id=account.id,
        name=account.name,
        issuer_id=issuer.id,
        issuer=issuer.issuer,
        subject=identity.subject,
        id_token=identity.id_token,
        sid=identity.sid,
        created_at=at,
        seen_at=at,
        weak=weak,
        proved_at=strength.proved_at(identity.proof),
    )


async def _code(request: Asked, issuer: Issuer) -> str:
    """The code the issuer gave, once it is sure that this issuer gave it (RFC 9207)."""
    query = request.query_params
    described = await provider.metadata(issuer.issuer)
    said = query.get("iss")
    if said is None and described.authorization_response_iss_parameter_supported:
        raise SignInFailed("iss is missing")
    if said not in (None, issuer.issuer):
        raise SignInFailed("iss is another issuer's")
    if error := query.get("error"):
        if error in {"access_denied", "interaction_required", "login_required"}:
            raise Declined(error)
        raise SignInFailed(f"the issuer said {error[:40]}")
    code = query.get("code")
    if not code:
        raise SignInFailed("neither code nor error")
    return str(code)


async def _chosen(audience: Audience, text: str) -> Issuer:
    try:
        chosen = await issuers.by_id(tenant_here(), UUID(text))
    except ValueError:
        chosen = None
    if chosen is None or chosen.audience != audience:
        raise NoIssuer("no such issuer for these people")
    return chosen


def router(*audiences: Audience) -> Router:
    """The sign-in pages of one kind of host, and the address issuers send browsers back to."""
    pages = [handler for audience in audiences for handler in _pages(audience)]
    return Router("/", route_handlers=[come_back, *pages])


def _pages(audience: Audience) -> list[Any]:
    @get(paths.SIGN_IN[audience], opt=_OPEN, name=f"sign_in_{audience}")
    async def choose(request: Asked) -> Response[bytes]:
        """The sign-in page of one audience."""
        return await show_choices(request, audience)

    @post(paths.SIGN_IN[audience], opt=_OPEN, name=f"begin_sign_in_{audience}")
    async def start(request: Asked) -> Redirect:
        """The button on it."""
        return await leave_for_issuer(request, audience)

    return [choose, start]
