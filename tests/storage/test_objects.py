"""Objects of ours: kept, discarded, counted, limited."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra import clock
from infra.settings import settings
from storage import queries, service, sweeping, uploads
from storage.shapes import (
    FileRefused,
    ObjectMissing,
)
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.work import WorkError, work
from tests.storage import samples
from tests.storage.lines import PDF, begin, bytes_of, files_left, finish, send

pytestmark = pytest.mark.usefixtures("tenant")


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
