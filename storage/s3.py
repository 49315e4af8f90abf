"""The `s3` driver: any store that speaks S3, a bucket for each tenant.

The `minio` client blocks, so every call runs in a thread.
"""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import urllib3
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error

from storage import threads
from storage.names import attachment
from storage.shapes import ObjectMissing, Stat, StoreUnavailable

CHUNK = 256 * 1024
# One request up to this size; larger objects go in parts held in memory one at a time.
PART = 32 * 1024 * 1024
_MISSING = {"NoSuchKey", "NoSuchBucket", "NoSuchObject", "ResourceNotFound"}
_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
P = ParamSpec("P")
T = TypeVar("T")


class S3Store:
    """One tenant's bucket; `inner` is how we reach it, `public` signs what browsers open."""

    def __init__(self, bucket: str, inner: Minio, public: Minio) -> None:
        self.bucket = bucket
        self.inner = inner
        self._public = public

    async def prepare(self) -> None:
        """Make the bucket; a second process that makes it first does no harm."""
        if await self.is_there():
            return
        try:
            await run(self.inner.make_bucket, self.bucket)
        except StoreUnavailable as error:
            if str(error) not in _OURS or not await self.is_there():
                raise

    async def is_there(self) -> bool:
        """Whether the store knows the bucket."""
        return await run(self.inner.bucket_exists, self.bucket)

    async def put(self, key: str, path: Path, media_type: str) -> None:
        """Send the file at `path`; the store shows it only when all of it has come."""
        await run(self._put, key, path, media_type)

    async def stat(self, key: str) -> Stat:
        """The object's size; raises ObjectMissing."""
        found = await run(self.inner.stat_object, self.bucket, key)
        return Stat(found.size or 0)

    async def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        """The object's bytes, in chunks; raises ObjectMissing before the first."""
        answer = await run(self.inner.get_object, self.bucket, key, start, length or 0)
        try:
            while chunk := await run(answer.read, CHUNK):
                yield chunk
        finally:
            answer.close()
            answer.release_conn()

    def link(self, key: str, *, file_name: str, media_type: str, seconds: int = 60) -> str:
        """A presigned GET that the store answers with an attachment."""
        return str(
            self._public.presigned_get_object(
                self.bucket,
                key,
                expires=timedelta(seconds=seconds),
                response_headers={
                    "response-content-disposition": attachment(file_name),
                    "response-content-type": media_type,
                },
            )
        )

    async def remove(self, key: str) -> None:
        """Delete the object."""
        try:
            await run(self.inner.remove_object, self.bucket, key)
        except ObjectMissing:
            return

    async def erase(self) -> None:
        """Delete every object, then the bucket."""
        try:
            await run(self._erase)
        except ObjectMissing:
            return

    def _put(self, key: str, path: Path, media_type: str) -> None:
        with path.open("rb") as file:
            size = path.stat().st_size
            self.inner.put_object(
                *(self.bucket, key, file, size),
                content_type=media_type,
                part_size=PART,
                num_parallel_uploads=1,
            )

    def _erase(self) -> None:
        found = self.inner.list_objects(self.bucket, recursive=True)
        doomed = (DeleteObject(item.object_name) for item in found)
        for failure in self.inner.remove_objects(self.bucket, doomed):
            raise StoreUnavailable(failure.code)
        self.inner.remove_bucket(self.bucket)


async def run(call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """`call` in a thread, its many errors told apart as missing or unavailable."""
    try:
        return await threads.run(threads.NETWORK, call, *arguments, **named)
    except S3Error as error:
        if error.code in _MISSING:
            raise ObjectMissing from None
        raise StoreUnavailable(error.code) from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
