"""Limits of a contract: warned of at 80 and 100 percent, refused only where the contract says."""

from datetime import timedelta

import pytest

from billing import collect, meter, quota, service
from billing.agreed import FairUse
from billing.months import month_of, period
from billing.refusals import OverQuota
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.work import work
from tests.billing.contracts import CLAUSE, contract


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(quota, "_FRESH_SECONDS", -1.0)


@pytest.mark.parametrize("beyond", ["warn", "refuse"])
async def test_a_limit_warns_and_refuses_by_contract_inside_of_the_tenants_own_unit(tenant, beyond):
    limit = FairUse(meter="api.call", quantity=10, beyond=beyond, clause=CLAUSE)
    await service.load(contract(tenant_slug=tenant.slug, fair_use=[limit]))
    # Time itself is read in a task of its own, so the month is the real one.
    moment = clock.now()
    before = period(month_of(moment))[0] - timedelta(seconds=1)
    async with work():
        # What comes late counts against its own month, wherever it is stated.
        await meter.count("late", "api.call", quantity=9, subject="c", occurred_at=before)
    async with work():
        await service.close("Vận hành", tenant.id, month_of(before))
    for number, percents in ((7, []), (8, [80]), (10, [100, 80])):
        async with work():
            for n in range(number):
                await meter.count(f"c:{n}", "api.call", subject="c", occurred_at=moment)
        await collect.collect()
        async with work():
            if number == 10 and beyond == "refuse":
                with pytest.raises(OverQuota):
                    await quota.check("api.call")
            else:
                assert (await quota.check("api.call")).used == number
        assert [w.percent for w in await quota.warnings(tenant.id)] == percents
    assert await quota.check("signature.made") is None
    assert await quota.watch() == []  # Everything was told before.
    assert await quota.warnings(tenant.id, month_of(before)) == []


@pytest.mark.parametrize("beyond", ["warn", "refuse"])
async def test_there_is_room_for_files_as_the_contract_says(tenant, beyond):
    await quota.room(10**12)
    limit = FairUse(meter="storage.byte_day", quantity=1000, beyond=beyond, clause=CLAUSE)
    await service.load(contract(tenant_slug=tenant.slug, fair_use=[limit]))
    await db.tenant.execute(_STORED, uuid7(), 500, clock.now())
    await db.tenant.execute(_COMING, uuid7(), 300, clock.now(), clock.now() + timedelta(hours=1))
    await quota.room(200)
    if beyond == "refuse":
        with pytest.raises(OverQuota):
            await quota.room(201)
        told = await quota.warnings(tenant.id)  # at once, not when the day was measured
        assert [(one.percent, one.quantity) for one in told] == [(100, 1001), (80, 1001)]
    else:
        await quota.room(201)
    # The day's measure is what pages show and warnings tell.
    async with work():
        moment = period(month_of(clock.now()))[0]
        for name, quantity, at in (("a", 900, moment), ("b", 800, moment + timedelta(days=1))):
            await meter.count(
                name, "storage.byte_day", quantity=quantity, subject="s", occurred_at=at
            )
    await collect.collect()
    (standing,) = await quota.standings(tenant.id, month_of(moment))
    assert (standing.used, standing.percent, standing.levels) == (800, 80, [80])


_STORED = (
    "insert into stored_object (id, key, sha256, size, media_type, file_name, scan, owner,"
    " stored_at) values ($1, 'k', sha256(''), $2, 'x', 'x', 'clean', 'system', $3)"
)
_COMING = (
    "insert into upload (id, owner, target, slot, file_name, size, state, created_at, expires_at)"
    " values ($1, 'system', 'none', 'x', 'x', $2, 'open', $3, $4)"
)
