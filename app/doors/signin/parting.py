"""The address at which an issuer ends its own session, so that leaving here is leaving there.

OpenID Connect RP-Initiated Logout 1.0. An identity that was not admitted has no session of ours
to take the hint from; it is kept for a while under the browser's cookie, or the person could
never sign in as somebody else.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection

from app.doors import session_life, session_store
from app.doors.session_life import Session
from app.doors.signin import paths, provider
from app.doors.signin.accounts import tenant_here
from app.doors.signin.flow import browser_cookie
from app.doors.signin.refusals import ProviderDown
from tenants import issuers
from tenants.issuers import Issuer

Connection = ASGIConnection[Any, Any, Any, Any]

_RECORD = "parting"
_LIFE = timedelta(minutes=30)


class Parting(msgspec.Struct, frozen=True):
    """Whom to tell, and what to show as the hint."""

    issuer_id: UUID
    id_token: str


async def remember(connection: Connection, issuer: Issuer, id_token: str) -> None:
    """Keep the hint of somebody who gets no session."""
    if browser := connection.cookies.get(browser_cookie()):
        await session_store.put(_RECORD, browser, Parting(issuer.id, id_token), _LIFE)


async def address(connection: Connection, session: Session | None) -> str:
    """Where the browser goes to sign out at the issuer; our own page when there is no such place.

    An issuer that does not answer must not keep anybody signed in here.
    """
    known = await _parting(connection, session)
    issuer = await issuers.by_id(tenant_here(), known.issuer_id) if known else None
    if known is None or issuer is None:
        return paths.LOGGED_OUT
    try:
        end_point = (await provider.metadata(issuer.issuer)).end_session_endpoint
    except ProviderDown:
        return paths.LOGGED_OUT
    if not end_point:
        return paths.LOGGED_OUT
    query = {
        "id_token_hint": known.id_token,
        "client_id": issuer.client_id,
        "post_logout_redirect_uri": paths.known_origin(connection, issuer) + paths.LOGGED_OUT,
    }
    return f"{end_point}{'&' if '?' in end_point else '?'}{urlencode(query)}"


async def end_everywhere_of(issuer: str, subject: str) -> None:
    """End every session of the officer whom that issuer calls `subject`."""
    for known in await issuers.trusted(tenant_here(), "staff"):
        if known.issuer == issuer:
            await session_life.end_everywhere(known.id, subject=subject)


async def _parting(connection: Connection, session: Session | None) -> Parting | None:
    if session is not None:
        return Parting(session.issuer_id, session.id_token)
    browser = connection.cookies.get(browser_cookie())
    return await session_store.take(_RECORD, browser, Parting) if browser else None
