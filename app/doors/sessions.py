"""Who may pass a door, and who it is that passed."""

from typing import Any

from litestar.handlers.base import BaseRouteHandler

from app.doors import render
from app.doors.incident import request_id
from app.doors.session_life import Connection, Kind, Session, Sessions, session_of
from app.doors.session_store import close
from app.people import queries, refusals
from app.people.shapes import Actor, Operator
from app.refusals import Refusal

__all__ = [
    "Session",
    "Sessions",
    "SignInNeeded",
    "actor",
    "citizen_only",
    "close",
    "operator",
    "session_of",
    "staff_only",
    "vendor_only",
]

_SLOT = "motcua.account"


class SignInNeeded(Refusal):
    """Nobody is signed in, or not as the kind of person this door is for."""

    status = 401
    code = "sign_in_needed"
    message = (
        "Phiên làm việc đã hết hạn. Ông/bà vui lòng đăng nhập lại; "
        "nội dung vừa gửi chưa được ghi nhận."
    )

    def __init__(self, audience: Kind) -> None:
        super().__init__()
        self.audience = audience


async def citizen_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Litestar guard: a signed-in citizen; raises SignInNeeded."""
    _require(connection, "citizen")


async def staff_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Litestar guard: an officer still admitted at this moment; raises SignInNeeded, Dismissed."""
    _require(connection, "staff")
    await actor(connection)


async def vendor_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Litestar guard: an active operator of the vendor; raises SignInNeeded, Dismissed."""
    _require(connection, "vendor")
    await operator(connection)


async def actor(connection: Connection) -> Actor:
    """Who acts in this request: the officer with today's posts, the citizen, or a visitor.

    An officer is read from the database once in every request, so a dismissal or a change of post
    acts at once; raises Dismissed.
    """
    known = connection.scope["state"].get(_SLOT)
    if isinstance(known, Actor):
        return known
    made = await _actor(connection)
    connection.scope["state"][_SLOT] = made
    return made


async def operator(connection: Connection) -> Operator:
    """The vendor's operator; raises SignInNeeded or Dismissed."""
    known = connection.scope["state"].get(_SLOT)
    if isinstance(known, Operator):
        return known
    session = _require(connection, "vendor")
    found = await queries.operator(session.account_id)
    if found is None:
        raise refusals.Dismissed
    if session.weak:
        raise refusals.SecondFactorNeeded
    connection.scope["state"][_SLOT] = found
    return found


async def _actor(connection: Connection) -> Actor:
    session = session_of(connection)
    marks: dict[str, Any] = {**origin_of(connection), "request_id": request_id()}
    if session is None or session.kind == "vendor":
        return Actor(kind="visitor", name="Khách", **marks)
    if session.kind == "citizen":
        return Actor(kind="citizen", name=session.name, id=session.account_id, **marks)
    officer = await queries.actor_for_officer(session.account_id, **marks)
    if officer is None:
        raise refusals.Dismissed
    if session.weak and officer.holds("administrator"):
        raise refusals.SecondFactorNeeded
    titles = tuple(dict.fromkeys(post.title for post in officer.posts))
    works = tuple(dict.fromkeys(post.kind for post in officer.posts))
    render.person.set(render.Person(name=officer.name, kind="staff", posts=titles, works=works))
    return officer


def origin_of(connection: Connection) -> dict[str, Any]:
    """Address and source port a request came from, to be kept for twelve months (Decree
    333/2026/NĐ-CP). Behind a proxy they are what a trusted one said in X-Forwarded-For; one that
    tells no port leaves it unknown, which the server spells 0."""
    client = connection.client
    return {"address": client.host, "port": client.port or None} if client else {}


def _require(connection: Connection, kind: Kind) -> Session:
    session = session_of(connection)
    if session is None or session.kind != kind:
        raise SignInNeeded(kind)
    return session
