"""The worker's calls: bounded, and honest about what is left."""

from datetime import UTC, datetime, timedelta

from billing import jobs, meter
from infra import clock
from tenants import db
from tenants.work import work


async def test_collecting_says_when_more_may_wait(tenant, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    async with work():
        for n in range(3):
            await meter.count(
                f"a:{n}", "notice.part", subject="a", occurred_at=datetime(2026, 11, 1, tzinfo=UTC)
            )
    assert [await jobs.collect_usage() for _ in range(3)] == [True, False, False]
    booked = await db.control.fetch_value(
        "select count(*) from usage where tenant_id = $1", tenant.id
    )
    assert booked == 3


async def test_the_nights_sample_is_collected_like_everything_else(tenant):
    with clock.frozen(tenant.created_at + timedelta(days=1)):
        assert not await jobs.sample_storage()
        assert not await jobs.collect_usage()
    ids = await db.control.fetch("select id from usage where tenant_id = $1", tenant.id)
    day = tenant.created_at.astimezone(clock.VIETNAM).date()
    assert [row["id"] for row in ids] == [f"storage:{day}"]
