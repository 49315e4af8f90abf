"""In front of a site's doors: requests of all tenants stand in line for few places, fairly.

The work of one process is done by one core, so what one tenant has at work at once is what the
others wait for. Pages, acts (which may wait for one another's rows), whatever waits for other
servers, and exports have lanes of their own, so that none of them keeps a page waiting. A place is
held from the moment the request is at hand until its answer begins; nobody waits for a
sender or a reader who is slow.
"""

import asyncio
import time
from typing import cast

import msgspec
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send
from prometheus_client import Counter, Histogram

from app.doors import render
from app.doors.limits import asker, kind_of_scope, site_name
from app.doors.limits_rules import READING, Lane
from infra.turns import Busy, Room, Turns
from tenants.db import patience

_turned_away = Counter("motcua_turned_away_total", "Found no place in time", ["tenant", "lane"])
_waited = Histogram(
    "motcua_turn_seconds",
    "Time in line of those who had to wait",
    ["tenant"],
    buckets=(0.005, 0.025, 0.1, 0.5, 2.5),
)

ROOMS: dict[Lane, Room] = {
    "quick": Room(places=16, most=8, least=2, waiting=100, seconds=5.0),
    "acting": Room(places=16, most=8, least=2, waiting=100, seconds=5.0),
    "patient": Room(places=64, most=24, least=4, waiting=60, seconds=10.0),
    "heavy": Room(places=4, most=2, least=1, waiting=10, seconds=20.0),
}
COME_BACK_SECONDS = 5
# Programs that ask again at once would cost more than those who are served: they are told slowly,
# as long as there are not too many to be told.
_TOLD_AFTER_SECONDS = 1.0
_MOST_TOLD_SLOWLY = 500


class InTurn:
    """A site whose requests take turns; outermost, inside the tenant."""

    def __init__(self, site: ASGIApp, rooms: dict[Lane, Room] | None = None) -> None:
        self._site = site
        self._lanes = {name: Turns(room) for name, room in (rooms or ROOMS).items()}
        self._told_slowly = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request when its turn comes, or say that it will not."""
        scope = cast(HTTPScope, scope)
        kind = kind_of_scope(scope)
        place = _Place(self._lanes[kind.lane], asker(scope), receive, send)
        try:
            await place.take()
            with patience(kind.query_seconds):
                await self._site(scope, place.receive, place.send)
        except Busy:
            if place.started:
                raise
            _turned_away.labels(place.party, kind.lane).inc()
            await self._turn_away(scope, send)
        finally:
            place.give()

    async def _turn_away(self, scope: HTTPScope, send: Send) -> None:
        if self._told_slowly < _MOST_TOLD_SLOWLY:
            self._told_slowly += 1
            try:
                await asyncio.sleep(_TOLD_AFTER_SECONDS)
            finally:
                self._told_slowly -= 1
        media, body = _busy(scope)
        headers = [
            (b"content-type", media),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(COME_BACK_SECONDS).encode()),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


class _Place:
    """One request's place, and its lines to the sender and the reader."""

    def __init__(self, turns: Turns, asker: str, receive: Receive, send: Send) -> None:
        self._turns, self._asker = turns, asker
        self._receive, self._send = receive, send
        self._held = self._whole = self.started = False
        self.party = site_name()

    async def take(self) -> None:
        """Wait for it. Raises Busy."""
        began = time.perf_counter()
        await self._turns.take(self.party, self._asker)
        self._held = True
        waited = time.perf_counter() - began
        if waited > 0.001:
            _waited.labels(self.party).observe(waited)

    def give(self) -> None:
        """Leave it to the next, if it is held."""
        if self._held:
            self._held = False
            self._turns.give(self.party)

    async def receive(self) -> ReceiveMessage:
        """The next part of the body; the place is left as long as it is waited for."""
        if self._whole or self.started or not self._held:
            return await self._receive()
        self.give()
        message = await self._receive()
        await self._turns.take(self.party, self._asker, again=True)
        self._held = True
        self._whole = message["type"] != "http.request" or not message["more_body"]
        return message

    async def send(self, message: Message) -> None:
        """Hand the answer on; with its beginning the place is free."""
        self.started = True
        self.give()
        await self._send(message)


def _busy(scope: HTTPScope) -> tuple[bytes, bytes]:
    """Media type and body of what is told to who found no place."""
    reading = scope["method"] in READING
    accepted = next((v for name, v in scope["headers"] if name == b"accept"), b"")
    if scope["path"].startswith("/api/") or b"application/json" in accepted:
        problem = {"type": "about:blank", "status": 503, "code": "busy", "detail": _BUSY}
        return b"application/problem+json", msgspec.json.encode(problem)
    page = render.html("errors/busy.html", reading=reading, seconds=COME_BACK_SECONDS)
    return b"text/html; charset=utf-8", page.encode()


_BUSY = (
    "Hệ thống đang phục vụ nhiều yêu cầu cùng lúc nên chưa nhận thêm được. "
    f"Vui lòng thử lại sau {COME_BACK_SECONDS} giây."
)
