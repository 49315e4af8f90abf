"""Storing a file the application has at hand, by the same way as every other."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

from storage import staging, uploads
from storage.queries import found
from storage.shapes import FileRefused, StoredObject, StoreUnavailable, Upload, UploadMissing


async def nowhere(upload: Upload, stored: StoredObject) -> None:
    """Attach to nothing yet: the caller does so soon, or a sweep takes the object away."""


async def keep(
    content: bytes | Path,
    file_name: str,
    owner: str,
    *,
    target: str = "none",
    slot: str = "none",
    attach: uploads.Attach = nowhere,
) -> StoredObject:
    """Inspect, scan and store one file, outside of any unit of work.

    `owner` reads `citizen:<id>`, `officer:<id>` or `system`. A file at a path is moved there, not
    copied. Raises FileRefused, or StoreUnavailable when scanner or store do not answer: then
    nothing is kept.
    """
    about = {"target": target, "slot": slot, "file_name": file_name}
    upload = await uploads.begin(owner, **about, size=_size(content))
    try:
        await staging.fill(upload.id, content)
        return await _settled(await uploads.finish(owner, upload.id, attach))
    except BaseException:
        await _give_up(owner, upload.id)
        raise


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


async def _settled(upload: Upload) -> StoredObject:
    if upload.refusal:
        raise FileRefused(upload.refusal)
    stored = await found(upload.id) if upload.state == "present" else None
    if stored is None:
        raise StoreUnavailable("the file could not be checked or stored now")
    return stored


async def _give_up(owner: str, identity: UUID) -> None:
    with suppress(UploadMissing):
        await uploads.abandon(owner, identity)
