"""The books on a real database: contracts, statements, closing, paging."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from billing import collect, meter, queries, rules, service
from billing.agreed import FixedTotal, Settled
from billing.months import shifted
from billing.refusals import ContractRefused, MonthNotOver, NoContract, UnknownTenant
from infra import clock
from tenants import db
from tenants.work import work
from tests.billing.contracts import amendment, contract, counted, fixed, term

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
DECEMBER_5 = datetime(2026, 12, 5, tzinfo=UTC)


def shipped_for(tenant):
    return [
        msgspec.structs.replace(found, tenant_slug=tenant.slug, id=f"{found.id}-{tenant.slug}")
        for found in service.shipped()
    ]


async def test_taking_a_contract_again_changes_nothing(tenant):
    found = contract(tenant_slug=tenant.slug)
    for _ in range(3):
        await service.load(found)
    assert await queries.contracts(tenant.id) == [found]


async def test_a_known_version_with_another_content_is_refused(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    with pytest.raises(ContractRefused, match="version 1"):
        await service.load(contract(tenant_slug=tenant.slug, title="Khác"))


async def test_a_new_version_replaces_the_former_one_in_open_months_only(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    with clock.frozen(DECEMBER_5):
        async with work():
            await service.close("Vận hành", tenant.id, NOVEMBER)
    stated = sum(rules.share(3_600_000_001, 36, number) for number in range(1, 12))
    changed = {"tenant_slug": tenant.slug, "version": 2, "amendment": amendment(date(2026, 12, 1))}
    kept = FixedTotal(total=stated + 25, settled=Settled(11, stated - 1))
    lines = [msgspec.structs.replace(fixed(0), pricing=kept)]
    with pytest.raises(ContractRefused, match=f"came to {stated} đồng"):
        await service.load(contract(**changed, lines=lines))
    kept = FixedTotal(total=stated + 25, settled=Settled(11, stated))
    lines = [msgspec.structs.replace(fixed(0), pricing=kept)]
    await service.load(contract(**changed, lines=lines))
    assert (await queries.statement(tenant.id, NOVEMBER)).statement.contract_version == 1
    assert (await queries.statement(tenant.id, date(2026, 10, 1))).statement.contract_version == 1
    december = (await queries.statement(tenant.id, date(2026, 12, 1))).statement
    assert (december.total, december.to_date) == (1, stated + 1)


async def test_contracts_of_one_tenant_do_not_overlap(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    later = {"tenant_slug": tenant.slug, "id": "HD-2"}
    with pytest.raises(ContractRefused, match="HD-1 runs from"):
        await service.load(contract(term=term(date(2028, 12, 1)), **later))
    await service.load(contract(term=term(date(2029, 1, 1)), **later))
    assert (await queries.contract_for(tenant.id, date(2028, 12, 1))).id == "HD-1"
    assert (await queries.contract_for(tenant.id, date(2029, 1, 1))).id == "HD-2"
    assert (await queries.contract_for(tenant.id, date(2020, 1, 1))).id == "HD-1"
    assert (await queries.contract_for(tenant.id, date(2040, 1, 1))).id == "HD-2"


async def test_a_contract_of_nobody_is_refused(house):
    with pytest.raises(UnknownTenant):
        await service.load(contract(tenant_slug="khong-co"))


async def test_a_faulty_contract_leaves_nothing_in_the_books(tenant):
    with pytest.raises(ContractRefused):
        await service.load(contract(tenant_slug=tenant.slug, lines=[fixed(-1)]))
    assert await queries.contracts(tenant.id) == []
    with pytest.raises(NoContract):
        await queries.statement(tenant.id, NOVEMBER)


async def test_a_contract_runs_until_its_last_day_and_before_it_begins(tenant):
    await service.load(contract(tenant_slug=tenant.slug, term=term(date(2026, 3, 1), 12)))
    assert await service.runs(tenant.id, date(2025, 1, 1))
    assert await service.runs(tenant.id, date(2027, 2, 28))
    assert not await service.runs(tenant.id, date(2027, 3, 1))


async def test_a_tenant_without_a_contract_runs_none(tenant):
    assert not await service.runs(tenant.id, date(2026, 1, 1))


async def test_the_shipped_contracts_can_be_taken_for_their_tenants(make_tenant):
    tenant = await make_tenant("laocai")
    assert await service.load_shipped("laocai") == ["LC-2021"]
    assert await service.load_shipped("laocai") == ["LC-2021"]
    view = await queries.statement(tenant.id, NOVEMBER)
    assert view.statement.month_number == 33
    assert {line.amount for line in view.statement.lines if line.meter} == {0}


async def test_36_statements_out_of_the_books_add_up_to_the_contracts_total(tenant):
    found = shipped_for(tenant)[0]
    await service.load(found)
    totals = [
        (await queries.statement(tenant.id, shifted(found.term.start_on, n))).statement.total
        for n in range(36)
    ]
    assert sum(totals) == 7_656_825_000


async def test_a_statement_equals_the_sums_of_its_facts_in_whatever_order_they_came(tenant):
    rng = random.Random(7)
    found = contract(
        tenant_slug=tenant.slug,
        lines=[fixed(1000), counted("notice.part", 350), counted("dossier.received")],
    )
    await service.load(found)
    facts = [
        (f"notice:{n}", rng.randrange(1, 9), NOON + timedelta(hours=rng.randrange(9000)))
        for n in range(300)
    ]
    rng.shuffle(facts)
    async with work():
        for name, parts, at in facts + facts[:50]:
            await meter.count(name, "notice.part", quantity=parts, subject=name, occurred_at=at)
    while await collect.collect(limit=37):
        pass
    total = 0
    for n in range(14):
        month = shifted(NOVEMBER, n)
        made = (await queries.statement(tenant.id, month)).statement
        line = next(line for line in made.lines if line.meter == "notice.part")
        total += line.quantity
        assert line.amount == line.quantity * 350
        assert line.quantity == await opened(tenant, month, line.meter)
    assert total == sum(parts for _, parts, _ in facts)


async def opened(tenant, month, meter_):
    """The sum of every fact behind a figure, page by page."""
    total, after, seen = 0, "", []
    while True:
        page = await queries.facts(tenant.id, month, meter_, after)
        seen += [fact.id for fact in page.facts]
        total += sum(fact.quantity for fact in page.facts)
        if page.next is None:
            assert len(seen) == len(set(seen))
            return total
        after = page.next


async def test_facts_of_one_moment_are_paged_without_loss(tenant):
    async with work():
        for n in range(queries.PAGE * 2 + 1):
            await meter.count(f"a:{n}", "notice.part", subject="a", occurred_at=NOON)
    await collect.collect(limit=1000)
    assert await opened(tenant, NOVEMBER, "notice.part") == queries.PAGE * 2 + 1


@pytest.mark.parametrize("after", ["~", "x~y", "2026-11-22~a", "9" * 400])
async def test_a_made_up_page_address_starts_at_the_beginning(tenant, after):
    async with work():
        await meter.count("a:1", "notice.part", subject="a", occurred_at=NOON)
    await collect.collect()
    assert len((await queries.facts(tenant.id, NOVEMBER, "notice.part", after)).facts) == 1


async def test_a_month_is_closed_only_when_it_is_over_in_vietnam(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    end_at = datetime(2026, 11, 30, 17, tzinfo=UTC)
    with clock.frozen(end_at - timedelta(microseconds=1)), pytest.raises(MonthNotOver):
        async with work():
            await service.close("Vận hành", tenant.id, NOVEMBER)
    with clock.frozen(end_at):
        async with work():
            assert (await service.close("Vận hành", tenant.id, NOVEMBER)).month == NOVEMBER


async def test_closing_twice_at_once_closes_once(tenant):
    await service.load(contract(tenant_slug=tenant.slug))

    async def close(name):
        async with work():
            return await service.close(name, tenant.id, NOVEMBER)

    with clock.frozen(DECEMBER_5):
        first, second = await asyncio.gather(close("Một"), close("Hai"))
    assert first == second
    view = await queries.statement(tenant.id, NOVEMBER)
    assert (view.closed_at, view.closed_by in ("Một", "Hai")) == (DECEMBER_5, True)
    notes = await db.control.fetch_value(
        "select count(*) from operation where tenant_slug = $1 and act = 'statement.close'",
        tenant.slug,
    )
    assert notes == 1


async def test_collecting_while_a_month_is_closed_states_every_fact_once(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    async with work():
        for n in range(200):
            await meter.count(f"a:{n}", "notice.part", subject="a", occurred_at=NOON)

    async def close():
        await asyncio.sleep(0.01)
        async with work():
            await service.close("Vận hành", tenant.id, NOVEMBER)

    async def drain():
        while await collect.collect(limit=5):
            pass

    with clock.frozen(DECEMBER_5):
        await asyncio.gather(drain(), drain(), close())
    closed = (await queries.statement(tenant.id, NOVEMBER)).statement
    following = (await queries.statement(tenant.id, date(2026, 12, 1))).statement
    parts = [
        next(line.quantity for line in made.lines if line.meter == "notice.part")
        for made in (closed, following)
    ]
    assert sum(parts) == 200
    assert parts[0] == await opened(tenant, NOVEMBER, "notice.part")


async def test_the_overview_counts_this_month_and_shows_the_latest_sample(tenant):
    async with work():
        for n in range(3):
            await meter.count(f"d:{n}", "dossier.received", subject="d", occurred_at=NOON)
        for day, size in ((20, 500), (21, 700)):
            await meter.count(
                f"storage:2026-11-{day}",
                "storage.byte_day",
                quantity=size,
                subject="storage",
                occurred_at=datetime(2026, 11, day, tzinfo=UTC),
            )
    await collect.collect()
    with clock.frozen(NOON):
        row = next(row for row in await queries.overview() if row.slug == tenant.slug)
    assert (row.dossiers, row.notice_parts, row.bytes_stored) == (3, 0, 700)
    assert row.sampled_on == date(2026, 11, 21)
    assert row.host == tenant.host


async def test_the_statement_is_the_pure_function_of_contract_and_sums(tenant):
    found = contract(tenant_slug=tenant.slug)
    await service.load(found)
    async with work():
        await meter.count("a:1", "notice.part", quantity=4, subject="a", occurred_at=NOON)
    await collect.collect()
    used = await queries.used(tenant.id, NOVEMBER)
    assert (await queries.statement(tenant.id, NOVEMBER)).statement == rules.statement(
        found, used, NOVEMBER
    )
