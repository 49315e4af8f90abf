"""Stored bytes, one sample for each day that is over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing import collect, queries, samples
from infra import clock
from infra.ids import uuid7
from tenants import addresses, db
from tenants.work import work

# 00:00 of 23 November in Vietnam.
MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
DAY = date(2026, 11, 22)


async def keep(size, stored_at, removed_at=None):
    name = str(uuid7())
    async with work():
        await db.tenant.execute(
            "insert into stored_object (id, key, sha256, size, media_type, file_name, scan, owner,"
            " stored_at, removed_at) values ($1, $2, $3, $4, 'application/pdf', 'a.pdf',"
            " 'unscanned', 'system', $5, $6)",
            *(uuid7(), name, bytes(32), size, stored_at, removed_at),
        )


async def sampled():
    rows = await db.tenant.fetch(
        "select id, quantity, occurred_at from usage_record where meter = 'storage.byte_day'"
        " order by id"
    )
    return [(row["id"], row["quantity"]) for row in rows]


async def test_a_day_counts_what_is_kept_at_its_end_in_vietnam(tenant):
    tick = timedelta(microseconds=1)
    await keep(1, MIDNIGHT - tick)
    await keep(10, MIDNIGHT)
    await keep(100, MIDNIGHT - timedelta(days=9), removed_at=MIDNIGHT - tick)
    await keep(1000, MIDNIGHT - timedelta(days=9), removed_at=MIDNIGHT)
    with clock.frozen(MIDNIGHT):
        assert await samples.sample_storage(DAY)
    assert await sampled() == [("storage:2026-11-22", 1001)]


async def test_sampling_a_day_again_changes_nothing_even_if_files_went_meanwhile(tenant):
    await keep(5, MIDNIGHT - timedelta(hours=1))
    with clock.frozen(MIDNIGHT):
        assert await samples.sample_storage(DAY)
        await keep(7, MIDNIGHT - timedelta(hours=1))
        assert not await samples.sample_storage(DAY)
    assert await sampled() == [("storage:2026-11-22", 5)]


async def test_a_day_that_is_not_over_in_vietnam_is_not_sampled(tenant):
    with clock.frozen(MIDNIGHT - timedelta(microseconds=1)), pytest.raises(ValueError):
        await samples.sample_storage(DAY)
    assert await sampled() == []


async def test_missed_days_are_sampled_each_with_what_was_kept_then(tenant):
    today = tenant.created_at.astimezone(clock.VIETNAM).date()
    start = tenant.created_at
    await keep(1, start)
    await keep(10, start + timedelta(days=2))
    with clock.frozen(start + timedelta(days=1)):
        assert await samples.sample_missing() == [today]
    with clock.frozen(start + timedelta(days=4)):
        assert await samples.sample_missing() == [today + timedelta(days=n) for n in (1, 2, 3)]
        assert await samples.sample_missing() == []
    assert [quantity for _, quantity in await sampled()] == [1, 1, 11, 11]


async def test_a_tenant_that_keeps_nothing_has_samples_of_zero_bytes(tenant):
    with clock.frozen(tenant.created_at + timedelta(days=1)):
        assert len(await samples.sample_missing()) == 1
    assert [quantity for _, quantity in await sampled()] == [0]


async def test_the_last_day_of_a_month_is_stated_in_that_month(tenant):
    await keep(5, datetime(2026, 11, 1, tzinfo=UTC))
    with clock.frozen(datetime(2026, 12, 2, tzinfo=UTC)):
        await samples.sample_storage(date(2026, 11, 30))
        await samples.sample_storage(date(2026, 12, 1))
    await collect.collect()
    for month in (date(2026, 11, 1), date(2026, 12, 1)):
        assert (await queries.used(tenant.id, month))["storage.byte_day"].facts == 1


async def test_days_on_which_another_kept_the_files_are_that_ones(tenant, make_tenant):
    into, first = await make_tenant(), tenant.created_at
    with clock.frozen(first + timedelta(days=2)):
        await addresses.take_over(joined=tenant.id, into=into.id, at=clock.now())
    with clock.frozen(first + timedelta(days=4)):
        await addresses.give_back(joined=tenant.id, into=into.id, at=clock.now())
    with clock.frozen(first + timedelta(days=6)):
        days = await samples.sample_missing()
    begin = first.astimezone(clock.VIETNAM).date()
    assert days == [begin + timedelta(days=n) for n in (0, 1, 4, 5)]
