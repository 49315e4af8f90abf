"""Storing a file the application has at hand, by the same way as every other."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

from storage import staging, uploads
from storage.queries import found
from storage.shapes import FileRefused, StoredObject, StoreUnavailable, Upload, UploadMissing


async def nowhere(upload: Upload, stored: StoredObject) -> None:
    """Attach to nothing yet."""


async def receive(
    content: bytes | Path,
    file_name: str,
    owner: str,
    *,
    target: str,
    slot: str,
    attach: uploads.Attach,
) -> Upload:
    """A whole file at once, as if it had come by a resumable upload.

    Outside of any unit of work. Returns the upload as present, refused, or still checking. A file
    at a path is moved, not copied. Raises FileRefused when its name or size already says no.
    """
    about = {"target": target, "slot": slot, "file_name": file_name}
    upload = await uploads.begin(owner, **about, size=_size(content))
    await staging.fill(upload.id, content)
    return await uploads.finish(owner, upload.id, attach)


async def keep(
    content: bytes | Path, file_name: str, owner: str, *, target: str = "none"
) -> StoredObject:
    """Inspect, scan and store one file now or not at all, outside of any unit of work.

    `owner` reads `citizen:<id>`, `officer:<id>` or `system`. The caller attaches the object within
    a day, or a sweep takes it away. Raises FileRefused, and StoreUnavailable when scanner or store
    do not answer: then nothing is kept.
    """
    upload = await receive(content, file_name, owner, target=target, slot="none", attach=nowhere)
    if upload.refusal:
        raise FileRefused(upload.refusal)
    stored = await found(upload.id) if upload.state == "present" else None
    if stored is None:
        await _give_up(owner, upload.id)
        raise StoreUnavailable("the file could not be checked or stored now")
    return stored


def _size(content: bytes | Path) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


async def _give_up(owner: str, identity: UUID) -> None:
    with suppress(UploadMissing):
        await uploads.abandon(owner, identity)
