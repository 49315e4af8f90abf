"""PostgreSQL's own programs: run to the end, or read from and written to as they go.

They come from the directory the setting names, or from the wheel the embedded server is in. The
password goes by the environment of the program, never by its command line.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable
from pathlib import Path

from infra.dsn import Address
from infra.embedded import places
from infra.settings import settings

_CHUNK = 1024 * 1024


class ProgramFailed(Exception):
    """A program ended with an error; the text is its name and its last line."""


def program(name: str) -> Path:
    """Where one of PostgreSQL's programs is."""
    return directory() / name


def directory() -> Path:
    """Where they all are."""
    chosen = settings().postgres_programs
    return Path(chosen) if chosen else places.installed()


def environment(address: Address) -> dict[str, str]:
    """A clean environment that says where the server is and who asks."""
    said = {
        "PGHOST": address.host,
        "PGPORT": str(address.port),
        "PGUSER": address.user,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
        "PGSSLMODE": address.ssl,
        "PGAPPNAME": "motcua_backup",
    }
    plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**plain, **{name: value for name, value in said.items() if value}}


async def run(name: str, *arguments: str | Path, address: Address | None = None) -> str:
    """Run a program to its end; its output. Raises ProgramFailed."""
    child = await _start(name, arguments, address)
    out, err = await child.communicate()
    _judge(name, child.returncode, err)
    return out.decode(errors="replace")


async def output(
    name: str, *arguments: str | Path, address: Address | None = None
) -> AsyncGenerator[bytes, None]:
    """What a program prints, as it comes; raises ProgramFailed at the end when it failed."""
    child = await _start(name, arguments, address)
    assert child.stdout is not None and child.stderr is not None
    told = asyncio.create_task(child.stderr.read())
    try:
        while chunk := await child.stdout.read(_CHUNK):
            yield chunk
        await child.wait()
        _judge(name, child.returncode, await told)
    finally:
        await _end(child)


async def feed(
    chunks: AsyncIterable[bytes], name: str, *arguments: str | Path, address: Address | None = None
) -> None:
    """Give a program what to read, as it comes; raises ProgramFailed."""
    child = await _start(name, arguments, address, reads=True)
    assert child.stdin is not None
    talking = asyncio.create_task(child.communicate())
    writing = asyncio.create_task(_write(chunks, child.stdin))
    try:
        # One that ended by itself reads no more, and nobody tells who writes.
        await asyncio.wait({talking, writing}, return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            writing.result()
        _, err = await talking
        _judge(name, child.returncode, err)
    finally:
        await _end(child)
        writing.cancel()
        await asyncio.gather(talking, writing, return_exceptions=True)


async def _write(chunks: AsyncIterable[bytes], target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        async for chunk in chunks:
            target.write(chunk)
            await target.drain()
    target.close()


async def _start(
    name: str, arguments: tuple[str | Path, ...], address: Address | None, *, reads: bool = False
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        str(program(name)),
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE if reads else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(address) if address else environment(Address("", 0)),
        limit=4 * _CHUNK,
    )


def _judge(name: str, status: int | None, told: bytes) -> None:
    if status != 0:
        lines = told.decode(errors="replace").strip().splitlines() or ["it left no message"]
        raise ProgramFailed(f"{name}: {lines[-1]}")


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
