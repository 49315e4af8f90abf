"""Where backups lie: named blobs in a directory or in a bucket of any store that speaks S3.

A blob is a few megabytes at most and comes and goes whole. The archive knows neither keys nor
tenants' secrets: what it holds was sealed before.
"""

import asyncio
import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from infra.durable import sync_directory
from infra.s3 import client
from infra.settings import BadSetting

P = ParamSpec("P")
T = TypeVar("T")

_MISSING = {"NoSuchKey", "NoSuchObject", "ResourceNotFound"}
# The least S3 allows; a larger blob is one part all the same.
_SMALLEST_PART = 5 * 1024 * 1024
_HALF = ".half"


class ArchiveUnavailable(Exception):
    """The place does not answer, is full or refuses us; trying later is right."""


class BlobMissing(Exception):
    """The place holds nothing under this name."""


class Archive(Protocol):
    """A place for blobs (nơi lưu bản sao); every method raises ArchiveUnavailable."""

    async def put(self, name: str, content: bytes) -> None:
        """Keep the blob whole or not at all, in place of what the name held before."""

    async def get(self, name: str) -> bytes:
        """The blob; raises BlobMissing."""

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin with `prefix`, in order."""

    async def delete(self, name: str) -> None:
        """Forget the blob; one that is not there is no error."""


def archive_at(address: str) -> Archive:
    """The place of an address: `file:///directory` or `s3+https://key:secret@host:port/bucket`.

    `?region=` may follow a bucket. Raises BadSetting for anything else.
    """
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return Directory(Path(unquote(parts.path)))
    bucket = parts.path.strip("/")
    if parts.scheme not in {"s3+http", "s3+https"} or not bucket or not parts.hostname:
        raise BadSetting(
            "a place for backups reads file:///directory or s3+https://key:secret@host:port/bucket"
        )
    host = parts.netloc.rpartition("@")[2]
    region = parts.query.removeprefix("region=") or "us-east-1"
    access, secret = unquote(parts.username or ""), unquote(parts.password or "")
    made = client(f"{parts.scheme.removeprefix('s3+')}://{host}", access, secret, region)
    return Bucket(made, bucket)


class Directory:
    """A directory of this machine or of another one mounted here."""

    def __init__(self, home: Path) -> None:
        self._home = home

    async def put(self, name: str, content: bytes) -> None:
        """Write aside, sync, rename: it survives a loss of power once this returns."""
        await _run(self._put, self._path(name), content)

    async def get(self, name: str) -> bytes:
        """The file's bytes; raises BlobMissing."""
        return await _run(self._path(name).read_bytes)

    async def names(self, prefix: str = "") -> list[str]:
        """Every file below, half-written ones left out."""
        return await _run(self._names, prefix)

    async def delete(self, name: str) -> None:
        """Unlink the file."""
        await _run(self._path(name).unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        path = (self._home / name).absolute()
        if ".." in Path(name).parts or not path.is_relative_to(self._home.absolute()):
            raise ValueError(f"{name} leads out of the archive")
        return path

    def _put(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        half = path.with_name(f"{path.name}.{uuid4().hex}{_HALF}")
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)

    def _names(self, prefix: str) -> list[str]:
        top = self._home / prefix.rpartition("/")[0]
        found = (p.relative_to(self._home).as_posix() for p in top.rglob("*") if p.is_file())
        return sorted(n for n in found if n.startswith(prefix) and not n.endswith(_HALF))


class Bucket:
    """A bucket of a store that speaks S3; it exists already."""

    def __init__(self, made: Minio, bucket: str) -> None:
        self._client = made
        self._bucket = bucket

    async def put(self, name: str, content: bytes) -> None:
        """Send the blob in one request."""
        await _run(self._put, name, content)

    async def get(self, name: str) -> bytes:
        """The object's bytes; raises BlobMissing."""
        return await _run(self._get, name)

    async def names(self, prefix: str = "") -> list[str]:
        """Every key with that prefix."""
        return await _run(self._names, prefix)

    async def delete(self, name: str) -> None:
        """Delete the object."""
        with contextlib.suppress(BlobMissing):
            await _run(self._client.remove_object, self._bucket, name)

    def _put(self, name: str, content: bytes) -> None:
        size = len(content)
        whole = max(size, _SMALLEST_PART)
        self._client.put_object(
            self._bucket, name, io.BytesIO(content), size, part_size=whole, num_parallel_uploads=1
        )

    def _get(self, name: str) -> bytes:
        answer = self._client.get_object(self._bucket, name)
        try:
            return bytes(answer.read())
        finally:
            answer.close()
            answer.release_conn()

    def _names(self, prefix: str) -> list[str]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        return sorted(str(item.object_name) for item in found)


async def _run(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """`call` in a thread, its many errors told apart as missing or unavailable."""
    try:
        return await asyncio.to_thread(call, *arguments, **named)
    except FileNotFoundError:
        raise BlobMissing from None
    except S3Error as error:
        if error.code in _MISSING:
            raise BlobMissing from None
        raise ArchiveUnavailable(f"{error.code} in bucket {error.bucket_name}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise ArchiveUnavailable(type(error).__name__) from error
