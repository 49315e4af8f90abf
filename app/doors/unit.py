"""One unsafe request is one transaction; a safe one may only read."""

from collections import deque
from typing import cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

from app.doors.sent import MOST_BYTES, TextCut
from tenants.work import Work, enter, leave, reading

_SAFE = {"GET", "HEAD", "OPTIONS"}


class UnitOfWork(ASGIMiddleware):
    """Commits when a response below 400 starts, rolls back otherwise.

    A route marked `own_work` talks to another server or streams a long body in between and opens
    short units of its own.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Run the route inside its unit."""
        scope = cast(HTTPScope, scope)
        if scope["route_handler"].opt.get("own_work"):
            await next_app(scope, receive, send)
        elif scope["method"] in _SAFE:
            with reading():
                await next_app(scope, receive, send)
        else:
            await _in_one_unit(scope, await _whole_body(receive), send, next_app)


async def _whole_body(receive: Receive) -> Receive:
    """The body, waited for before anything is asked of the database.

    A phone that loses its line in the middle of a form must not keep a connection, of which a
    tenant has only a few. Raises TextCut. What is too long is left to the route to refuse.
    """
    came: deque[ReceiveMessage] = deque()
    size, more = 0, True
    while more and size <= MOST_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            raise TextCut
        came.append(message)
        size, more = size + len(message["body"]), message["more_body"]

    async def again() -> ReceiveMessage:
        return came.popleft() if came else await receive()

    return again


async def _in_one_unit(scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
    unit = Work()
    token = enter(unit)

    async def settle_then_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            # A commit that fails raises here and becomes a 500 before a byte has left.
            await (unit.commit() if message["status"] < 400 else unit.roll_back())
        await send(message)

    try:
        await next_app(scope, receive, settle_then_send)
    finally:
        await unit.roll_back()
        leave(token)
