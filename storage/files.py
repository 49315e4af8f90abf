"""The `files` driver: a directory on this machine, for one node and for running without setup.

The key is hashed into the path, so no key can leave the directory. A file is written aside, synced
and renamed, so an object is whole or absent whatever happens.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import IO, ParamSpec, TypeVar

from infra.durable import sync_directory
from infra.settings import BadSetting, Settings
from storage import links
from storage.shapes import ObjectMissing, Stat, StoreUnavailable
from tenants.shapes import Tenant

CHUNK = 256 * 1024
P = ParamSpec("P")
T = TypeVar("T")


class FileStore:
    """One tenant's objects under one directory."""

    def __init__(self, tenant: Tenant, root: Path) -> None:
        self._tenant = tenant
        self._home = root / tenant.bucket

    @classmethod
    def of(cls, tenant: Tenant, chosen: Settings) -> "FileStore":
        """The store of `tenant`; refused in production unless the operator allowed it."""
        if chosen.mode == "production" and not chosen.storage_files_in_production:
            raise BadSetting(
                "the files driver keeps papers on one disk: choose MOTCUA_STORAGE_DRIVER=s3, or "
                "MOTCUA_STORAGE_FILES_IN_PRODUCTION=true on a single machine with its own backup"
            )
        return cls(tenant, Path(chosen.storage_root))

    async def prepare(self) -> None:
        """Make the tenant's directory, closed to other users of the machine."""
        await _run(self._home.mkdir, 0o700, True, True)

    async def is_there(self) -> bool:
        """Whether the tenant has its directory."""
        return await _run(self._home.is_dir)

    async def put(self, key: str, path: Path, media_type: str) -> None:
        """Copy the file at `path` into place; it survives a loss of power once this returns."""
        await _run(self._put, key, path)

    async def stat(self, key: str) -> Stat:
        """The object's size; raises ObjectMissing."""
        return Stat((await _run(self.path_of(key).stat)).st_size)

    async def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        """The object's bytes, in chunks; raises ObjectMissing before the first."""
        left = length
        with closing(await _run(_open, self.path_of(key), start)) as file:
            while chunk := await _run(file.read, CHUNK if left is None else min(CHUNK, left)):
                left = None if left is None else left - len(chunk)
                yield chunk

    def link(self, key: str, *, file_name: str, media_type: str, seconds: int = 60) -> str:
        """A path on the tenant's own address, served by the application."""
        return links.sign(
            self._tenant, key, file_name=file_name, media_type=media_type, seconds=seconds
        )

    async def remove(self, key: str) -> None:
        """Unlink the object and whatever a killed `put` of it left behind."""
        await _run(self._remove, key)

    async def erase(self) -> None:
        """Remove the tenant's directory."""
        await _run(shutil.rmtree, self._home, True)

    def path_of(self, key: str) -> Path:
        """Where the object lies, whether or not it is there."""
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._home / name[:2] / name

    def _put(self, key: str, source: Path) -> None:
        path = self.path_of(key)
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        # What a killed process left of the same object; two never put one key at a time.
        _forget_halves(path)
        handle, half = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as target, source.open("rb") as bytes_:
                shutil.copyfileobj(bytes_, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
            os.replace(half, path)
        except BaseException:
            os.unlink(half)
            raise
        sync_directory(path.parent)

    def _remove(self, key: str) -> None:
        path = self.path_of(key)
        path.unlink(missing_ok=True)
        _forget_halves(path)


def _forget_halves(path: Path) -> None:
    for half in path.parent.glob(f"{path.name}.*"):
        half.unlink(missing_ok=True)


def _open(path: Path, start: int) -> IO[bytes]:
    file = path.open("rb")
    file.seek(start)
    return file


async def _run(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """`call` in a thread; a full or broken disk is a store that does not answer."""
    try:
        return await asyncio.to_thread(call, *arguments, **named)
    except FileNotFoundError:
        raise ObjectMissing from None
    except OSError as error:
        raise StoreUnavailable(error.strerror) from error
