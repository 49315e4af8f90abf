"""The stores every contract test runs against, each started when first asked for."""

import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from infra import clock
from infra.embedded.swift import Swift
from infra.settings import settings
from storage.store import Store, store_of
from tenants.shapes import Secrets, Site, Tenant
from tests.ports import free_port
from tests.storage.radosgw import Radosgw, installed

MakeStore = Callable[[str], tuple[Tenant, Store]]
ChangeSettings = Callable[..., None]


class Endpoint(NamedTuple):
    """Where an S3 store is and who we are there."""

    url: str
    access_key: str
    secret_key: str


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """OpenStack Swift from wheels."""
    server = Swift(tmp_path_factory.mktemp("swift"), free_port(), secrets.token_hex(16))
    with server:
        yield Endpoint(server.url, server.access_key, server.secret_key)


@pytest.fixture(scope="session")
def radosgw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Ceph's gateway, where it is installed."""
    if not installed():
        pytest.skip("radosgw is not installed: apt-get install radosgw ceph-mon ceph-osd")
    server = Radosgw(tmp_path_factory.mktemp("rgw"), free_port())
    try:
        server.start()
        yield Endpoint(server.url, server.access_key, server.secret_key)
    finally:
        server.stop()


@pytest.fixture(params=["files", "swift", "radosgw"])
def make_store(
    request: pytest.FixtureRequest, tmp_path: Path, settings_of: ChangeSettings
) -> MakeStore:
    """`make_store("binh-dinh")` gives a tenant and its store, on each driver in turn."""
    if request.param == "files":
        settings_of(STORAGE_DRIVER="files", STORAGE_ROOT=str(tmp_path / "store"))
    else:
        endpoint: Endpoint = request.getfixturevalue(request.param)
        settings_of(
            STORAGE_DRIVER="s3",
            S3_ENDPOINT=endpoint.url,
            S3_ACCESS_KEY=endpoint.access_key,
            S3_SECRET_KEY=endpoint.secret_key,
        )

    def make(slug: str) -> tuple[Tenant, Store]:
        tenant = someone(f"{slug}-{secrets.token_hex(4)}")
        return tenant, store_of(tenant)

    return make


@pytest.fixture
async def binh_dinh(make_store: MakeStore) -> AsyncIterator[tuple[Tenant, Store]]:
    """A province with an empty bucket, erased afterwards."""
    tenant, store = make_store("binh-dinh")
    await store.prepare()
    yield tenant, store
    await store.erase()


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChangeSettings]:
    """`settings_of(STORAGE_DRIVER="s3", …)` changes the settings for this test."""

    def change(**values: str) -> None:
        needed = {"CONTROL_DSN": "postgresql://x", "CLUSTERS": "main=postgresql://x"}
        needed |= {"REDIS_URL": "redis://x", "MASTER_KEY": "A" * 43 + "=", "MODE": "development"}
        needed |= {"STORAGE_ROOT": "/nowhere"}
        for name, value in needed.items():
            if f"MOTCUA_{name}" not in os.environ:
                monkeypatch.setenv(f"MOTCUA_{name}", value)
        for name, value in values.items():
            monkeypatch.setenv(f"MOTCUA_{name}", value)
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def someone(slug: str) -> Tenant:
    """A tenant that exists only as a value."""
    return Tenant(
        id=uuid4(),
        slug=slug,
        status="active",
        cluster="main",
        database=slug,
        role=slug,
        bucket=f"motcua-{slug}",
        secrets=Secrets(password="", key=secrets.token_bytes(32)),
        site=Site(name="Tỉnh Thử", office="Trung tâm thử", hotline="", colour="#0b6e4f"),
        host=f"{slug}.localhost",
        schema_version=1,
        created_at=clock.now(),
    )
