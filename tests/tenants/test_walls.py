"""What must never happen between tenants, asked of PostgreSQL itself."""

import asyncpg
import pytest

from infra.dsn import Address
from infra.settings import settings
from tenants import db
from tenants.current import NoTenant, acting_for
from tenants.work import WorkError, reading, work

pytestmark = pytest.mark.usefixtures("house")


async def _connect(role, password, database):
    where = Address.parse(settings().clusters["main"])
    return await asyncpg.connect(
        **where._replace(user=role, password=password, database=database).keywords()
    )


async def test_a_tenant_reads_its_own_rows(tenant):
    assert await db.tenant.fetch_value("select current_user") == tenant.role
    assert await db.tenant.fetch_value("select count(*) from dossier") == 0


@pytest.mark.asvs("8.4.1", "13.2.2")
async def test_a_tenant_role_cannot_connect_to_a_neighbour_or_to_the_control_database(make_tenant):
    here, there = await make_tenant(), await make_tenant()
    control = Address.parse(settings().control_dsn).database
    for database in (there.database, control, "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _connect(here.role, here.secrets.password, database)


@pytest.mark.asvs("13.2.2", "13.3.2")
async def test_the_control_role_cannot_open_a_tenant(tenant):
    control = Address.parse(settings().control_dsn)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _connect(control.user, control.password, tenant.database)


@pytest.mark.asvs("13.2.2")
async def test_a_tenant_role_cannot_become_another_role(make_tenant):
    here, there = await make_tenant(), await make_tenant()
    connection = await _connect(here.role, here.secrets.password, here.database)
    try:
        for role in (there.role, Address.parse(settings().cluster_admins["main"]).user):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f'set role "{role}"')
    finally:
        await connection.close()


@pytest.mark.asvs("16.4.2", "13.2.2")
async def test_a_tenant_role_cannot_change_tables_or_edit_its_trail(tenant):
    for sql in (
        "create table mine (id int)",
        "alter table dossier add column x int",
        "update trail set act = 'x'",
        "delete from trail",
        "truncate dossier",
        "delete from migration",
        "delete from append_only",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.tenant.execute(sql)


async def test_code_outside_a_tenant_that_touches_tenant_data_fails_loudly():
    with pytest.raises(NoTenant):
        await db.tenant.fetch("select 1")


@pytest.mark.asvs("8.4.1")
async def test_code_acting_for_one_tenant_cannot_switch_to_another(make_tenant):
    here, there = await make_tenant(), await make_tenant()
    with acting_for(here), pytest.raises(NoTenant), acting_for(there):
        pass


async def test_one_unit_of_work_is_one_database(tenant):
    with pytest.raises(WorkError):
        async with work():
            await db.tenant.fetch("select 1")
            await db.control.fetch("select 1")


@pytest.mark.asvs("3.5.3")
async def test_a_safe_request_cannot_write(tenant):
    with reading(), pytest.raises(WorkError):
        await db.tenant.execute("insert into append_only (name) values ('x')")
