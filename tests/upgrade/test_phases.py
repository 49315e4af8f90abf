"""Tenants taken through the phases while programs of two releases are at work."""

import asyncio
from contextvars import Context

import pytest
from asyncpg.exceptions import InterfaceError, PostgresError

from app import release
from app.chains import control_chain, tenant_chain
from infra import migrate
from infra.migrate import Migration
from infra.phases import Phase
from tenants import db, registry, upgrade
from tenants.clusters import owner
from tenants.running import Release, at_work, running
from tenants.work import work
from tests.cli.running import run

pytestmark = pytest.mark.usefixtures("house", "nobody_at_work")

NEWEST = len(tenant_chain())
_OLD = Release("cu", NEWEST, len(control_chain()))
_INSERT = """
insert into code_counter (prefix, on_day, last)
select 'a' || n, '2026-01-01', n from generate_series($1::int, $2) n
"""


@pytest.fixture
async def nobody_at_work(house):
    """Programs that other tests have killed count as at work for three more minutes."""
    await db.control.execute("delete from running_program")


def _step(number, name, sql):
    return Migration(NEWEST + number, f"{NEWEST + number:04}_{name}", sql)


# A column renamed the long way: a new one, filled, then the old one dropped.
STEPS = [
    *tenant_chain(),
    _step(1, "last", "alter table code_counter add column newest int"),
    _step(
        2,
        "last.migrate",
        "update code_counter set newest = last / (last - 30) * (last - 30) + last % (last - 30)"
        " where prefix in (select prefix from code_counter where newest is null"
        " order by last limit least($1, 7))",
    ),
    _step(3, "last.contract", "alter table code_counter drop column last"),
]


async def _take(tenant, *phases, steps=STEPS):
    (outcome,) = await upgrade.upgrade(steps, [tenant.slug], phases=phases or tuple(Phase))
    return outcome._replace(version=outcome.version - NEWEST)


async def _filled():
    return await db.tenant.fetch_value(
        "select count(*) from code_counter where 'a' || newest = prefix"
    )


# Written when the server's clock was a year ahead.
_FROM_THE_FUTURE = """
insert into running_program
  (id, kind, release, schema, control_schema, host, pid, started_at, seen_at)
values (gen_random_uuid(), 'web', 'cu', 1, 1, 'lạc', 1, now(), now() + interval '1 year')
"""


async def test_a_column_is_renamed_while_an_older_release_works_and_nothing_is_lost(
    tenant,
):
    await db.tenant.execute(_INSERT, 31, 60)
    async with running("web", _OLD):
        early = await _take(tenant, Phase.MIGRATE)
        assert early.version == 0 and "comes before it" in early.waits
        assert (await _take(tenant, Phase.EXPAND)).version == 1
        await db.tenant.execute(_INSERT, 61, 61)
        assert (await _take(tenant, Phase.MIGRATE)).version == 2
        assert await _filled() == 31
        await db.tenant.execute(_INSERT, 62, 70)
        held = await _take(tenant)
        assert (held.version, held.error) == (2, None) and "web of cu" in held.waits
    assert release.serves(await registry.by_slug(tenant.slug))
    await db.control.execute(_FROM_THE_FUTURE)
    assert await _take(tenant) == (tenant.slug, 3, None, "")
    await db.control.execute("delete from running_program where host = 'lạc'")
    assert await _filled() == 40
    # This very release knows only what was there before, and keeps away from now on.
    await registry.reload()
    assert not release.serves(await registry.by_slug(tenant.slug))
    assert (await _take(tenant)).version == 3


async def test_a_tenant_whose_rows_cannot_be_brought_over_is_set_aside_and_goes_on_where_it_was(
    tenant, make_tenant
):
    await db.tenant.execute(_INSERT, 11, 40)
    other = await make_tenant()
    outcomes = await upgrade.upgrade(STEPS, [tenant.slug, other.slug])
    found = {outcome.slug: outcome for outcome in outcomes}
    assert found[other.slug].version == NEWEST + 3
    assert found[tenant.slug].version == NEWEST + 1
    assert "division by zero" in found[tenant.slug].error
    assert await _filled() == 14  # Two batches.
    await db.tenant.execute("update code_counter set prefix = 'a1', last = 1 where last = 30")
    assert await _take(tenant) == (tenant.slug, 3, None, "")
    assert await _filled() == 30


async def test_a_table_in_use_is_waited_for_without_anybody_waiting_behind(tenant):
    async with owner("main", tenant.database) as somebody, somebody.transaction():
        await somebody.fetch("select from code_counter")
        expanding = asyncio.create_task(_take(tenant, Phase.EXPAND))
        for _ in range(10):
            await asyncio.sleep(0.05)
            await db.tenant.fetch("select from code_counter")
        assert not expanding.done()
    assert (await expanding).version == 1


async def test_nobody_but_an_owner_holds_an_upgrade_up(tenant):
    with pytest.raises((PostgresError, InterfaceError)):
        async with work():
            await db.tenant.fetch_value("select pg_advisory_xact_lock($1)::text", migrate._LOCK)
            taking = asyncio.create_task(_take(tenant, Phase.EXPAND), context=Context())
            assert (await asyncio.wait_for(taking, 60)).version == 1
            await db.tenant.fetch_value("select true")


async def test_an_index_cut_short_is_made_again(tenant):
    making = _step(1, "x", "create index concurrently if not exists by_last on code_counter (last)")
    async with owner("main", tenant.database) as admin:
        await admin.execute("create index by_last on code_counter (on_day)")
        await admin.execute(
            "update pg_index set indisvalid = false where indexrelid = 'by_last'::regclass"
        )
        assert (await _take(tenant, steps=[*tenant_chain(), making])).version == 1
        made = await admin.fetchval("select pg_get_indexdef('by_last'::regclass)")
    assert "(last)" in made


async def test_the_operator_sees_what_runs_and_upgrades_one_tenant(tenant):
    async with running("worker", _OLD):
        (program,) = await at_work()
        assert (program.kind, program.release, program.schema) == ("worker", "cu", NEWEST)
        status, said = await run("upgrade", "--status")
        assert status == 0 and "at work: worker of cu on" in said, said
        assert f"{tenant.slug:20} version {NEWEST}\n" in said
    assert await at_work() == []
    status, said = await run("upgrade", "--phase", "expand", "--tenant", tenant.slug)
    assert (status, said) == (0, f"{tenant.slug:20} version {NEWEST}\n")
