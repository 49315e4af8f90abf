"""What every store promises, whichever driver is behind it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import httpx
import pytest
from litestar import Litestar
from litestar.types import Receive, Scope, Send

from app.doors import failures
from app.doors.files import serve_object
from infra import http, parts
from infra.archive import ArchiveUnavailable, BlobMissing, archive_at
from infra.s3 import client
from infra.settings import BadSetting, settings
from storage.service import keep
from storage.shapes import ObjectMissing, StoreUnavailable
from storage.store import Store, store_of
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests.storage import samples
from tests.storage.conftest import ChangeSettings, Endpoint, MakeStore, someone

Place = tuple[Tenant, Store]
KEY = "2026/11/Giấy khai sinh ../bản sao.pdf"
NAME = "Giấy khai sinh.pdf"
CONTENT = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper"
    path.write_bytes(CONTENT)
    return path


def with_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


async def bytes_of(store: Store, key: str, *span: int) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, *span)])


def link(store: Store, seconds: int = 60) -> str:
    return store.link(KEY, file_name=NAME, media_type="application/pdf", seconds=seconds)


async def fetch(
    tenant: Tenant, address: str, method: str = "GET", **headers: str
) -> httpx.Response:
    """What a stranger's browser gets at the tenant's site for an address."""
    if address.startswith("http"):
        async with http.visitor() as browser:
            return await browser.request(method, address, headers=headers)
    site = Litestar([serve_object], exception_handlers=failures.HANDLERS, openapi_config=None)

    async def at_the_tenant(scope: Scope, receive: Receive, send: Send) -> None:
        with acting_for(tenant):
            await site(scope, receive, send)

    transport = httpx.ASGITransport(at_the_tenant)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.localhost") as browser:
        return await browser.request(method, address, headers=headers)


def other_letter(text: str) -> str:
    return text[:-1] + ("A" if text[-1] != "A" else "B")


class TestEveryStore:
    async def test_gives_back_what_was_put(self, binh_dinh: Place, paper: Path) -> None:
        _, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        assert (await store.stat(KEY)).size == len(CONTENT)
        assert await bytes_of(store, KEY) == CONTENT
        assert await bytes_of(store, KEY, 1000) == CONTENT[1000:]
        assert await bytes_of(store, KEY, 1000, 300) == CONTENT[1000:1300]

    async def test_says_when_there_is_nothing(self, binh_dinh: Place) -> None:
        _, store = binh_dinh
        with pytest.raises(ObjectMissing):
            await store.stat("2026/11/không có")
        with pytest.raises(ObjectMissing):
            await bytes_of(store, "2026/11/không có")

    async def test_replaces_and_forgets(self, binh_dinh: Place, paper: Path) -> None:
        _, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        await store.put(KEY, with_bytes(paper, b"second"), "application/pdf")
        assert await bytes_of(store, KEY) == b"second"
        await store.remove(KEY)
        await store.remove(KEY)
        with pytest.raises(ObjectMissing):
            await store.stat(KEY)

    async def test_prepares_twice_and_erases_with_what_is_inside(
        self, binh_dinh: Place, paper: Path
    ) -> None:
        _, store = binh_dinh
        await store.prepare()
        assert await store.is_there()
        for n in range(3):
            await store.put(f"2026/11/{n}", paper, "application/pdf")
        await store.erase()
        await store.erase()
        assert not await store.is_there()
        with pytest.raises(ObjectMissing):
            await store.stat("2026/11/0")

    async def test_a_link_saves_the_file_under_its_name(
        self, binh_dinh: Place, paper: Path
    ) -> None:
        tenant, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        answer = await fetch(tenant, link(store))
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-type"] == "application/pdf"
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment;")
        assert "filename*=UTF-8''Gi%E1%BA%A5y%20khai%20sinh.pdf" in disposition
        assert "set-cookie" not in answer.headers

    async def test_a_link_gives_a_range(self, binh_dinh: Place, paper: Path) -> None:
        tenant, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        answer = await fetch(tenant, link(store), range="bytes=100-199")
        assert (answer.status_code, answer.content) == (206, CONTENT[100:200])
        assert answer.headers["content-range"] == f"bytes 100-199/{len(CONTENT)}"

    async def test_a_link_ends(self, binh_dinh: Place, paper: Path) -> None:
        tenant, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        address = link(store, seconds=1)
        await asyncio.sleep(2.1)
        assert (await fetch(tenant, address)).status_code in {403, 404}

    async def test_a_changed_link_gives_nothing(self, binh_dinh: Place, paper: Path) -> None:
        tenant, store = binh_dinh
        await store.put(KEY, paper, "application/pdf")
        address = link(store)
        parts = urlsplit(address)
        elsewhere = urlunsplit(parts._replace(path=other_letter(parts.path)))
        for forged in (other_letter(address), elsewhere):
            assert (await fetch(tenant, forged)).status_code in {400, 403, 404}
        for method in ("PUT", "DELETE", "POST"):
            assert not (await fetch(tenant, address, method)).is_success
        assert await bytes_of(store, KEY) == CONTENT

    async def test_two_tenants_have_two_buckets(
        self, binh_dinh: Place, make_store: MakeStore, paper: Path
    ) -> None:
        _, store = binh_dinh
        neighbour, theirs = make_store("lao-cai")
        await theirs.prepare()
        await store.put(KEY, paper, "application/pdf")
        with pytest.raises(ObjectMissing):
            await theirs.stat(KEY)
        stolen = link(store)
        if stolen.startswith("/"):
            assert (await fetch(neighbour, stolen)).status_code == 404
        await theirs.erase()
        assert (await store.stat(KEY)).size == len(CONTENT)


async def test_an_upload_ends_as_the_same_bytes_behind_a_link(
    tenant: Tenant, make_store: MakeStore
) -> None:
    content = samples.pdf(weight=6_000_000)
    store = store_of(tenant)
    await store.prepare()
    stored = await keep(content, NAME, "citizen:hung")
    assert stored.sha256 == hashlib.sha256(content).digest()
    address = store.link(stored.key, file_name=NAME, media_type=stored.media_type)
    answer = await fetch(tenant, address)
    assert hashlib.sha256(answer.content).hexdigest() == stored.digest
    await store.erase()


async def test_a_store_that_is_away_is_said_to_be_away(
    settings_of: ChangeSettings, paper: Path
) -> None:
    settings_of(
        STORAGE_DRIVER="s3", S3_ENDPOINT="http://127.0.0.1:9", S3_ACCESS_KEY="a", S3_SECRET_KEY="b"
    )
    store = store_of(someone("xa"))
    for act in (store.prepare(), store.put(KEY, paper, "application/pdf"), store.stat(KEY)):
        with pytest.raises(StoreUnavailable):
            await act


def test_files_on_one_disk_are_refused_in_production(
    settings_of: ChangeSettings, tmp_path: Path
) -> None:
    settings_of(MODE="production", PUBLIC_SCHEME="https", STORAGE_ROOT=str(tmp_path))
    assert settings().mode == "production"
    with pytest.raises(BadSetting, match="MOTCUA_STORAGE_DRIVER"):
        store_of(someone("that"))
    settings_of(STORAGE_FILES_IN_PRODUCTION="true")
    assert store_of(someone("that"))


async def test_a_bucket_keeps_backups_as_a_directory_does(swift: Endpoint, tmp_path: Path) -> None:
    account = f"{quote(swift.access_key, safe='')}:{swift.secret_key}"
    address = f"{swift.url.replace('http://', f's3+http://{account}@')}/sao-luu"
    bucket, directory = archive_at(address), archive_at(f"file://{tmp_path}/sao-luu")
    with pytest.raises(ArchiveUnavailable, match="NoSuchBucket in bucket sao-luu"):
        await bucket.put("a/b", b"x")
    client(swift.url, swift.access_key, swift.secret_key, "us-east-1").make_bucket("sao-luu")
    large = CONTENT * 6
    for place in (bucket, directory):
        for name, content in (("a/0", large), ("a/1", b""), ("b/c/2", b"x"), ("a/0", large)):
            await place.put(name, content)
        assert await place.names() == ["a/0", "a/1", "b/c/2"]
        assert await place.names("a/") == ["a/0", "a/1"]
        assert [await place.get(name) for name in await place.names()] == [large, b"", b"x"]
        await place.delete("a/0")
        await place.delete("a/0")
        with pytest.raises(BlobMissing):
            await place.get("a/0")
        written = await parts.write(place, "p", bytes(32), _once(large))
        read = [part async for part in parts.read([place], "p", bytes(32), written.digests)]
        assert b"".join(read) == large


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
