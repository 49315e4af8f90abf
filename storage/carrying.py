"""Objects of one tenant given to another of the same deployment, under the same key."""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from minio.commonconfig import CopySource

from infra.durable import sync_directory
from storage.files import FileStore
from storage.s3 import S3Store, run
from storage.shapes import ObjectMissing, StoreUnavailable
from storage.store import Store


async def carry_over(source: Store, target: Store, key: str, media_type: str) -> bool:
    """Give `target` what `source` holds under `key`; False when it has it already.

    On one disk the two share the bytes, which never change; a store copies by itself where it may.
    Raises ObjectMissing, StoreUnavailable.
    """
    size = (await source.stat(key)).size
    with suppress(ObjectMissing):
        if (await target.stat(key)).size == size:
            return False
    if isinstance(source, FileStore) and isinstance(target, FileStore):
        await asyncio.to_thread(_link, source.path_of(key), target.path_of(key))
    elif not await _copied_there(source, target, key):
        await _through_here(source, target, key, media_type)
    return True


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(0o700, parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    sync_directory(target.parent)


async def _copied_there(source: Store, target: Store, key: str) -> bool:
    """Whether the store copied it by itself: it does not where the buckets have other owners."""
    if not (isinstance(source, S3Store) and isinstance(target, S3Store)):
        return False
    with suppress(StoreUnavailable, ObjectMissing):
        await run(target.inner.copy_object, target.bucket, key, CopySource(source.bucket, key))
        return True
    return False


async def _through_here(source: Store, target: Store, key: str, media_type: str) -> None:
    with tempfile.NamedTemporaryFile(prefix="motcua-carry-") as held:
        async for chunk in source.read(key):
            held.write(chunk)
        held.flush()
        await target.put(key, Path(held.name), media_type)
