"""A client that costs little itself: keep-alive connections that ask and ask again.

What a full HTTP library would spend on a request would be measured as the server's slowness.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

import uvloop


class Ask(NamedTuple):
    """One request and the status that must answer it."""

    request: bytes
    status: int = 200


class Ran(NamedTuple):
    """What one stretch of load gave."""

    rate: float  # answers a second
    latencies: list[float]  # seconds
    failures: int  # answers with another status, or none


def get(path: str, host: str, **headers: str) -> bytes:
    """A GET request as bytes."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(
    port: int, asks: list[Ask], seconds: float, connections: int = 8, *, addresses: bool = False
) -> Ran:
    """Send `asks` round and round over some connections for some seconds.

    With `addresses` each connection comes from an address of its own.
    """
    return uvloop.run(_run(port, asks, seconds, connections, addresses))


def fetch(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    """Send one request: status, head and body of its answer."""
    return uvloop.run(_fetch(port, request))


async def _run(
    port: int, asks: list[Ask], seconds: float, connections: int, addresses: bool
) -> Ran:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    # Each connection begins elsewhere, so that they do not ask the same at the same time.
    shares = [asks[n * len(asks) // connections :] + asks for n in range(connections)]
    lines = []
    for number, share in enumerate(shares):
        _, line = await loop.create_connection(
            lambda share=share: _Line(cycle(share), began + seconds),
            "127.0.0.1",
            port,
            local_addr=(f"127.0.1.{number + 1}", 0) if addresses else None,
        )
        lines.append(line)
    await asyncio.gather(*(line.done for line in lines))
    elapsed = time.perf_counter() - began
    latencies = [latency for line in lines for latency in line.latencies]
    return Ran(len(latencies) / elapsed, latencies, sum(line.failures for line in lines))


async def _fetch(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(
        lambda: _Line(cycle([Ask(request, 0)]), 0.0), "127.0.0.1", port
    )
    await line.done
    head, _, body = line.last.partition(b"\r\n\r\n")
    return int(head[9:12]), head, body


class _Line(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, asks: Iterator[Ask], until: float) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self.failures = 0
        self.last = b""
        self._asks, self._until = asks, until
        self._heard = bytearray()
        self._wanted = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if self._wanted < 0:
            self._wanted = _length(self._heard)
        if self._wanted >= 0 and len(self._heard) >= self._wanted:
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.failures += 1
            self.done.set_result(None)

    def _ask(self) -> None:
        request, self._status = next(self._asks)
        self._heard.clear()
        self._wanted = -1
        self._asked = time.perf_counter()
        self._transport.write(request)

    def _answered(self) -> None:
        at = time.perf_counter()
        self.latencies.append(at - self._asked)
        if self._status and int(self._heard[9:12]) != self._status:
            self.failures += 1
        if at < self._until:
            self._ask()
        else:
            self.last = bytes(self._heard)
            self.done.set_result(None)
            self._transport.close()


def _length(heard: bytearray) -> int:
    """How many bytes the whole answer has; -1 while its head is not complete."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return -1
    if heard[9:12] in (b"204", b"304"):
        return end + 4
    return end + 4 + body_length(bytes(heard[:end]))


def body_length(head: bytes) -> int:
    """What the head of an answer says of its body. Raises ValueError when it says nothing."""
    head = head.lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        raise ValueError(f"an answer without its length: {head[:200]!r}")
    return int(head[at + 17 :].split(b"\r\n", 1)[0])
