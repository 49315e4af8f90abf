"""Virus scanning: only a plain OK is clean."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra import clock
from storage import queries, scan, service, staging, sweeping, uploads
from storage.shapes import FileRefused, ObjectMissing, StoreUnavailable, Upload
from storage.store import store_of
from tenants.current import current
from tenants.shapes import Tenant
from tests.storage import clamd, samples
from tests.storage.conftest import ChangeSettings

PDF = samples.pdf()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper"
    path.write_bytes(samples.JPEG * 2000)
    return path


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clamd.Clamd]:
    if clamd.PROGRAM is None:
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    # The daemon leaves root's rights behind, so its place must be open to it.
    home = tmp_path_factory.mktemp("clamd")
    for part in (home, *home.parents):
        if part.name.startswith("pytest-"):
            part.chmod(0o755)
    server = clamd.Clamd(home)
    server.start()
    yield server
    server.stop()


async def test_the_whole_file_reaches_the_scanner(paper: Path, settings_of: ChangeSettings) -> None:
    async with clamd.speaking(b"stream: OK\0") as speaker:
        settings_of(CLAMD=f"127.0.0.1:{speaker.port}")
        assert await scan.scan(paper) == "clean"
    assert speaker.received == samples.JPEG * 2000


@pytest.mark.asvs("5.4.3")
async def test_a_virus_is_refused(paper: Path, settings_of: ChangeSettings) -> None:
    async with clamd.speaking(b"stream: Eicar FOUND\0") as speaker:
        settings_of(CLAMD=f"127.0.0.1:{speaker.port}")
        with pytest.raises(FileRefused, match="infected"):
            await scan.scan(paper)


@pytest.mark.asvs("5.4.3", "16.5.3")
@pytest.mark.parametrize(
    ("answer", "limit"),
    [
        (b"INSTREAM size limit exceeded. ERROR\0", 1000),
        (b"", 1000),
        (b"", None),
        (b"stream: OK", None),
        (b"stream: Heuristics timeout ERROR\0", None),
        (b"\0", None),
        (b"stream: NOT OK\0", None),
    ],
)
async def test_any_other_answer_is_never_clean(
    paper: Path, settings_of: ChangeSettings, answer: bytes, limit: int | None
) -> None:
    async with clamd.speaking(answer, limit) as speaker:
        settings_of(CLAMD=f"127.0.0.1:{speaker.port}")
        with pytest.raises(scan.ScanUnavailable):
            await scan.scan(paper)


async def test_no_scanner_at_the_address_is_never_clean(
    paper: Path, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD="127.0.0.1:9")
    with pytest.raises(scan.ScanUnavailable):
        await scan.scan(paper)


async def test_without_a_scanner_a_file_is_marked_unscanned(
    paper: Path, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD="")
    assert await scan.scan(paper) == "unscanned"


async def test_the_real_scanner_tells_good_from_bad(
    real: clamd.Clamd, paper: Path, tmp_path: Path, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD=f"127.0.0.1:{real.port}")
    assert await scan.scan(paper) == "clean"
    for bad in (samples.EICAR, b"%PDF-1.7\n" + samples.EICAR):
        with pytest.raises(FileRefused, match="infected"):
            await scan.scan(written(tmp_path / "bad", bad))
    with pytest.raises(scan.ScanUnavailable):
        await scan.scan(written(tmp_path / "long", b"\xff" * 3_000_000))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def started(tenant: Tenant) -> Upload:
    """A complete upload that nobody has checked yet."""
    upload = await uploads.begin(
        "citizen:hung", target="draft:1", slot="p1", file_name="a.pdf", size=len(PDF)
    )
    await staging.fill(upload.id, PDF)
    return upload


async def test_a_paper_waits_in_quarantine_until_the_scanner_is_back(
    tenant: Tenant, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD="127.0.0.1:9")
    upload = await started(tenant)
    waiting = await uploads.finish("citizen:hung", upload.id, service.nowhere)
    assert waiting.state == "checking"
    assert await queries.found(upload.id) is None
    with pytest.raises(ObjectMissing):
        await store_of(current()).stat(uploads.key_of(upload))
    assert await sweeping.retry(service.nowhere) == 0
    async with clamd.speaking(b"stream: OK\0") as speaker:
        settings_of(CLAMD=f"127.0.0.1:{speaker.port}")
        assert await sweeping.retry(service.nowhere) == 1
    stored = await queries.found(upload.id)
    assert stored is not None
    assert stored.scan == "clean"


async def test_a_virus_leaves_nothing_behind(tenant: Tenant, settings_of: ChangeSettings) -> None:
    upload = await started(tenant)
    async with clamd.speaking(b"stream: Eicar FOUND\0") as speaker:
        settings_of(CLAMD=f"127.0.0.1:{speaker.port}")
        done = await uploads.finish("citizen:hung", upload.id, service.nowhere)
    assert (done.state, done.refusal) == ("refused", "infected")
    assert list(staging.folder().iterdir()) == []


async def test_a_scanner_that_never_comes_back_ends_the_upload(
    tenant: Tenant, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD="127.0.0.1:9")
    upload = await started(tenant)
    await uploads.finish("citizen:hung", upload.id, service.nowhere)
    with clock.frozen(clock.now() + uploads.CHECKING - timedelta(minutes=1)):
        await sweeping.retry(service.nowhere)
        await sweeping.sweep()
        assert (await uploads.find("citizen:hung", upload.id)).state == "checking"
    with clock.frozen(clock.now() + uploads.CHECKING + timedelta(minutes=1)):
        await sweeping.sweep()
    assert (await uploads.find("citizen:hung", upload.id)).state == "expired"
    assert list(staging.folder().iterdir()) == []


async def test_a_file_of_ours_is_not_kept_unscanned(
    tenant: Tenant, settings_of: ChangeSettings
) -> None:
    settings_of(CLAMD="127.0.0.1:9")
    with pytest.raises(StoreUnavailable):
        await service.keep(PDF, "kq.pdf", "system")
    assert list(staging.folder().iterdir()) == []
