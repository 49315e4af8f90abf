"""Kept lines to one HTTP server: each carries one call at a time and says how a call ended.

A general client costs more processor time for a call than everything else a message needs. This
one does nothing but HTTP/1.1 over kept connections, and parts the two failures that matter: the
server surely never saw the call (`NotReached`), or it may have (`Cut`).
"""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self, cast
from urllib.parse import urlsplit

import httptools

from infra import outward
from infra.tls import shield

_LARGEST_ANSWER = 1 << 20
# A server may hang up on an idle line at any moment; one that rested longer is not used again.
_REST_SECONDS = 2.0


class NotReached(Exception):
    """The server surely never saw the call."""


class Cut(Exception):
    """The line was lost, or nothing came in time, after the call had gone out."""


class Answer(NamedTuple):
    """What the server said; the body is decoded by whoever knows its kind."""

    status: int
    body: bytes


class _Line(asyncio.Protocol):
    """One connection; `ask` sends a whole request and waits for the whole answer."""

    def __init__(self) -> None:
        self.rested_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._body = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._whole = False
        self._sized = False  # the answer's headers tell its length
        self._open_ended = False  # headers came, and the answer ends with the line

    @property
    def usable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        assert self._transport is not None
        self._parser, self._whole = httptools.HttpResponseParser(self), False
        self._open_ended, self._sized = False, False
        self._body.clear()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.Transport by class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._parser is None or self._whole:
            self.close()  # Nobody asked: whatever this is, the next answer would not be ours.
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("not HTTP")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if exc is None and self._open_ended and not self._whole:
            self.on_message_complete()
        self._fail("the line was cut")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._sized = self._sized or name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self._open_ended = not self._sized

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > _LARGEST_ANSWER:
            self._fail("the answer is too long")

    def on_message_complete(self) -> None:
        assert self._parser is not None
        self._whole = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(self._parser.get_status_code(), bytes(self._body)))
        if not self._parser.should_keep_alive():
            self.close()

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Cut(why))
        self.close()


class Lines:
    """At most `most` lines to the server of `url`, opened when needed and kept until the end."""

    def __init__(self, url: str, *, most: int = 16, timeout: float = 10.0) -> None:
        there = urlsplit(url)
        self._secure = there.scheme == "https"
        self._host = there.hostname or ""
        self._port = there.port or (443 if self._secure else 80)
        self._path = there.path.rstrip("/")
        self._named = there.netloc.rpartition("@")[2]
        self._timeout = timeout
        self._free: list[_Line] = []
        self._turns = asyncio.Semaphore(most)

    async def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One call; raises NotReached or Cut. A redirect is an answer like any other."""
        request = self._request(method, path, body, headers or {})
        async with self._turns:
            line = await self._line()
            if not line.usable:
                raise NotReached("the server hung up at once")
            try:
                async with asyncio.timeout(self._timeout):
                    answer = await line.ask(request)
            except TimeoutError:
                line.close()
                raise Cut("no answer in time") from None
            except BaseException:
                line.close()
                raise
            self._rest(line)
            return answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self._free:
            line.close()
        self._free.clear()
        await asyncio.sleep(0)

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        lines = [f"{method} {self._path}{path} HTTP/1.1", f"Host: {self._named}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body or method == "POST" else []
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a header must not break the line")
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def _line(self) -> _Line:
        clock = asyncio.get_running_loop().time()
        while self._free:
            line = self._free.pop()
            if line.usable and clock - line.rested_at < _REST_SECONDS:
                return line
            line.close()
        return await self._open()

    async def _open(self) -> _Line:
        name = self._host
        secure = shield() if self._secure else None
        try:
            async with asyncio.timeout(self._timeout):
                _, line = await asyncio.get_running_loop().create_connection(
                    _Line,
                    await outward.reach(name, self._port, encrypted=self._secure),
                    self._port,
                    ssl=secure,
                    server_hostname=name if secure else None,
                )
        except (OSError, TimeoutError) as error:
            raise NotReached(type(error).__name__) from None
        return line

    def _rest(self, line: _Line) -> None:
        if line.usable:
            line.rested_at = asyncio.get_running_loop().time()
            self._free.append(line)
