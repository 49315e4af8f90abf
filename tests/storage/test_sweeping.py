"""What is left of uploads that never came to their end, and a disk that is full."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infra import clock
from storage import staging, sweeping, uploads
from storage.shapes import (
    FileRefused,
    ObjectMissing,
    StoreUnavailable,
    UploadMissing,
)
from storage.store import store_of
from tenants.current import current
from tests.storage.lines import HUNG, LAN, PDF, begin, files_left, send

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.mark.asvs("2.3.2")
async def test_one_owner_cannot_fill_the_disk_with_beginnings() -> None:
    for _ in range(uploads.AT_ONCE):
        await begin()
    with pytest.raises(FileRefused, match="too_many"):
        await begin()
    await begin(owner=LAN)


async def test_an_abandoned_upload_is_gone() -> None:
    upload = await begin()
    await send(upload, PDF[:50])
    await uploads.abandon(HUNG, upload.id)
    assert files_left() == []
    with pytest.raises(UploadMissing):
        await send(upload, PDF[50:], at=50)
    with pytest.raises(UploadMissing):
        await uploads.abandon(HUNG, upload.id)


async def test_expired_uploads_are_swept() -> None:
    upload = await begin()
    await send(upload, PDF)
    with clock.frozen(clock.now() + uploads.LIFETIME + timedelta(seconds=1)):
        with pytest.raises(UploadMissing):
            await send(upload, b"", at=len(PDF))
        assert await sweeping.sweep() == 1
    assert (await uploads.find(HUNG, upload.id)).state == "expired"
    assert files_left() == []
    assert await sweeping.sweep() == 0


async def test_a_put_whose_process_died_before_the_row_is_swept(tmp_path: Path) -> None:
    upload = await begin()
    await send(upload, PDF)
    store = store_of(current())
    await store.put(uploads.key_of(upload), staging.folder() / str(upload.id), "application/pdf")
    with clock.frozen(clock.now() + uploads.LIFETIME):
        await sweeping.sweep()
    with pytest.raises(ObjectMissing):
        await store.stat(uploads.key_of(upload))


async def test_a_file_whose_row_was_never_written_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan, upload = uuid4(), await begin()
    await staging.create(orphan)
    monkeypatch.setattr(sweeping, "ORPHAN_SECONDS", -1.0)
    await sweeping.sweep()
    assert [path.name for path in files_left()] == [str(upload.id)]


async def test_a_full_disk_is_a_store_that_is_away(tmp_path: Path) -> None:
    upload = await begin(PDF * 2000)
    place = staging.folder() / str(upload.id)
    place.unlink()
    place.symlink_to("/dev/full")
    for content in (PDF, PDF * 1000):
        with pytest.raises(StoreUnavailable):
            await send(upload, content, size=65536)
