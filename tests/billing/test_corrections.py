"""Corrections: two people, only rows that are added, never a closed month."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from billing import collect, corrections, meter, queries, service
from billing.books import take_back
from billing.corrections import Account
from billing.refusals import CorrectionUnfit, OwnCorrection
from billing.shapes import OURS
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.clusters import owner
from tenants.work import work
from tests.billing.contracts import contract

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


async def account(name):
    identity = uuid7()
    await db.control.execute(
        "insert into operator (id, username, full_name, admitted_at) values ($1, $2, $3, $4)",
        *(identity, f"op-{identity}", name, clock.now()),
    )
    return Account(identity, name)


async def test_a_correction_reverses_in_the_open_month_and_the_closed_one_stays(tenant):
    an, other_an = await account("An"), await account("An")
    await service.load(contract(tenant_slug=tenant.slug))
    async with work():
        await meter.count("n:1", "notice.part", quantity=9, subject="n", occurred_at=NOON)
    await collect.collect()
    with clock.frozen(NOON + timedelta(days=20)):
        async with work():
            await service.close("Vận hành", tenant.id, NOVEMBER)
        asked = await corrections.propose(an, tenant.id, OURS, "n:1", 4, "Đếm sai số phần")
        with pytest.raises(OwnCorrection):
            async with work():
                await corrections.decide(an, tenant.id, asked, approved=True)
        with pytest.raises(CorrectionUnfit):
            async with work():
                await corrections.decide(other_an, uuid7(), asked, approved=True)
        async with work():
            await corrections.decide(other_an, tenant.id, asked, approved=True)
    rows = await db.control.fetch(
        "select id, quantity, billed_in, reason, proposed_by, approved_by, proposer, approver"
        " from usage"
        " where tenant_id = $1 and corrects is not null order by id",
        tenant.id,
    )
    # Two people of one name are two accounts; the books hold both.
    why = ("Đếm sai số phần", "An", "An", an.id, other_an.id)
    assert [tuple(row) for row in rows] == [
        ("n:1~corrected", 4, DECEMBER, *why),
        ("n:1~reversed", -9, DECEMBER, *why),
    ]
    assert (await queries.used(tenant.id, NOVEMBER))["notice.part"].quantity == 9
    with pytest.raises(CorrectionUnfit):
        await corrections.propose(an, tenant.id, OURS, "n:1", 5, "Lần nữa")
    # Pressed twice at once, with two quantities: only one of them waits to be approved.
    asks = [
        corrections.propose(an, tenant.id, OURS, "n:1~corrected", n, "Hai lần cùng lúc")
        for n in range(8)
    ]
    came = await asyncio.gather(*asks, return_exceptions=True)
    assert [type(each) for each in came].count(CorrectionUnfit) == len(asks) - 1, came


async def test_the_database_itself_keeps_facts_closed_months_and_reversals_exact(tenant):
    await service.load(contract(tenant_slug=tenant.slug))
    async with work():
        await meter.count("n:1", "notice.part", quantity=9, subject="n", occurred_at=NOON)
    await collect.collect()
    wrong = "select 'n:1~reversed', meter, -8, 'n', occurred_at, occurred_at, occurred_at,"
    columns = "tenant_id, id, meter, quantity, subject, occurred_at, recorded_at, collected_at"
    more = ", billed_in, digest, corrects, reason, proposed_by, approved_by"
    same = f"'{tenant.id}'::uuid, "
    refused = [
        "update usage set quantity = 0",
        "delete from usage",
        f"insert into usage ({columns}{more}) "
        + wrong.replace("select ", f"select {same}")
        + f" billed_in, '', id, 'r', 'a', 'b' from usage where tenant_id = '{tenant.id}'",
        f"insert into usage ({columns}, billed_in, digest) values ({same}'x', 'notice.part', 1,"
        " 'x', '2026-12-01 00:00+07', now(), now(), '2026-11-01', '')",
    ]
    async with owner("main", db.control_place()[1][0]) as connection:
        for sql in refused:
            with pytest.raises(asyncpg.CheckViolationError):
                await connection.execute(sql)
    with clock.frozen(NOON + timedelta(days=20)):
        async with work():
            await service.close("Vận hành", tenant.id, NOVEMBER)
    late = f"insert into usage ({columns}, billed_in, digest) values ({same}'y', 'notice.part', 1,"
    with pytest.raises(asyncpg.CheckViolationError, match="closed month"):
        await db.control.execute(
            late + " 'y', '2026-11-30 23:59:59.999999+07', now(), now(), '2026-11-01', '')"
        )
    with pytest.raises(ValueError, match="no fact"):
        async with work():
            await take_back(tenant.id, OURS, "n:9", ("r", "a", "b"))
