"""Uploads over a bad line, by the wrong person, and of too much."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from storage import service, staging, uploads
from storage.shapes import (
    FileRefused,
    UploadBusy,
    UploadMissing,
    WrongOffset,
)
from tests.storage.lines import HUNG, LAN, PDF, Line, begin, bytes_of, files_left, finish, send

pytestmark = pytest.mark.usefixtures("tenant")


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


@pytest.mark.asvs("8.2.2")
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


@pytest.mark.asvs("5.2.1")
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
