"""The staging directory: one plain file per upload, whose size is the offset reached.

Several processes share it, on one machine or over a shared file system; a file lock keeps two of
them from one upload and is gone with the process that held it.
"""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

from infra.clock import now
from infra.settings import BadSetting, settings
from storage.shapes import StoreUnavailable, UploadBusy, UploadMissing
from tenants.current import current

BUFFER = 256 * 1024
P = ParamSpec("P")
T = TypeVar("T")


class Staged:
    """An upload's file, held by us alone; writes are gathered so that few reach the disk."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self.size = os.fstat(handle).st_size
        self._handle = handle
        self._waiting = bytearray()

    async def write(self, chunk: bytes) -> None:
        """Add bytes to the end; raises StoreUnavailable when the disk is full."""
        self._waiting += chunk
        self.size += len(chunk)
        if len(self._waiting) >= BUFFER:
            await _run(self.flush)

    def flush(self) -> None:
        """Hand every byte to the system, where the end of this process cannot lose it."""
        while self._waiting:
            written = os.write(self._handle, self._waiting)
            del self._waiting[:written]


def folder() -> Path:
    """The current tenant's staging directory."""
    if not settings().staging_root:
        raise BadSetting("MOTCUA_STAGING_ROOT is needed: uploads wait there until they are checked")
    return Path(settings().staging_root) / current().slug


async def create(upload: UUID) -> None:
    """An empty file for a new upload."""
    path = folder() / str(upload)
    await _run(path.parent.mkdir, 0o700, parents=True, exist_ok=True)
    await _run(path.touch, 0o600, exist_ok=False)


async def fill(upload: UUID, content: bytes | Path) -> None:
    """All the bytes of an upload at once; a file is moved here."""
    path = folder() / str(upload)
    if isinstance(content, Path):
        await _run(shutil.move, content, path)
    else:
        await _run(path.write_bytes, content)


async def size(upload: UUID) -> int:
    """How many bytes have come; raises UploadMissing."""
    return (await _run((folder() / str(upload)).stat)).st_size


@asynccontextmanager
async def hold(upload: UUID) -> AsyncIterator[Staged]:
    """The upload's file for this block alone; raises UploadBusy or UploadMissing."""
    path = folder() / str(upload)
    handle = await _run(os.open, path, os.O_WRONLY | os.O_APPEND)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy from None
        # It may have been removed between the opening and the lock.
        if not os.fstat(handle).st_nlink:
            raise UploadMissing
        staged = Staged(path, handle)
        try:
            yield staged
        finally:
            # No await here: a cancelled request keeps its bytes too.
            _flush(staged)
    finally:
        os.close(handle)


async def remove(upload: UUID) -> None:
    """Forget the file; one that is gone is no error."""
    await _run((folder() / str(upload)).unlink, missing_ok=True)


async def older_than(seconds: float) -> list[UUID]:
    """Uploads whose file was last written so long ago."""
    return await _run(lambda: list(_older(folder(), now().timestamp() - seconds)))


def _older(place: Path, moment: float) -> Iterator[UUID]:
    if not place.is_dir():
        return
    for entry in os.scandir(place):
        if entry.stat().st_mtime < moment:
            yield UUID(entry.name)


def _flush(staged: Staged) -> None:
    try:
        staged.flush()
    except OSError as error:
        raise StoreUnavailable(error.strerror) from error


async def _run(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    try:
        return await asyncio.to_thread(call, *arguments, **named)
    except FileNotFoundError:
        raise UploadMissing from None
    except OSError as error:
        raise StoreUnavailable(error.strerror) from error
