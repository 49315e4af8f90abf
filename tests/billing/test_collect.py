"""Usage on its way into the books: exactly once, whatever happens on the way."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import msgspec
import pytest

from billing import books, collect, meter, queries, rules, service
from billing.meter import MeterConflict
from billing.months import period, shifted
from infra import clock
from tenants import db
from tenants.current import acting_for
from tenants.work import WorkError, work
from tests.billing.contracts import contract

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


async def count(*names, meter_="dossier.received", quantity=1, at=NOON):
    async with work():
        for name in names:
            await meter.count(name, meter_, quantity=quantity, subject=name, occurred_at=at)


async def booked(tenant):
    rows = await db.control.fetch("select id from usage where tenant_id = $1", tenant.id)
    return sorted(row["id"] for row in rows)


async def waiting():
    return await db.tenant.fetch_value("select count(*) from usage_pending")


async def test_a_fact_is_counted_with_the_act_or_not_at_all(tenant):
    with pytest.raises(RuntimeError, match="the act failed"):
        async with work():
            await meter.count("a:1", "dossier.received", subject="a", occurred_at=NOON)
            raise RuntimeError("the act failed")
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 0
    assert await waiting() == 0


async def test_counting_outside_of_the_acts_transaction_is_refused(tenant):
    with pytest.raises(WorkError):
        await meter.count("a:1", "dossier.received", subject="a", occurred_at=NOON)


async def test_counting_a_fact_again_changes_nothing(tenant):
    await count("a:1", "a:1")
    await count("a:1")
    await collect.collect()
    await count("a:1")
    assert await db.tenant.fetch_value("select count(*) from usage_record") == 1
    assert await waiting() == 0


async def test_the_same_fact_with_another_content_is_a_loud_error(tenant):
    await count("a:1")
    for changed in ({"quantity": 2}, {"at": NOON + timedelta(microseconds=1)}):
        with pytest.raises(MeterConflict):
            await count("a:1", **changed)


async def test_a_fact_that_names_a_person_is_refused(tenant):
    with pytest.raises(ValueError, match="person"):
        async with work():
            await meter.count("a:1", "dossier.received", subject="0905123456", occurred_at=NOON)


async def test_a_record_can_be_neither_changed_nor_removed_by_the_application(tenant):
    await count("a:1")
    await collect.collect()
    for sql in ("update usage_record set quantity = 9", "delete from usage_record"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.tenant.execute(sql)
    for table in ("usage", "contract", "statement", "usage_conflict"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.control.execute(f"delete from {table}")


async def test_collecting_takes_bounded_batches_until_nothing_waits(tenant):
    await count(*(f"a:{n}" for n in range(7)))
    assert [await collect.collect(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert len(await booked(tenant)) == 7


async def test_what_the_books_hold_is_what_was_counted(tenant):
    await count("notice:1:part:1", meter_="notice.part", quantity=3)
    await collect.collect()
    row = dict(await db.control.fetch_row("select * from usage where tenant_id = $1", tenant.id))
    own = dict(await db.tenant.fetch_row("select * from usage_record"))
    assert {name: row[name] for name in own} == own
    assert row["billed_in"] == NOVEMBER


async def test_a_collector_killed_after_the_books_were_written_loses_and_doubles_nothing(tenant):
    await count("a:1", "a:2")
    await collect.book(await collect.pending(10))
    assert await waiting() == 2
    await collect.collect()
    assert await booked(tenant) == ["a:1", "a:2"]
    assert await waiting() == 0


async def test_a_collector_killed_while_writing_the_books_leaves_them_as_they_were(
    tenant, monkeypatch
):
    await count("a:1", "a:2")
    with monkeypatch.context() as patch:
        patch.setattr(books, "_SET_ASIDE", "not sql at all")
        await collect.book(await collect.pending(1))
        await count_differently(tenant, "a:2")
        with pytest.raises(asyncpg.PostgresError):
            await collect.collect()
    assert await booked(tenant) == ["a:1", "a:2"]
    await collect.collect()
    assert await waiting() == 0
    assert await conflicts(tenant) == ["a:2"]


async def test_a_cancelled_collector_can_be_run_again_at_any_point(tenant):
    await count(*(f"a:{n:03}" for n in range(40)))
    for pause in range(30):
        running = asyncio.create_task(collect.collect(limit=7))
        await asyncio.sleep(pause / 5000)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    while await collect.collect(limit=7):
        pass
    assert await booked(tenant) == [f"a:{n:03}" for n in range(40)]
    assert (await queries.used(tenant.id, NOVEMBER))["dossier.received"].quantity == 40


async def test_collectors_at_work_together_count_each_fact_once(tenant):
    await count(*(f"a:{n:03}" for n in range(60)))
    while sum(await asyncio.gather(*(collect.collect(limit=25) for _ in range(4)))):
        pass
    assert len(await booked(tenant)) == 60
    assert await waiting() == 0
    assert await conflicts(tenant) == []


async def test_collecting_everything_again_after_a_restore_adds_only_what_is_missing(tenant):
    await count("a:1", "a:2")
    await collect.collect()
    today = clock.now().astimezone(clock.VIETNAM).date()
    assert await collect.requeue(today + timedelta(days=1)) == 0
    assert await collect.requeue(today) == 2
    assert await collect.collect() == 2
    assert await booked(tenant) == ["a:1", "a:2"]
    assert await conflicts(tenant) == []


async def test_the_same_id_with_another_content_is_set_aside_and_never_overwrites(tenant):
    await count_differently(tenant, "a:1")
    await count("a:1")
    await collect.collect()
    await collect.requeue(date(2000, 1, 1))
    await collect.collect()
    held = await db.control.fetch_value(
        "select quantity from usage where tenant_id = $1 and id = 'a:1'", tenant.id
    )
    assert held == 99
    assert await conflicts(tenant) == ["a:1"]
    content = await db.control.fetch_value(
        "select content from usage_conflict where tenant_id = $1", tenant.id
    )
    assert msgspec.json.decode(content)["quantity"] == 1
    assert [row.conflicts for row in await queries.overview() if row.slug == tenant.slug] == [1]


async def test_two_tenants_with_the_same_ids_do_not_meet_in_the_books(make_tenant):
    here, there = await make_tenant(), await make_tenant()
    for tenant, quantity in ((here, 1), (there, 2)):
        with acting_for(tenant):
            await count("storage:2026-11-22", meter_="storage.byte_day", quantity=quantity)
            await collect.collect()
    for tenant, quantity in ((here, 1), (there, 2)):
        used = await queries.used(tenant.id, NOVEMBER)
        assert used["storage.byte_day"].quantity == quantity
        assert await conflicts(tenant) == []


async def test_one_microsecond_decides_the_statement_at_each_of_the_36_month_ends(tenant):
    await service.load(found := contract(tenant_slug=tenant.slug))
    ends = [period(shifted(found.term.start_on, n))[1] for n in range(36)]
    for number, end_at in enumerate(ends):
        await count(f"before:{number}", at=end_at - timedelta(microseconds=1))
        await count(f"after:{number}:1", f"after:{number}:2", at=end_at)
    await collect.collect()
    quantities = [await received(tenant, shifted(found.term.start_on, n)) for n in range(37)]
    assert quantities == [1, *[3] * 35, 2]


async def test_a_fact_that_arrives_after_its_month_was_closed_is_stated_in_the_next(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    await count("a:1")
    await collect.collect()
    with clock.frozen(datetime(2026, 12, 5, tzinfo=UTC)):
        async with work():
            closed = await service.close("Vận hành", tenant.id, NOVEMBER)
    await count("a:2")
    await collect.collect()
    assert (await queries.statement(tenant.id, NOVEMBER)).statement == closed
    late = await queries.statement(tenant.id, date(2026, 12, 1))
    line = next(line for line in late.statement.lines if line.meter == "dossier.received")
    assert (line.quantity, line.late_quantity, line.late_facts) == (1, 1, 1)
    facts = await queries.facts(tenant.id, date(2026, 12, 1), "dossier.received")
    assert [(fact.id, fact.late) for fact in facts.facts] == [("a:2", True)]


async def received(tenant, month):
    found = (await queries.statement(tenant.id, month)).statement
    return next(line.quantity for line in found.lines if line.meter == "dossier.received")


async def conflicts(tenant):
    rows = await db.control.fetch("select id from usage_conflict where tenant_id = $1", tenant.id)
    return sorted(row["id"] for row in rows)


async def count_differently(tenant, name):
    """Put a fact into the books that differs from the one the tenant will send."""
    other = rules.Fact(
        id=name, meter="dossier.received", quantity=99, subject=name, occurred_at=NOON
    )
    await db.control.execute(
        "insert into usage (tenant_id, id, meter, quantity, subject, occurred_at, recorded_at,"
        " collected_at, billed_in, digest) values ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8)",
        *(tenant.id, other.id, other.meter, other.quantity, other.subject),
        *(NOON, NOVEMBER, rules.digest(other)),
    )
