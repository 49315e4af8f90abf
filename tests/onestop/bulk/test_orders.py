"""Orders for many dossiers: every one gets its outcome, and none is done twice."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.onestop.bulk import jobs, queries, service
from app.onestop.bulk.refusals import NothingChosen, TooMany, UnknownBulkAct
from app.onestop.bulk.shapes import Chosen, ItemState, Order
from app.onestop.dossiers import service as dossiers
from app.onestop.dossiers.rules import Act, Status
from app.people.shapes import Actor
from app.refusals import NotAllowed
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import on_paper, submitted

DONE, REFUSED, WAITING = ItemState.DONE, ItemState.REFUSED, ItemState.WAITING


async def doing(verb: Any, *args: Any, **options: Any) -> Any:
    async with work():
        return await verb(*args, **options)


async def ordered(officer: Actor, act: Act, codes: list[str], **options: Any) -> UUID:
    chosen = [Chosen(code) for code in codes]
    order_id: UUID = await doing(service.order, officer, act, chosen, **options)
    return order_id


async def outcome(officer: Actor, order_id: UUID) -> Order:
    found = await queries.order_of(officer, order_id)
    assert found is not None
    return found


async def laid_down(count: int) -> list[str]:
    lan = await cast.officer(cast.LAN)
    return [(await doing(dossiers.intake, lan, on_paper(key=uuid4()))).code for _ in range(count)]


async def test_each_dossier_gets_its_own_outcome(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    codes = [*await laid_down(3), "H08.21583-991231-0001"]
    await doing(dossiers.hand_over, lan, codes[1], None)
    order_id = await ordered(lan, Act.HAND_OVER, codes)
    assert not await jobs.settle_bulk_orders()
    done = await outcome(lan, order_id)
    assert [item.state for item in done.items] == [DONE, REFUSED, DONE, REFUSED]
    assert "chính ông/bà đã thực hiện" in (done.items[1].message or "")
    assert done.items[3].message and done.finished_at is not None
    statuses = await db.tenant.fetch("select status from dossier order by code")
    assert {row["status"] for row in statuses} == {Status.PROCESSING}


async def test_a_whole_morning_goes_through_receive_assign_and_approve(province: Tenant) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    code = (await submitted(await cast.citizen())).code
    for officer, act, choice in (
        (lan, Act.RECEIVE, None), (lan, Act.HAND_OVER, None), (minh, Act.ASSIGN, hoa.id),
    ):  # fmt: skip
        order_id = await ordered(officer, act, [code], choice=choice)
        await jobs.settle_bulk_orders()
        assert (await outcome(officer, order_id)).count(DONE) == 1, act
    await doing(dossiers.process, hoa, code, None, "Đủ điều kiện")
    order_id = await ordered(minh, Act.APPROVE, [code], note="Đồng ý")
    await jobs.settle_bulk_orders()
    assert (await outcome(minh, order_id)).count(DONE) == 1
    note = "select note from progress where act = 'approve'"
    assert await db.tenant.fetch_value(note) == "Đồng ý"


async def test_what_somebody_changed_meanwhile_is_refused_and_not_overwritten(
    province: Tenant,
) -> None:
    lan = await cast.officer(cast.LAN)
    (code,) = await laid_down(1)
    order_id = await doing(service.order, lan, Act.HAND_OVER, [Chosen(code, version=0)])
    await jobs.settle_bulk_orders()
    assert (await outcome(lan, order_id)).count(REFUSED) == 1


@pytest.mark.asvs("2.3.4")
async def test_two_workers_at_once_do_each_dossier_once(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    codes = await laid_down(8)
    order_id = await ordered(lan, Act.HAND_OVER, codes)
    await asyncio.gather(*(jobs.settle_bulk_orders() for _ in range(3)))
    await jobs.settle_bulk_orders()
    assert (await outcome(lan, order_id)).count(DONE) == 8
    moves = "select count(*) from progress where act = 'hand_over'"
    assert await db.tenant.fetch_value(moves) == 8


async def test_long_orders_go_by_batches(province: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(jobs, "BATCH", 3)
    lan = await cast.officer(cast.LAN)
    order_id = await ordered(lan, Act.HAND_OVER, await laid_down(5))
    assert await jobs.settle_bulk_orders()
    half = await outcome(lan, order_id)
    assert (half.count(DONE), half.count(WAITING), half.finished_at) == (3, 2, None)
    assert await queries.any_waiting()
    assert not await jobs.settle_bulk_orders()
    assert not await queries.any_waiting()


async def test_an_officer_dismissed_meanwhile_does_nothing_more(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    order_id = await ordered(lan, Act.HAND_OVER, await laid_down(1))
    await db.tenant.execute("update officer set dismissed_at = now() where id = $1", lan.id)
    await jobs.settle_bulk_orders()
    assert (await outcome(lan, order_id)).count(REFUSED) == 1


async def test_an_order_needs_dossiers_and_not_too_many_and_an_act_for_many(
    province: Tenant,
) -> None:
    lan, hung = await cast.officer(cast.LAN), await cast.citizen()
    with pytest.raises(NothingChosen):
        await ordered(lan, Act.HAND_OVER, [])
    with pytest.raises(TooMany):
        await ordered(lan, Act.HAND_OVER, [f"H08-{n}" for n in range(501)])
    with pytest.raises(UnknownBulkAct):
        await ordered(lan, Act.DELIVER, ["H08-1"])
    with pytest.raises(NotAllowed):
        await ordered(hung, Act.HAND_OVER, ["H08-1"])


async def test_nobody_sees_anothers_order(province: Tenant) -> None:
    lan, hoa = await cast.officer(cast.LAN), await cast.officer(cast.HOA)
    order_id = await ordered(lan, Act.HAND_OVER, ["H08-1"])
    assert await queries.order_of(hoa, order_id) is None
