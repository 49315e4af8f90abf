"""Files of a foreign bag are let in as uploads are; those that are not are told, others arrive."""

import csv
import hashlib
from pathlib import Path

import pytest

from app.leaving import admitting, exporting
from infra.ids import uuid7
from infra.settings import settings
from storage.store import store_of
from tenants import db, provision, registry
from tenants.clusters import owner
from tenants.shapes import Tenant
from tests.cli.running import run
from tests.leaving.conftest import Away, dropped
from tests.ports import free_port
from tests.storage import samples

PDF = "application/pdf"
BOMB = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(64)
FILES = {  # what it is called, what its row says, and a word of what is said of it
    "don.pdf": (PDF, samples.pdf(), None),
    "chay.pdf": (PDF, samples.EXE, "không đúng với tên tệp"),
    "khoa.pdf": (PDF, samples.pdf(password="a"), "mật khẩu"),
    "to.png": ("image/png", BOMB, "kích thước quá lớn"),
    "trang.html": ("text/html", b"<script>alert(1)</script>", "không được nhận"),
    "khac.pdf": ("text/html", samples.pdf(2), "không đúng với ghi chép"),
}
_STORED = """
insert into stored_object (id, key, sha256, size, media_type, file_name, scan, owner, stored_at)
values ($1, $2, $3, $4, $5, $6, 'clean', 'system', now() + interval '9 days')
"""


async def test_what_no_upload_could_bring_is_not_let_in(
    tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _hold(tenant, tmp_path / "file")
    bag, errors = tmp_path / "bag", tmp_path / "loi.csv"
    made = await exporting.export(tenant, bag, share=100)
    words = ("tenant", "import", "noi-den", "--from", str(bag), "--errors", str(errors))
    try:
        with monkeypatch.context() as away:
            away.setenv("MOTCUA_CLAMD", f"127.0.0.1:{free_port()}")
            settings.cache_clear()
            status, printed = await run(*words)
            assert status == 1 and "the scanner does not answer" in printed, printed
        settings.cache_clear()
        status, printed = await run(*words, "--resume")
        assert status == 0 and "5 files were not let in" in printed, printed
        told = {row["tệp"]: row["lý do và việc cần làm"] for row in _rows(errors)}
        wrong = {name: word for name, (_, _, word) in FILES.items() if word}
        assert told.keys() == wrong.keys()
        assert all(word in told[name] for name, word in wrong.items()), told
        await registry.reload()
        came = await registry.by_slug("noi-den")
        assert came is not None
        assert await _there(came) == {("don.pdf", "unscanned", samples.pdf())}
    finally:
        settings.cache_clear()
        await dropped(["noi-den"])
    assert not await admitting.is_ours(made.digest)
    await provision.note("Vân Anh", "tenant.export", tenant.slug, bag=made.digest)
    assert await admitting.is_ours(made.digest)


async def test_what_papers_call_their_files_is_made_safe_as_the_name_of_an_upload(
    worked: Tenant, away: Away, tmp_path: Path
) -> None:
    async with owner(worked.cluster, worked.database) as connection:
        called = "update paper set file_name = $1 where object_id is not null"
        assert await connection.execute(called, "../đơn\u202e fdp.pdf\n") != "UPDATE 0"
    await exporting.export(worked, tmp_path / "bag", share=100)
    await away.take_in("noi-den", tmp_path / "bag")
    await registry.reload()
    came = await registry.by_slug("noi-den")
    assert came is not None
    async with owner(came.cluster, came.database) as connection:
        rows = await connection.fetch(
            "select distinct file_name from paper where object_id notnull"
        )
    assert [row["file_name"] for row in rows] == ["đơn fdp.pdf"]


async def _hold(tenant: Tenant, source: Path) -> None:
    """Files and rows as a bag's writer wants them."""
    store = store_of(tenant)
    await store.prepare()
    for name, (media_type, content, _) in FILES.items():
        key = f"2026/11/{uuid7()}"
        source.write_bytes(content)  # noqa: ASYNC240
        await store.put(key, source, media_type)
        digest = hashlib.sha256(content).digest()
        await db.tenant.execute(_STORED, uuid7(), key, digest, len(content), media_type, name)


async def _there(tenant: Tenant) -> set[tuple[str, str, bytes]]:
    """The files people get there: name, verdict, content."""
    query = "select key, file_name, scan, removed_at, erased_at from stored_object"
    async with owner(tenant.cluster, tenant.database) as connection:
        rows = await connection.fetch(query)
    store = store_of(tenant)
    return {
        (row["file_name"], row["scan"], b"".join([c async for c in store.read(row["key"])]))
        for row in rows
        if row["removed_at"] is None and row["erased_at"] is None
    }


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
