"""Making, stopping, moving on and removing tenants."""

from datetime import date

import pytest

from app import lifecycle
from app.chains import tenant_chain
from infra.dsn import Address
from infra.migrate import Migration, MigrationFailed, chain, migrate
from infra.settings import settings
from storage.files import FileStore
from tenants import db, provision, registry, upgrade
from tenants.clusters import owner
from tenants.current import acting_for
from tenants.provision import ProvisionError
from tenants.work import work

pytestmark = pytest.mark.usefixtures("house")


async def test_a_tenant_is_found_by_each_of_its_hosts(make_tenant):
    tenant = await make_tenant("tinh-moi", hosts=("dichvucong.tinhmoi.test",))
    await provision.add_host("tinh-moi", "MotCua.TinhMoi.Test")
    for host in ("dichvucong.tinhmoi.test", "motcua.tinhmoi.test", "MOTCUA.tinhmoi.test"):
        assert (await registry.by_host(host)).id == tenant.id
    assert await registry.by_host("tinh-moi.localhost") is None
    assert await registry.by_host("") is None


async def test_a_random_password_is_hashed_a_few_times_and_a_typed_one_many(make_tenant):
    tenant = await make_tenant()
    control = Address.parse(settings().control_dsn).user
    async with owner(tenant.cluster) as admin:
        rows = await admin.fetch("select rolname, rolpassword from pg_authid")
    kept = {row["rolname"]: row["rolpassword"] for row in rows}
    assert kept[tenant.role].startswith("SCRAM-SHA-256$64:")
    assert kept[control].startswith("SCRAM-SHA-256$4096:")


async def test_a_host_leads_to_one_tenant_only(make_tenant):
    await make_tenant(hosts=("a.test",))
    with pytest.raises(ProvisionError):
        await make_tenant(hosts=("a.test",))
    other = await make_tenant()
    with pytest.raises(ProvisionError):
        await provision.add_host(other.slug, "a.test")


@pytest.mark.parametrize(
    "host",
    ["", "a b.test", "https://a.test", "a.test:443", "a.test.", "-a.test", "a\n", "ops.localhost"],
)
async def test_an_address_that_leads_nowhere_is_refused(tenant, host):
    with pytest.raises(ProvisionError):
        await provision.add_host(tenant.slug, host)
    with pytest.raises(ProvisionError):
        await provision.create("dau-kia", tenant.site, [], hosts=(host,))
    assert await registry.by_slug("dau-kia") is None


async def test_making_a_tenant_again_changes_nothing(make_tenant):
    first = await make_tenant("lai")
    again = await make_tenant("lai")
    assert again == first


@pytest.mark.parametrize("slug", ["", "A", "1a", "a b", "a;drop", "x" * 40, 'a"', "đ"])
async def test_a_short_name_that_is_not_one_is_refused(make_tenant, slug):
    with pytest.raises(ProvisionError):
        await provision.create(slug, None, [])


async def test_a_tenant_left_half_made_is_finished_by_the_next_try(make_tenant, monkeypatch):
    async def falls(*_):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(provision, "close_doors", falls)
        with pytest.raises(OSError):
            await make_tenant("nua")
    assert (await registry.by_slug("nua")).status == "provisioning"
    tenant = await make_tenant("nua")
    assert tenant.status == "active"
    with acting_for(tenant):
        assert await db.tenant.fetch_value("select count(*) from dossier") == 0


async def test_suspending_is_dated_and_can_be_undone(tenant):
    await provision.suspend(tenant.slug, "chưa thanh toán", date(2026, 12, 31))
    found = await registry.by_slug(tenant.slug)
    assert (found.status, found.suspended_until) == ("suspended", date(2026, 12, 31))
    with pytest.raises(ProvisionError):
        await provision.suspend(tenant.slug, "again", None)
    await provision.resume(tenant.slug)
    assert (await registry.by_slug(tenant.slug)).status == "active"
    with pytest.raises(ProvisionError):
        await provision.resume(tenant.slug)


async def test_a_dropped_tenant_leaves_neither_database_nor_role(make_tenant):
    tenant = await make_tenant()
    with acting_for(tenant):
        await db.tenant.fetch("select 1")
    await provision.drop(tenant)
    async with owner("main") as admin:
        databases = await admin.fetchval(
            "select count(*) from pg_database where datname = $1", tenant.database
        )
        roles = await admin.fetchval(
            "select count(*) from pg_roles where rolname = $1", tenant.role
        )
    assert (databases, roles) == (0, 0)
    assert await registry.by_slug(tenant.slug) is None


async def test_a_tenant_that_is_going_has_closed_doors_and_can_be_dropped_again(
    make_tenant, monkeypatch
):
    tenant = await make_tenant()

    async def falls(*_):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(FileStore, "erase", falls)
        with pytest.raises(OSError):
            await lifecycle.drop(tenant.slug)
    assert (await registry.by_slug(tenant.slug)).status == "provisioning"
    await lifecycle.drop(tenant.slug)
    assert await registry.by_slug(tenant.slug) is None


async def test_two_tenants_live_on_two_clusters(make_tenant, house, monkeypatch):
    second = house.second()
    monkeypatch.setenv(
        "MOTCUA_CLUSTERS", f"{_clusters('main')} second={second.dsn_for('', '', '')}"
    )
    monkeypatch.setenv("MOTCUA_CLUSTER_ADMINS", f"{_admins('main')} second={second.dsn}")
    settings.cache_clear()
    try:
        here, there = await make_tenant(), await make_tenant(cluster="second")
        for tenant in (here, there):
            with acting_for(tenant):
                name = await db.tenant.fetch_value("select current_database()")
                assert name == tenant.database
        async with owner("second") as admin:
            assert await admin.fetchval(
                "select count(*) from pg_database where datname = $1", there.database
            )
            assert not await admin.fetchval(
                "select count(*) from pg_database where datname = $1", here.database
            )
        await provision.drop(there)
    finally:
        settings.cache_clear()


@pytest.mark.asvs("13.3.1", "13.3.2")
async def test_secrets_do_not_stand_open_in_the_registry(tenant):
    sealed = await db.control.fetch_value("select sealed from tenant where slug = $1", tenant.slug)
    assert tenant.secrets.password.encode() not in sealed
    assert tenant.secrets.password not in repr(tenant)


@pytest.mark.asvs("13.2.2")
async def test_a_tenant_may_have_a_storage_key_of_its_own(tenant):
    await provision.give_storage_key(tenant.slug, "access", "hush")
    found = await registry.by_slug(tenant.slug)
    assert (found.secrets.storage_access, found.secrets.storage_secret) == ("access", "hush")
    assert found.secrets.key == tenant.secrets.key
    with pytest.raises(ProvisionError):
        await provision.give_storage_key("nobody", "a", "b")


def _step(number, sql):
    return Migration(number, f"{number:04}_x", sql)


async def test_a_tenant_that_cannot_be_migrated_does_not_stop_the_others(make_tenant):
    names = sorted([f"m{letter}" for letter in "abc"])
    tenants = [await make_tenant(name) for name in names]
    with acting_for(tenants[1]):
        await db.tenant.execute("insert into code_counter values ('x', '2026-01-01', 1)")
    newest = len(tenant_chain())
    steps = [
        *tenant_chain(),
        _step(newest + 1, "alter table code_counter add check (last <> 1)"),
        _step(newest + 2, "create table after_all (id int)"),
    ]
    outcomes = {o.slug: o for o in await upgrade.upgrade(steps, names)}
    assert outcomes["ma"].version == outcomes["mc"].version == newest + 2
    assert outcomes["mb"].version == newest and "code_counter" in outcomes["mb"].error
    with acting_for(tenants[1]):
        await db.tenant.execute("delete from code_counter")
    again = {o.slug: o for o in await upgrade.upgrade(steps, names)}
    assert {o.version for o in again.values()} == {newest + 2}
    assert not any(o.error for o in again.values())
    with acting_for(tenants[0]):
        assert await db.tenant.fetch_value("select count(*) from after_all") == 0


async def test_a_released_migration_that_was_edited_is_noticed(tenant):
    first, *rest = tenant_chain()
    async with owner("main", tenant.database) as connection:
        with pytest.raises(MigrationFailed, match="edited"):
            await migrate(connection, [first._replace(sql="select 2"), *rest])


def test_a_gap_in_the_numbers_is_refused(tmp_path):
    (tmp_path / "0001_a.sql").write_text("select 1")
    (tmp_path / "0003_b.sql").write_text("select 1")
    with pytest.raises(ValueError, match="gap"):
        chain(tmp_path)


async def test_the_registry_keeps_serving_while_the_control_database_is_away(tenant, monkeypatch):
    assert await registry.by_slug(tenant.slug)

    async def away(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr(db.Database, "_run", away)
    monkeypatch.setattr(registry, "_FRESH_SECONDS", -1)
    for _ in range(3):
        assert await registry.by_slug(tenant.slug)


async def test_the_registry_is_read_anew_apart_from_the_work_of_whoever_asks(tenant, monkeypatch):
    async with work():
        await db.control.fetch("select 1")
        monkeypatch.setattr(registry, "_FRESH_SECONDS", -1)
        await registry.by_slug(tenant.slug)
    # That work is over, and the reading may only begin now.
    assert registry._refreshing is not None
    await registry._refreshing


def _clusters(name):
    return f"{name}={settings().clusters[name]}"


def _admins(name):
    return f"{name}={settings().cluster_admins[name]}"


async def test_more_tenants_than_connections_take_turns(make_tenant):
    tenants = [await make_tenant() for _ in range(12)]
    for tenant in tenants * 3:
        with acting_for(tenant):
            await db.tenant.fetch("select 1")
    async with owner("main") as admin:
        open_now = await admin.fetchval(
            "select count(*) from pg_stat_activity where application_name = 'motcua'"
        )
    assert open_now <= settings().connections_per_cluster
