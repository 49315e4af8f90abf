"""Scanners to test against: the real clamd where installed, and one that speaks its protocol."""

import asyncio
import shutil
import signal
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infra.embedded.process import spawn, stop, wait_until
from infra.embedded.server import listening
from tests.ports import free_port
from tests.storage.samples import EICAR

PROGRAM = shutil.which("clamd")
_CONF = """DatabaseDirectory {home}/db
TCPSocket {port}
TCPAddr 127.0.0.1
LogFile {home}/clamd.log
LogFileMaxSize 0
TemporaryDirectory {home}/tmp
Foreground yes
StreamMaxLength 1M
AlertExceedsMax yes
AlertEncrypted yes
"""


class Clamd:
    """The real daemon with one signature of its own, and a stream limit of 1 MiB."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Launch it and wait until it listens."""
        assert PROGRAM is not None
        # It gives up its rights when started by root, and must still read and write here.
        for part in (self.home, self.home / "db", self.home / "tmp"):
            part.mkdir(exist_ok=True)
            part.chmod(0o777)
        (self.home / "db" / "local.ndb").write_text(f"Eicar-Local:0:*:{EICAR.hex()}\n")
        conf = self.home / "clamd.conf"
        conf.write_text(_CONF.format(home=self.home, port=self.port))
        log = self.home / "out.log"
        self._child = spawn([PROGRAM, "-c", conf], log=log)
        wait_until(lambda: listening(self.port), self._child, name="clamd", log=log, timeout=60)

    def stop(self) -> None:
        """End it."""
        if self._child:
            stop(self._child, signal.SIGTERM)


class Speaker:
    """A server that speaks INSTREAM: answers `answer`, or hangs up after `limit` bytes."""

    def __init__(self, answer: bytes, limit: int | None) -> None:
        self.answer, self.limit = answer, limit
        self.received = bytearray()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            self.received += await reader.readexactly(length)
            if self.limit is not None and len(self.received) > self.limit:
                break
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def speaking(answer: bytes, limit: int | None = None) -> AsyncIterator[Speaker]:
    """A protocol server for the length of the block."""
    speaker = Speaker(answer, limit)
    server = await asyncio.start_server(speaker.serve, "127.0.0.1", 0)
    speaker.port = server.sockets[0].getsockname()[1]
    async with server:
        yield speaker
