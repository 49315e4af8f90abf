"""From draft to paid: each step once, in order, by the side it belongs to."""

import asyncio
from datetime import UTC, date, datetime
from itertools import product

import pytest

from billing import collect, meter, queries, service, settling
from billing.refusals import ReferenceMissing, StepRefused
from infra import clock
from tenants.work import work
from tests.billing.contracts import contract, counted

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
LATER = datetime(2026, 11, 5, tzinfo=UTC)


def test_only_the_next_step_can_be_taken_and_paid_is_the_last():
    for count, step, side in product(range(5), settling.STEPS, ("vendor", "tenant")):
        done = settling.STEPS[:count]
        allowed = settling.fault_of(done, step, side, "Số 1") is None
        belongs = side == "vendor" or step == "accepted"
        assert allowed == (belongs and settling.next_step(done) == step)
    assert settling.next_step(settling.STEPS) is None
    assert isinstance(settling.fault_of(["sent"], "accepted", "vendor", " "), ReferenceMissing)
    assert settling.fault_of(["sent"], "accepted", "tenant", "") is None


async def test_a_paid_month_stays_as_it_was_and_later_usage_is_adjusted(tenant):
    lines = [counted("notice.part", 300)]
    await service.load(contract(tenant_slug=tenant.slug, lines=lines))

    async def take(step, side="vendor", reference="Số 1"):
        async with work():
            await settling.advance("Ai đó", side, tenant.id, OCTOBER, step, reference)

    with clock.frozen(LATER):
        with pytest.raises(StepRefused):
            await take("sent")  # not closed yet
        async with work():
            await service.close("Vận hành", tenant.id, OCTOBER)
        with pytest.raises(StepRefused):
            await take("paid")
        await take("sent")
        results = await asyncio.gather(
            take("accepted", "tenant"), take("accepted", "tenant"), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["NoneType", "StepRefused"]
        for step in ("invoiced", "paid"):
            await take(step)
        with pytest.raises(StepRefused):
            await take("paid")
        async with work():
            at = datetime(2026, 10, 9, tzinfo=UTC)
            await meter.count("a", "notice.part", quantity=2, subject="n", occurred_at=at)
        await collect.collect()
    steps = await settling.steps(tenant.id, OCTOBER)
    assert [(each.step, each.side) for each in steps] == [
        ("sent", "vendor"),
        ("accepted", "tenant"),
        ("invoiced", "vendor"),
        ("paid", "vendor"),
    ]
    assert all(each.done_by == "Ai đó" and each.done_at == LATER for each in steps)
    assert (await queries.statement(tenant.id, OCTOBER)).statement.total == 0
    row = (await queries.statement(tenant.id, NOVEMBER)).statement.adjustments[0]
    assert (row.month, row.amount) == (OCTOBER, 600)
