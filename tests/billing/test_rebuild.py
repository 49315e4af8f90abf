"""The books against the rows they came from, night by night."""

from datetime import UTC, date, datetime, timedelta

from billing import collect, meter, rebuild
from billing.rebuild import Sum
from infra import clock
from tenants import db
from tenants.work import work

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


async def test_what_is_missing_added_or_changed_below_the_books_is_named_by_meter_and_day(tenant):
    async with work():
        for n in range(3):
            await meter.count(f"d:{n}", "dossier.received", subject="d", occurred_at=NOON)
        await meter.count("n:1", "notice.part", quantity=2, subject="n", occurred_at=NOON)
    await collect.collect()
    rows = {"dossier.received": counted({DAY: Sum(3, 3)})}
    with clock.frozen(NOON + timedelta(days=1)):
        assert (await rebuild.check(rows)).differences == []
    async with work():
        await meter.count("d:3", "dossier.received", subject="d", occurred_at=NOON)
    await db.control.execute(FORGED, tenant.id, "d:7", 5, NOON, DAY.replace(day=1))
    with clock.frozen(NOON + timedelta(days=1, seconds=1)):
        found = await rebuild.check(rows)
    assert found == (await rebuild.latest())[tenant.slug]
    told = [(d.against, d.source_facts, d.book_facts, d.book_quantity) for d in found.differences]
    assert told == [("records", 4, 4, 8), ("rows", 3, 4, 4)]


def test_two_changes_that_make_up_for_each_other_are_seen():
    here, there = {("m", DAY): Sum(2, 5, 1)}, {("m", DAY): Sum(2, 5, 2)}
    assert [d.day for d in rebuild.compare("records", here, there)] == [DAY]


def counted(sums):
    async def count(_):
        return sums

    return count


FORGED = """
insert into usage (tenant_id, id, meter, quantity, subject, occurred_at, recorded_at,
                   collected_at, billed_in, digest)
values ($1, $2, 'dossier.received', $3, 'd', $4, $4, $4, $5, '\\x00')
"""
