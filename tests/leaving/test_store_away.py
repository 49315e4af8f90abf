"""The store dies by kill -9 while an export copies files: told in one sentence, gone on with."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.leaving import exporting
from app.leaving.refusals import LeavingRefused
from infra.embedded.swift import Swift
from infra.ids import uuid7
from storage.shapes import StoreUnavailable
from storage.store import store_of
from tenants.db import tenant as database
from tenants.shapes import Tenant
from tests.bench.house import start_again, strike
from tests.leaving.test_export import differences
from tests.ports import free_port
from tests.storage.conftest import ChangeSettings, settings_of  # noqa: F401

PAPERS = 20
_STORED = """
insert into stored_object (id, key, sha256, size, media_type, file_name, scan, owner, stored_at)
values ($1, $2, sha256($3), length($3), 'application/pdf', 'thu.pdf', 'clean', 'system', now())
"""


@pytest.fixture
def swift(tmp_path: Path, settings_of: ChangeSettings) -> Iterator[Swift]:  # noqa: F811
    """A store of this test's own, to be killed."""
    with Swift(tmp_path / "swift", free_port(), secrets.token_hex(16)) as server:
        settings_of(
            STORAGE_DRIVER="s3", S3_ENDPOINT=server.url,
            S3_ACCESS_KEY=server.access_key, S3_SECRET_KEY=server.secret_key,
        )  # fmt: skip
        yield server


@pytest.fixture
async def stored(swift: Swift, tenant: Tenant, tmp_path: Path) -> AsyncIterator[Tenant]:
    """A tenant with papers in that store."""
    store, source = store_of(tenant), tmp_path / "paper"
    await store.prepare()
    for number in range(PAPERS):
        identity, content = uuid7(), number.to_bytes(4, "big") * 5000
        source.write_bytes(content)
        await store.put(f"2026/11/{identity}", source, "application/pdf")
        await database.execute(_STORED, identity, f"2026/11/{identity}", content)
    yield tenant


async def test_what_was_copied_stays_and_the_bag_is_the_same(
    stored: Tenant, swift: Swift, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    made = await exporting.export(stored, whole, share=100)
    doing = asyncio.create_task(exporting.export(stored, cut, share=50))
    while len(list(cut.glob("data/files/*/*"))) < 5:  # noqa: ASYNC110 - files do not ring
        await asyncio.sleep(0.001)
    strike(swift)
    with pytest.raises(StoreUnavailable):
        await doing
    copied = {file: file.stat().st_ino for file in cut.glob("data/files/*/*")}
    with pytest.raises(StoreUnavailable):
        await exporting.export(stored, cut, resume=True, share=100)
    start_again(swift)
    swift.ready()
    again = await exporting.export(stored, cut, resume=True, share=100)
    assert again == made and made.summary.lost == []
    assert differences(whole, cut) == []
    assert {file: file.stat().st_ino for file in copied} == copied, "none is copied again"

    await store_of(stored).erase()
    with pytest.raises(LeavingRefused, match="no place for this tenant"):
        await exporting.export(stored, tmp_path / "empty", share=100)
