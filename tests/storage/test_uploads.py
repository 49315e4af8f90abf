"""Uploads over a bad line, by the wrong person, twice, and cut short by the end of a process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infra import clock
from infra.settings import settings
from storage import queries, service, staging, sweeping, uploads
from storage.shapes import (
    FileRefused,
    ObjectMissing,
    StoredObject,
    StoreUnavailable,
    Upload,
    UploadBusy,
    UploadMissing,
    WrongOffset,
)
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.shapes import Tenant
from tenants.work import WorkError, work
from tests.storage import samples

HUNG, LAN = "citizen:hung", "citizen:lan"
PDF = samples.pdf(3)


@pytest.fixture(autouse=True)
async def _acting(tenant: Tenant) -> None:
    """Every test here runs for a fresh tenant."""


class Line:
    """A sender's line: gives chunks, and falls after some bytes when told to."""

    def __init__(self, content: bytes, *, falls_after: int | None = None, size: int = 64) -> None:
        self.content, self.falls_after, self.size = content, falls_after, size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), self.size):
            if self.falls_after is not None and start >= self.falls_after:
                raise ConnectionError
            yield self.content[start : start + self.size]


async def begin(content: bytes = PDF, name: str = "don.pdf", owner: str = HUNG) -> Upload:
    return await uploads.begin(
        owner, target="draft:1", slot="p1", file_name=name, size=len(content)
    )


async def send(upload: Upload, content: bytes, at: int = 0, **line: int) -> int:
    return await uploads.append(upload.owner, upload.id, at, aiter(Line(content, **line)))


async def finish(upload: Upload) -> Upload:
    return await uploads.finish(upload.owner, upload.id, service.nowhere)


async def bytes_of(upload: Upload) -> bytes:
    stored = await queries.found(upload.id)
    assert stored is not None
    return b"".join([chunk async for chunk in store_of(current()).read(stored.key)])


def files_left() -> list[Path]:
    return list(staging.folder().iterdir())


async def test_a_whole_file_becomes_an_object_with_its_digest() -> None:
    upload = await begin()
    assert await send(upload, PDF) == len(PDF)
    done = await finish(upload)
    assert (done.state, done.object_id) == ("present", upload.id)
    assert await bytes_of(upload) == PDF
    assert files_left() == []


async def test_a_cut_line_loses_no_byte_that_came() -> None:
    upload = await begin()
    with pytest.raises(ConnectionError):
        await send(upload, PDF, falls_after=128)
    reached = await uploads.offset(await uploads.find(HUNG, upload.id))
    assert reached == 128
    assert await send(upload, PDF[reached:], at=reached) == len(PDF)
    assert (await finish(upload)).state == "present"
    assert await bytes_of(upload) == PDF


async def test_a_cancelled_request_keeps_its_bytes() -> None:
    async def stalls() -> AsyncIterator[bytes]:
        yield PDF[:100]
        await asyncio.sleep(3600)

    upload = await begin()
    task = asyncio.ensure_future(uploads.append(HUNG, upload.id, 0, stalls()))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    assert await uploads.offset(upload) == 100


async def test_a_line_gone_silent_lets_go_of_the_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    async def falls_silent() -> AsyncIterator[bytes]:
        yield PDF[:100]
        await asyncio.sleep(3600)

    monkeypatch.setattr(uploads, "SILENCE_SECONDS", 0.05)
    upload = await begin()
    assert await uploads.append(HUNG, upload.id, 0, falls_silent()) == 100


async def test_a_wrong_offset_is_answered_with_the_right_one() -> None:
    upload = await begin()
    await send(upload, PDF[:200])
    for wrong in (0, 199, 201):
        with pytest.raises(WrongOffset) as caught:
            await send(upload, PDF[200:], at=wrong)
        assert caught.value.offset == 200


async def test_a_second_sender_is_told_to_wait() -> None:
    upload = await begin()
    async with staging.hold(upload.id):
        with pytest.raises(UploadBusy):
            await send(upload, PDF)
        with pytest.raises(UploadBusy):
            await finish(upload)
    assert await send(upload, PDF) == len(PDF)


async def test_another_process_holding_the_upload_is_noticed() -> None:
    upload = await begin()
    script = f"import fcntl; f = open({str(staging.folder() / str(upload.id))!r}); "
    script += "fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec("python3", "-c", script, stdin=pipe, stdout=pipe)
    assert other.stdout is not None
    await other.stdout.readline()
    with pytest.raises(UploadBusy):
        await send(upload, PDF)
    other.kill()
    await other.wait()
    assert await send(upload, PDF) == len(PDF)


async def test_an_upload_is_nobody_elses() -> None:
    upload = await begin()
    for act in (
        uploads.find(LAN, upload.id),
        uploads.append(LAN, upload.id, 0, aiter(Line(PDF))),
        uploads.finish(LAN, upload.id, service.nowhere),
        uploads.abandon(LAN, upload.id),
        uploads.find(HUNG, uuid4()),
    ):
        with pytest.raises(UploadMissing):
            await act
    assert await uploads.offset(upload) == 0


async def test_more_bytes_than_announced_are_refused() -> None:
    upload = await begin(PDF[:100])
    with pytest.raises(FileRefused, match="too_large"):
        await send(upload, PDF)


async def test_an_incomplete_upload_cannot_be_finished() -> None:
    upload = await begin()
    await send(upload, PDF[:50])
    with pytest.raises(WrongOffset):
        await finish(upload)


@pytest.mark.parametrize(
    ("size", "name", "code"),
    [
        (0, "a.pdf", "empty"),
        (25 * 1024 * 1024, "a.pdf", "too_large"),
        (10, "a.exe", "unknown_type"),
    ],
)
async def test_what_cannot_be_taken_is_said_before_the_first_byte(
    size: int, name: str, code: str
) -> None:
    with pytest.raises(FileRefused, match=code):
        await uploads.begin(HUNG, target="draft:1", slot="p1", file_name=name, size=size)
    assert not staging.folder().exists()


async def test_a_program_named_pdf_is_refused_and_leaves_nothing() -> None:
    upload = await begin(samples.EXE)
    await send(upload, samples.EXE)
    done = await finish(upload)
    assert (done.state, done.refusal) == ("refused", "wrong_extension")
    assert await queries.found(upload.id) is None
    assert files_left() == []
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(uploads.key_of(upload))


async def test_finishing_twice_keeps_one_object() -> None:
    upload = await begin()
    await send(upload, PDF)
    attached: list[Upload] = []

    async def attach(upload: Upload, stored: StoredObject) -> None:
        attached.append(upload)

    first = await uploads.finish(HUNG, upload.id, attach)
    assert await uploads.finish(HUNG, upload.id, attach) == first
    assert len(attached) == 1
    assert await send(upload, b"", at=len(PDF)) == len(PDF)


async def test_an_attachment_that_is_refused_leaves_no_object() -> None:
    async def unwanted(upload: Upload, stored: StoredObject) -> None:
        raise FileRefused("unwanted")

    upload = await begin()
    await send(upload, PDF)
    done = await uploads.finish(HUNG, upload.id, unwanted)
    assert (done.state, done.refusal) == ("refused", "unwanted")
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(uploads.key_of(upload))


async def test_an_accident_while_attaching_leaves_the_upload_to_be_finished() -> None:
    async def falls(upload: Upload, stored: StoredObject) -> None:
        raise RuntimeError

    upload = await begin()
    await send(upload, PDF)
    with pytest.raises(RuntimeError):
        await uploads.finish(HUNG, upload.id, falls)
    assert await queries.found(upload.id) is None
    assert await sweeping.retry(service.nowhere) == 1
    assert await bytes_of(upload) == PDF


async def test_a_complete_upload_whose_sender_left_is_finished_later() -> None:
    upload = await begin()
    await send(upload, PDF)
    unfinished = await begin()
    await send(unfinished, PDF[:10])
    assert await sweeping.retry(service.nowhere) == 1
    assert (await uploads.find(HUNG, upload.id)).state == "present"
    assert (await uploads.find(HUNG, unfinished.id)).state == "open"


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


async def test_talking_to_the_store_inside_a_transaction_is_an_error() -> None:
    upload = await begin()
    await send(upload, PDF)
    with pytest.raises(WorkError):
        async with work():
            await finish(upload)


async def test_keeping_a_file_we_made_goes_the_same_way() -> None:
    stored = await service.keep(PDF, "Kết quả.pdf", "officer:minh")
    assert (stored.size, stored.media_type, stored.scan) == (
        len(PDF),
        "application/pdf",
        "unscanned",
    )
    with pytest.raises(FileRefused, match="encrypted"):
        await service.keep(samples.pdf(password="x"), "Kết quả.pdf", "officer:minh")
    assert files_left() == []


async def test_keeping_moves_a_file_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "result"
    path.write_bytes(PDF)
    stored = await service.keep(path, "kq.pdf", "system")
    assert await bytes_of(await uploads.find("system", stored.id)) == PDF
    assert not path.exists()


async def test_a_discarded_object_is_erased_from_the_store() -> None:
    stored = await service.keep(PDF, "kq.pdf", "system")
    async with work():
        await sweeping.discard([stored.id])
    assert await queries.found(stored.id) is None
    assert await sweeping.erase() == 1
    assert await sweeping.erase() == 0
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(stored.key)


async def test_byte_days_count_what_was_there_at_the_end_of_a_vietnamese_day() -> None:
    stored = await service.keep(PDF, "kq.pdf", "system")
    noon = stored.stored_at.astimezone(clock.VIETNAM).replace(hour=12)
    await db.tenant.execute("update stored_object set stored_at = $1", noon)
    day = noon.date()
    assert await queries.bytes_stored(day - timedelta(days=1)) == 0
    assert await queries.bytes_stored(day) == len(PDF)
    late = noon.replace(hour=23, minute=59) + timedelta(days=1)
    await db.tenant.execute("update stored_object set removed_at = $1", late)
    assert await queries.bytes_stored(day) == len(PDF)
    assert await queries.bytes_stored(day + timedelta(days=1)) == 0


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment that takes 500 bytes at most."""
    monkeypatch.setenv("MOTCUA_UPLOAD_LIMIT_BYTES", "500")
    settings.cache_clear()
    yield
    settings.cache_clear()


async def test_the_limit_is_the_deployments(small_limit: None) -> None:
    with pytest.raises(FileRefused, match="too_large"):
        await begin(b"x" * 501)
    assert (await begin(b"x" * 500)).size == 500
