"""Unpacking a tar archive as it comes, for another user, into a directory of its own."""

import asyncio
import contextlib
import os
import shutil
import tarfile
from collections.abc import AsyncIterable
from pathlib import Path
from typing import IO

_BUFFER = 1024 * 1024


async def untar(chunks: AsyncIterable[bytes], target: Path, owner: tuple[int, int]) -> None:
    """Unpack files and directories under `target`, all belonging to `owner` (uid, gid).

    Raises ValueError for a member that would leave the directory, or is neither file nor directory.
    """
    reader, writer = os.pipe()
    unpacking = asyncio.create_task(asyncio.to_thread(_unpack, reader, target, owner))
    try:
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb", buffering=0) as out:
            async for chunk in chunks:
                await asyncio.to_thread(_write, out, chunk)
    finally:
        # Whatever stopped us, the thread meets the end of the pipe and is waited for.
        await unpacking


def _write(out: IO[bytes], chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[out.write(rest) :]


def _unpack(reader: int, target: Path, owner: tuple[int, int]) -> None:
    home = target.resolve()
    mine = owner == (os.geteuid(), os.getegid())
    with (
        os.fdopen(reader, "rb", buffering=_BUFFER) as source,
        tarfile.open(fileobj=source, mode="r|", bufsize=_BUFFER) as archive,
    ):
        for member in archive:
            path = home / member.name
            if not path.resolve().is_relative_to(home):
                raise ValueError(f"{member.name} leads out of {target}")
            _put(archive, member, path)
            if not mine:
                os.chown(path, *owner)


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.isdir():
        path.mkdir(0o700, parents=True, exist_ok=True)
        return
    content = archive.extractfile(member) if member.isfile() else None
    if content is None:
        raise ValueError(f"{member.name} is neither a file nor a directory")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(content, out, _BUFFER)
