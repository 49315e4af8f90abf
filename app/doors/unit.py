"""One unsafe request is one transaction; a safe one may only read."""

from collections import deque
from typing import cast

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

from app.doors.asked import Asked
from app.doors.failures import shown
from app.doors.sent import MOST_BYTES, TextCut
from app.trail import reading as readings
from tenants.work import Work, enter, leave, reading

_SAFE = {"GET", "HEAD", "OPTIONS"}


class UnitOfWork(ASGIMiddleware):
    """Commits when a response below 400 starts, rolls back otherwise.

    A route marked `own_work` talks to another server or streams a long body in between and opens
    short units of its own. Whatever a route hands out of a dossier is written down before the
    answer leaves; `reads` says what of it the route shows.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Run the route inside its unit."""
        scope = cast(HTTPScope, scope)
        kept = _Kept(scope, receive, send)
        with readings.noting(kept.noted):
            await _settled(scope, receive, kept, next_app)


class _Kept:
    """`send` that first writes down what the answer hands out, and to whom.

    An answer has begun for the framework once it is sent, so a refusal takes its place here.
    """

    def __init__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        self.noted: list[readings.Reading] = []
        self._scope, self._receive, self._send = scope, receive, send
        self._refused = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on, unless the answer was refused."""
        if self.noted and message["type"] == "http.response.start":
            try:
                await self._keep(message["status"])
            except readings.NotKept as refusal:
                self._refused = True
                await _instead(self._scope, self._receive, self._send, refusal)
        if not self._refused:
            await self._send(message)

    async def _keep(self, status: int) -> None:
        safe, how = self._scope["method"] in _SAFE, self._scope["route_handler"].opt.get("reads")
        # An act that leads elsewhere shows nothing, and has left its own row.
        if safe or not 300 <= status < 400:
            await readings.keep(self.noted, how or (None if safe else "page"))


async def _settled(scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
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


async def _in_one_unit(scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
    unit = Work()
    token = enter(unit)
    settled = _Settled(unit, scope, receive, send)
    try:
        await next_app(scope, receive, settled)
    finally:
        await unit.roll_back()
        leave(token)


class _Settled:
    """`send` that ends the unit before a byte has left; where that fails, the answer says so."""

    def __init__(self, unit: Work, scope: HTTPScope, receive: Receive, send: Send) -> None:
        self._unit, self._scope, self._receive, self._send = unit, scope, receive, send
        self._failed = False

    async def __call__(self, message: Message) -> None:
        """Pass a message on, unless what it tells has not come true."""
        if message["type"] == "http.response.start":
            try:
                await (self._unit.commit() if message["status"] < 400 else self._unit.roll_back())
            except Exception as failure:
                self._failed = True
                await _instead(self._scope, self._receive, self._send, failure)
        if not self._failed:
            await self._send(message)


async def _instead(scope: HTTPScope, receive: Receive, send: Send, failure: Exception) -> None:
    """Answer with a failure: for the framework an answer has begun, so it asks nobody any more."""
    request: Asked = Request(scope, receive)
    answer = shown(request, failure).to_asgi_response(None, request)
    await answer(scope, receive, send)
