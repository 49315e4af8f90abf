"""Uploads that are complete: taken, refused, finished twice, finished by somebody later."""

import pytest

from storage import queries, service, sweeping, uploads
from storage.shapes import (
    FileRefused,
    ObjectMissing,
    StoredObject,
    Upload,
)
from storage.store import store_of
from tenants.current import current
from tests.storage import samples
from tests.storage.lines import HUNG, PDF, begin, bytes_of, files_left, finish, send

pytestmark = pytest.mark.usefixtures("tenant")


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
