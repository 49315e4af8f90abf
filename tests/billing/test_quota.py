"""Limits of fair use: warned of at 80 and 100 percent, refused only where the contract says so."""

from datetime import UTC, datetime

import pytest

from billing import collect, meter, quota, service
from billing.agreed import FairUse
from billing.refusals import OverQuota
from infra import clock
from tenants.work import work
from tests.billing.contracts import CLAUSE, contract

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize("beyond", ["warn", "refuse"])
async def test_a_limit_warns_and_refuses_by_contract_inside_of_the_tenants_own_unit(
    tenant, monkeypatch, beyond
):
    monkeypatch.setattr(quota, "_FRESH_SECONDS", -1.0)
    limit = FairUse(meter="api.call", quantity=10, beyond=beyond, clause=CLAUSE)
    await service.load(contract(tenant_slug=tenant.slug, fair_use=[limit]))
    # Time itself is read in a task of its own, so the month is the real one.
    moment = clock.now()
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
        assert [w["percent"] for w in await quota.warnings(tenant.id)] == percents
    assert await quota.check("signature.made") is None
