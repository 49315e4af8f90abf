"""Real servers for the whole run, and a fresh tenant for each test that asks for one."""

import asyncio
import base64
import gc
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from contextvars import Context
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest

from app.chains import control_chain, tenant_chain
from app.provinces import loader
from app.provinces.service import load as load_province
from app.provinces.service import site_of
from infra.embedded.postgres import Postgres
from infra.embedded.valkey import Valkey
from infra.settings import settings
from tenants import control, db, provision, registry
from tenants.clusters import clone, owner, quoted, template
from tenants.current import acting_for
from tenants.shapes import Site, Tenant
from tenants.work import work
from tests import shelf

# Debian keeps daemons where the path of a user who is not root does not lead.
os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
# A slow machine is no failure: speed belongs to the benchmark.
# EXAMPLES=1000 looks deeper; the suite itself has to be over within minutes.
hypothesis.settings.register_profile(
    "house", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "50"))
)
hypothesis.settings.load_profile("house")

_BROWSER = "tests/browser"
# Few tests, much work: whole installations, killed processes.
_LONG = (
    _BROWSER, "tests/upgrade/test_under_load.py", "tests/chaos/test_campaign.py",
    "tests/demo/test_demo.py", "tests/worker/test_chaos.py", "tests/cli/test_cli.py",
    "tests/embedded/test_instance.py", "tests/storage/test_killed.py", "tests/cli/test_agencies.py",
    "tests/storage/test_store.py", "tests/embedded/test_postgres.py",
    "tests/embedded/test_swift.py",
    "tests/onestop/reorganisation/test_reform_2025.py", "tests/simulation/test_year.py",
    "tests/onestop/dossiers/test_engine.py", "tests/worker/test_worker.py",
    "tests/security/test_matrix.py", "tests/security/test_asvs_rotation.py",
    "tests/openapi/test_fuzz.py",
)  # fmt: skip
# A test's data need not survive a power cut; everything else is as in production.
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


# What is loaded stays; looking through it again and again would only take time.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on what is left over is looked for, more seldom than Python would."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests stay on one worker, and so does the whole browser folder: one installation."""
    from xdist.scheduler import LoadFileScheduling

    class ByPlace(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return _BROWSER if file.startswith("tests/browser/") else file

        def _assign_work_unit(self, node: Any) -> None:
            # The longest go first, or one worker is left alone with them in the end.
            for scope in reversed(_LONG):
                if scope in self.workqueue:
                    self.workqueue.move_to_end(scope, last=False)
            super()._assign_work_unit(node)

    return ByPlace(config, log)


class Servers(NamedTuple):
    """What the tests run against."""

    postgres: Postgres
    second: Callable[[], Postgres]  # another cluster, started when first asked for
    valkey: Valkey


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """PostgreSQL and Valkey, the control database made, the environment pointing at them."""
    place = tmp_path_factory.mktemp("servers")
    postgres, valkey = Postgres(place / "pg", settings=_HASTY), Valkey(place / "valkey")
    other = Postgres(place / "pg2", settings=_HASTY)
    started: list[Postgres] = []

    def second() -> Postgres:
        if not started:
            other.start()
            other.ready()
            started.append(other)
        return other

    postgres.start()
    valkey.start()
    postgres.ready()
    valkey.ready()
    _point_at(postgres, valkey, place)
    asyncio.run(_make_control())
    yield Servers(postgres, second, valkey)
    for server in (*started, postgres):
        server.erase()
    valkey.erase()


def _point_at(postgres: Postgres, valkey: Valkey, place: Path) -> None:
    address = postgres.dsn_for("motcua_control", "motcua_control", secrets.token_hex(8))
    os.environ.update(
        MOTCUA_MODE="development",
        MOTCUA_CONTROL_DSN=address,
        MOTCUA_CLUSTERS=f"main={postgres.dsn_for('', '', '')}",
        MOTCUA_CLUSTER_ADMINS=f"main={postgres.dsn}",
        MOTCUA_REDIS_URL=valkey.url,
        MOTCUA_MASTER_KEY=base64.b64encode(secrets.token_bytes(32)).decode(),
        MOTCUA_STORAGE_ROOT=str(place / "storage"),
        MOTCUA_STAGING_ROOT=str(place / "staging"),
        MOTCUA_SMS_AT_NIGHT="true",
        MOTCUA_SMS_UNLIMITED="true",
    )
    settings.cache_clear()


async def _make_control() -> None:
    await control.prepare(control_chain())
    await db.close()


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[Servers]:
    """The servers with this test's own connections, closed when it ends."""
    registry.forget()
    yield servers
    await db.close()
    registry.forget()


MakeTenant = Callable[..., Awaitable[Tenant]]


@pytest.fixture
async def make_tenant(house: Servers) -> AsyncIterator[MakeTenant]:
    """`await make_tenant()` gives a fresh migrated tenant; all are dropped after the test."""
    async with AsyncExitStack() as stack:

        async def make(slug: str | None = None, site: Site | None = None, **choices: Any) -> Tenant:
            slug = slug or f"t{secrets.token_hex(5)}"
            site = site or Site(
                name="Cổng Dịch vụ công tỉnh Thử", office="Trung tâm thử",
                hotline="0256 000 0000", colour="#0b6e4f", sms_name="TTPVHCC",
            )  # fmt: skip
            source = await _borrow(slug, choices)
            tenant = await provision.create(slug, site, tenant_chain(), **choices)
            stack.push_async_callback(_drop, slug)
            if source:
                await shelf.learn(source, tenant.database)
            await provision.activate(tenant)
            found = await registry.by_slug(slug)
            assert found is not None
            return found

        yield make


async def _borrow(slug: str, choices: dict[str, Any]) -> str | None:
    """Where there is a used database of the same kind, let it be the tenant's."""
    await registry.reload()
    if choices.keys() - {"source"} or await registry.by_slug(slug) is not None:
        return None
    source = choices.get("source") or await template("main", tenant_chain())
    await shelf.lend(source, f"motcua_{slug.replace('-', '_')}")
    return source


async def _drop(slug: str) -> None:
    await registry.reload()
    tenant = await registry.by_slug(slug)
    if tenant is not None and not await shelf.give_back(tenant):
        await provision.drop(tenant)


@pytest.fixture
async def tenant(make_tenant: MakeTenant) -> AsyncIterator[Tenant]:
    """A fresh tenant; the test runs for it."""
    made = await make_tenant()
    with acting_for(made):
        yield made


_loaded: dict[str, str] = {}


@pytest.fixture
async def make_province(make_tenant: MakeTenant) -> MakeTenant:
    """`await make_province("laocai")` gives a fresh tenant with that province's real data."""

    async def make(name: str = "binhdinh") -> Tenant:
        if name not in _loaded:
            # A context of its own: the test may already run for another tenant.
            loading = _load_once(name, make_tenant)
            _loaded[name] = await asyncio.create_task(loading, context=Context())
        province = loader.load(name)
        return await make_tenant(site=site_of(province), source=_loaded[name])

    return make


async def _load_once(name: str, make_tenant: MakeTenant) -> str:
    """A database with the province in it, kept to be cloned for each test."""
    pattern = await make_tenant(f"mau-{name}")
    with acting_for(pattern):
        async with work():
            await load_province(loader.load(name))
    copy = f"pattern_{name}"
    await db.close()
    async with owner("main") as admin:
        await admin.execute(f"drop database if exists {copy}")
        await clone(admin, pattern.database, copy)
    async with owner("main", copy) as connection:
        # The copy outlives its pattern, whose role must be free to go.
        await connection.execute(f"drop owned by {quoted(pattern.role)}")
    return copy


@pytest.fixture
async def province(make_province: MakeTenant) -> AsyncIterator[Tenant]:
    """Bình Định as it is on its first day; the test runs for it."""
    made = await make_province()
    with acting_for(made):
        yield made


@pytest.fixture
async def neighbour(make_province: MakeTenant) -> Tenant:
    """Lào Cai beside it; nothing of it may ever be seen from Bình Định."""
    return await make_province("laocai")
