"""A session's life on this site: its cookie, its limits, and finding it in a request."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
import structlog
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from redis.exceptions import RedisError

from app.doors import render, session_cards, session_store
from app.doors.session_cards import Standing
from app.doors.session_store import digest, index_name, new_token
from infra.clock import now
from infra.settings import settings
from tenants.current import NoTenant, current

Kind = Literal["citizen", "staff", "vendor"]
Connection = ASGIConnection[Any, Any, Any, Any]


class Limits(NamedTuple):
    """How long a session lives without a request, and at most."""

    idle: timedelta
    absolute: timedelta


# QCVN 12:2026/BCA locks a business application after a quarter of an hour; nobody works longer than
# a shift. The law leaves citizens' pages to us: filling in a form takes half an hour.
LIMITS: dict[Kind, Limits] = {
    "citizen": Limits(timedelta(minutes=30), timedelta(hours=8)),
    "staff": Limits(timedelta(minutes=15), timedelta(hours=10)),
    "vendor": Limits(timedelta(minutes=15), timedelta(hours=8)),
}
# Not every request is written down: the idle limit is right to within this much.
FRESH = timedelta(minutes=10)
_SEEN_EVERY = timedelta(minutes=1)
_RECORD = "session"
_SLOT = "motcua.session"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in (phiên làm việc) on one site; times are aware UTC."""

    kind: Kind
    account_id: UUID
    name: str
    issuer_id: UUID
    issuer: str
    subject: str
    id_token: str
    created_at: datetime
    seen_at: datetime
    sid: str | None = None  # the issuer's name for the session
    weak: bool = False  # without the second factor that administrators and operators need
    token_id: str = ""  # tells sessions apart, cannot be used as one
    proved_at: datetime | None = None  # when the issuer last asked for a proof, as it says

    def alive(self, at: datetime) -> bool:
        """Whether neither limit has passed."""
        limits = LIMITS[self.kind]
        return at < min(self.seen_at + limits.idle, self.created_at + limits.absolute)

    def fresh(self, at: datetime) -> bool:
        """Whether the person has proved who they are within the last minutes."""
        return self.proved_at is not None and at - self.proved_at < FRESH


class Sessions(ASGIMiddleware):
    """Finds the request's session once; pages then know who is signed in.

    When Redis does not answer, public pages are shown as to a stranger, and whoever asks for the
    session gets the outage.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the session up, then go on."""
        found: Session | RedisError | OSError | None = None
        token = None if _is_file(scope) else ASGIConnection(scope).cookies.get(cookie_name())
        if token:
            try:
                found = await _resume(token)
            except (RedisError, OSError) as outage:
                found = outage
        scope["state"][_SLOT] = found
        if isinstance(found, Session):
            # An account's number is no name, and an investigation begins with it.
            structlog.contextvars.bind_contextvars(account=str(found.account_id))
        render.person.set(
            render.Person(name=found.name, kind=found.kind)
            if isinstance(found, Session)
            else render.NOBODY
        )
        await next_app(scope, receive, send)


def session_of(connection: Connection) -> Session | None:
    """The living session of a request, None for a stranger; raises when Redis did not answer."""
    found = connection.scope["state"].get(_SLOT)
    if isinstance(found, Exception):
        raise found
    return found if isinstance(found, Session) else None


def looked_for(scope: Scope) -> bool:
    """Whether somebody has looked already: where no route is found, nobody has."""
    return _SLOT in scope["state"]


async def begin(connection: Connection, session: Session) -> Cookie:
    """Start a session under a new token, ending the browser's earlier one; its cookie."""
    if earlier := connection.cookies.get(cookie_name()):
        await session_store.remove(_RECORD, earlier)
    token, life = new_token(), LIMITS[session.kind].absolute
    names = [index_name(session.issuer_id, "sub", session.subject)]
    if session.sid:
        names.append(index_name(session.issuer_id, "sid", session.sid))
    await session_store.index(_RECORD, token, names, life)
    whole = digest(token)
    kept = msgspec.structs.replace(session, token_id=session_store.short(whole))
    await session_store.put(_RECORD, token, kept, LIMITS[session.kind].idle + _SEEN_EVERY)
    client = connection.client
    card = session_cards.card_of(
        connection.headers.get("user-agent", ""), client.host if client else None
    )
    await session_cards.put(whole, card, life)
    return cookie(cookie_name(), token)


async def end(connection: Connection) -> Cookie:
    """End the browser's session, if it has one; the cookie that makes the browser forget it."""
    if token := connection.cookies.get(cookie_name()):
        await session_store.remove(_RECORD, token)
    return cookie(cookie_name(), "", max_age=0)


async def end_everywhere(issuer_id: UUID, *, sid: str | None = None, subject: str = "") -> int:
    """End what the issuer calls `sid`, or without it every session of `subject`; how many."""
    claim, value = ("sid", sid) if sid else ("sub", subject)
    return await session_store.remove_indexed(_RECORD, index_name(issuer_id, claim, value))


async def own(session: Session) -> list[Standing]:
    """Every session of the same account at this site, the newest first; this one among them."""
    at, life = now(), LIMITS[session.kind].idle + _SEEN_EVERY
    left = await session_store.living(_RECORD, _account(session))
    return await session_cards.standing((key, at - (life - each)) for key, each in left.items())


async def end_own(session: Session, token_id: str | None) -> list[str]:
    """End one other session of the same account, or all others; the `token_id` of each ended."""
    keys = await session_store.living(_RECORD, _account(session))
    names = {key: session_store.short(key) for key in keys}
    chosen = [
        key for key, name in names.items() if name != session.token_id and token_id in (None, name)
    ]
    await session_store.remove_digests(_RECORD, chosen)
    return [names[key] for key in chosen]


def _account(session: Session) -> str:
    return index_name(session.issuer_id, "sub", session.subject)


def cookie_name(name: str = "motcua") -> str:
    """The cookie's name; over https browsers keep `__Host-` cookies to this very host."""
    return f"__Host-{name}" if settings().public_scheme == "https" else name


def cookie(name: str, value: str, max_age: int | None = None) -> Cookie:
    """A cookie of this host alone, unseen by scripts, not sent along by other sites' forms."""
    return Cookie(
        key=name,
        value=value,
        max_age=max_age,
        path="/",
        secure=settings().public_scheme == "https",
        httponly=True,
        samesite="lax",
    )


async def _resume(token: str) -> Session | None:
    session = await session_store.read(_RECORD, token, Session)
    at = now()
    if session is None:
        return None
    if not session.alive(at) or _closed_since(session):
        await session_store.remove(_RECORD, token)
        return None
    if at - session.seen_at >= _SEEN_EVERY:
        session = msgspec.structs.replace(session, seen_at=at)
        life = LIMITS[session.kind].idle + _SEEN_EVERY
        await session_store.replace(_RECORD, token, session, life)
    return session


def _closed_since(session: Session) -> bool:
    """Whether the tenant had joined another meanwhile: what was begun before is over."""
    with suppress(NoTenant):
        closed_at = current().closed_at
        return closed_at is not None and session.created_at <= closed_at
    return False


def _is_file(scope: Scope) -> bool:
    return scope["path"].startswith(("/static/", "/tinh/"))
