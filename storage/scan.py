"""Virus scanning by clamd, over its INSTREAM command.

Only a plain "OK" is clean. A lost connection, a size limit, a time limit or any other answer means
the file was not scanned, and an unscanned file stays in quarantine while a scanner is configured.
"""

import asyncio
import contextlib
import struct
from pathlib import Path

from infra.settings import BadSetting, settings
from storage.shapes import FileRefused, Scan

CHUNK = 256 * 1024
# clamd itself gives up on a file after two minutes in its usual configuration.
SECONDS = 150.0


class ScanUnavailable(Exception):
    """The scanner gave no verdict; the file is neither clean nor infected."""


async def scan(path: Path) -> Scan:
    """The verdict on a file: `clean`, or `unscanned` when the deployment has no scanner.

    Raises FileRefused as infected, and ScanUnavailable when the scanner has no answer now.
    """
    if not settings().clamd:
        return "unscanned"
    host, _, port = settings().clamd.rpartition(":")
    if not port.isdigit():
        raise BadSetting("MOTCUA_CLAMD must read host:port")
    answer = await ask(path, host or "127.0.0.1", int(port))
    if answer.endswith(" FOUND"):
        raise FileRefused("infected")
    if answer != "OK":
        raise ScanUnavailable(answer)
    return "clean"


async def ask(path: Path, host: str, port: int, seconds: float = SECONDS) -> str:
    """What clamd says of the file: `OK`, `<name> FOUND`, or an error text ending in ` ERROR`."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                # Above its size limit clamd answers and closes while we are still sending.
                with contextlib.suppress(ConnectionError):
                    await _send(path, writer)
                answer = await reader.readuntil(b"\0")
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        raise ScanUnavailable(type(error).__name__) from error
    return answer[:-1].decode(errors="replace").removeprefix("stream: ")


async def _send(path: Path, writer: asyncio.StreamWriter) -> None:
    writer.write(b"zINSTREAM\0")
    file = await asyncio.to_thread(path.open, "rb")
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            writer.write(struct.pack("!I", len(chunk)) + chunk)
            await writer.drain()
    writer.write(struct.pack("!I", 0))
    await writer.drain()
