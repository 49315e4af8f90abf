"""Secrets are changed while everything runs: nobody who asks meanwhile is turned away."""

import asyncio
import base64
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest

from app.cli import main as cli
from infra.clock import now
from infra.ids import uuid7
from infra.sealed import BrokenSeal, seal, unseal_by
from infra.settings import read, reread, settings
from storage.store import store_of
from tenants import db, issuers, registry, rotation
from tenants.backup import keyring
from tenants.credentials import passwords_now
from tenants.shapes import Secrets, Site, Tenant
from tests import cast
from tests.conftest import Servers
from tests.doors.browsing import Browse, browse
from tests.security.deployed import GOOD, deployed

__all__ = ["browse"]


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
async def asking(unhurried: None, province: Tenant, browse: Browse) -> "AsyncIterator[Asking]":
    """People who ask for pages and post forms all the time, over connections that never last."""
    officer = await browse(province, await cast.officer(cast.LAN))
    stranger = await browse(province)

    @asynccontextmanager
    async def meanwhile() -> AsyncIterator[list[int]]:
        statuses: list[int] = []
        over = asyncio.Event()

        async def ask() -> None:
            while not over.is_set():
                await _forget(await _known(province))
                statuses.append((await stranger.get("/thu-tuc")).status_code)
                statuses.append((await officer.get("/can-bo")).status_code)
                # Nobody has that code, and who asks so often is told so: both are answers.
                sent = await stranger.post("/tra-cuu/KHONG-CO", data={"so_cuoi": "0301"})
                statuses.append({404: 200, 429: 200}.get(sent.status_code, sent.status_code))

        at_work = asyncio.create_task(ask())
        try:
            yield statuses
        finally:
            over.set()
            await at_work

    yield meanwhile


Asking = object


async def _some_more(statuses: list[int]) -> None:
    """Until everybody has asked once more."""
    enough = len(statuses) + 4
    while len(statuses) < enough:  # noqa: ASYNC110 - whoever asks knows no event
        await asyncio.sleep(0.01)


async def _known(tenant: Tenant) -> Tenant:
    """The tenant as this process knows it now."""
    found = await registry.by_slug(tenant.slug)
    assert found is not None
    return found


async def _forget(*tenants: Tenant) -> None:
    """Close what rests, so that the next query signs in anew."""
    for each in tenants:
        pools, key = db.place_of(each)
        await pools.forget(key)


@pytest.mark.asvs("11.2.2", "13.3.1")
def test_what_lies_under_either_key_is_opened_and_nothing_else() -> None:
    old, new, other = (secrets.token_bytes(32) for _ in range(3))
    for key in (old, new):
        assert unseal_by((new, old), seal(key, b"x", "place"), "place") == b"x"
    with pytest.raises(BrokenSeal):
        unseal_by((new, old), seal(other, b"x", "place"), "place")
    with pytest.raises(BrokenSeal):
        unseal_by((new, old), seal(old, b"x", "place"), "another place")


@pytest.mark.asvs("13.3.1")
def test_a_secret_is_read_anew_from_its_file_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(first := _key())
    with deployed():
        del os.environ["MOTCUA_MASTER_KEY"]
        os.environ["MOTCUA_MASTER_KEY_FILE"] = str(file)
        settings.cache_clear()
        assert settings().master_key == first
        file.write_text(second := _key())
        assert settings().master_key == first
        assert reread() and settings().master_key == second
        file.write_text("khong phai khoa")
        assert not reread() and settings().master_key == second
        del os.environ["MOTCUA_MASTER_KEY_FILE"]
    with pytest.raises(Exception, match="MASTER_KEY"):
        read(GOOD | {"MOTCUA_FORMER_MASTER_KEYS": "ngan"})


@pytest.mark.asvs("11.1.1", "11.2.2", "13.3.1")
async def test_requests_succeed_while_the_master_key_is_changed_there_and_back(
    province: Tenant, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = await issuers.trust(
        province.id, "staff", "https://canbo.test", label="x", client_id="c", client_secret="mat"
    )
    first, second = settings().master_key, _key()
    try:
        async with asking() as statuses:  # type: ignore[operator]
            for new, old in ((second, first), (first, second)):
                monkeypatch.setenv("MOTCUA_FORMER_MASTER_KEYS", old)
                monkeypatch.setenv("MOTCUA_MASTER_KEY", new)
                assert reread()
                await registry.reload()
                await _some_more(statuses)
                assert await rotation.reseal() >= 2
                monkeypatch.delenv("MOTCUA_FORMER_MASTER_KEYS")
                assert reread()
                await registry.reload()
                known = await issuers.by_id(province.id, trusted)
                assert known is not None and known.client_secret == "mat"
                await _some_more(statuses)
        assert set(statuses) == {200}
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.asvs("13.2.1", "13.3.1")
async def test_requests_succeed_while_the_password_of_a_tenants_role_is_changed(
    province: Tenant, asking: Asking
) -> None:
    former = [province]
    async with asking() as statuses:  # type: ignore[operator]
        for _ in range(2):
            await rotation.new_password(former[-1])
            await _some_more(statuses)
            # A process whose copy of the registry is some seconds old.
            pools, key = db.place_of(former[-1])
            await pools.release(key, await pools.acquire(key))
            former.append(await _known(province))
    await _forget(*former)
    assert set(statuses) == {200}
    fresh = former[-1]
    assert len({each.secrets.password for each in former}) == 3
    assert fresh.secrets.former_password == ""
    assert await passwords_now(fresh.role) == [fresh.secrets.password]


async def test_a_wrong_password_stays_wrong(province: Tenant, servers: Servers) -> None:
    pools, (database, role, _) = db.place_of(province)
    key = (database, role, "sai")
    # The registry knows better, so the connection stands; a stranger's role has nobody to ask.
    await pools.release(key, await pools.acquire(key))
    await pools.forget(key)
    assert await passwords_now("khong_co_vai_nay") == []


@pytest.mark.asvs("13.3.1")
async def test_a_client_secret_is_changed_by_saying_it_again(province: Tenant) -> None:
    for secret in ("cu", "moi"):
        known = await issuers.trust(
            province.id, "staff", "https://canbo.test", label="x", client_id="c",
            client_secret=secret,
        )  # fmt: skip
        found = await issuers.by_id(province.id, known)
        assert found is not None and found.client_secret == secret and secret not in repr(found)


@pytest.mark.asvs("11.2.2")
async def test_the_keys_of_backups_move_to_the_new_master_key(tmp_path: Path) -> None:
    first, second = _key(), _key()
    places = {
        "backup_places": "a=file:///b",
        "backup_keys": f"file://{tmp_path}",
        "backup_root": "/c",
    }
    mine = os.urandom(32)
    with deployed(master_key=first, **places):
        whole = await keyring.create(one := uuid7())
        await keyring.keep_tenant(tenant := _tenant(mine))
        own = await keyring.create(other := uuid7(), tenant)
    with deployed(master_key=second, former_master_keys=first, **places):
        assert await keyring.read(one) == whole
        assert await keyring.reseal() == 2
    with deployed(master_key=second, **places):
        assert await keyring.read(one) == whole
        assert await keyring.read(other, mine) == own
        assert (await keyring.tenant_kept(tenant.id)).secrets.key == mine


def _tenant(key: bytes) -> Tenant:
    site = Site(name="x", office="x", hotline="", colour="#000000")
    return Tenant(
        id=uuid7(), slug="x", status="active", cluster="main", database="x", role="x", bucket="x",
        secrets=Secrets(password="p", key=key), site=site, host="x", schema_version=1,
        created_at=now(),
    )  # fmt: skip


@pytest.mark.asvs("13.3.1")
def test_the_stores_key_is_the_one_its_file_says_now(tmp_path: Path) -> None:
    file = tmp_path / "s3"
    file.write_text("cu")
    with deployed(storage_driver="s3", s3_endpoint="https://kho.trong", s3_access_key="a"):
        os.environ["MOTCUA_S3_SECRET_KEY_FILE"] = str(file)
        settings.cache_clear()
        before = _secret_in_use()
        file.write_text("moi")
        assert reread()
        assert (before, _secret_in_use()) == ("cu", "moi")
        del os.environ["MOTCUA_S3_SECRET_KEY_FILE"]


def _secret_in_use() -> str:
    store: Any = store_of(_tenant(b"k" * 32))
    return str(store.inner._provider.retrieve().secret_key)


@pytest.mark.asvs("7.4.5")
async def test_secrets_are_changed_and_doors_shut_from_the_command_line(
    province: Tenant, browse: Browse, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(*words: str) -> str:
        asked = cli.parser().parse_args(["keys", *words])
        await asyncio.create_task(asked.verb(asked), context=Context())
        return capsys.readouterr().out

    officer = await browse(province, await cast.officer(cast.LAN))
    assert (await officer.get("/can-bo")).status_code == 200
    assert "lie under MOTCUA_MASTER_KEY" in await run("rotate")
    assert "new password" in await run("password", province.slug)
    assert "1 sessions" in await run("end-sessions", province.slug)
    assert (await officer.get("/can-bo")).status_code == 303
    await db.tenant.execute("update officer set entered_at = '2020-01-01'")
    assert "may sign in" in await run("reopen", province.slug, cast.LAN)
    since = await db.tenant.fetch_value(
        "select entered_at from officer where username = $1", cast.LAN
    )
    assert since.year > 2020
    await _forget(province)
