"""Figures on a real tenant: written with the act, reversed when wrong, equal to a recount."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.onestop.dossiers import service
from app.onestop.dossiers.shapes import Correction
from app.onestop.statistics.queries import Asked, report
from app.refusals import Refusal
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast
from tests.onestop.dossiers.story import agency, on_paper, submitted, walked
from tests.onestop.reorganisation.plans import BAC, NEW, QUY_NHON, carried_out, merge, new_agency

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
Act = Callable[[str], Awaitable[Any]]
# Counted anew out of the dossiers themselves, without the figures.
_RECOUNT = """
select agency_id, channel, wanted_way,
  count(*) filter (where received_at is not null) as received,
  count(*) filter (where finished_at is not null) as settled,
  count(*) filter (where status = 3) as refused,
  count(*) filter (where status in (7, 8) and received_at is not null) as ended,
  count(*) filter (where status in (7, 8) and received_at is null) as cancelled,
  count(*) filter (where status = 10) as delivered
from dossier group by 1, 2, 3
"""
_SUMS = """
select agency_id, channel, wanted_way,
  coalesce(sum(amount) filter (where kind = 'received'), 0) as received,
  coalesce(sum(amount) filter (where kind like 'settled%'), 0) as settled,
  coalesce(sum(amount) filter (where kind = 'refused'), 0) as refused,
  coalesce(sum(amount) filter (where kind in ('stopped', 'withdrawn')), 0) as ended,
  coalesce(sum(amount) filter (where kind = 'cancelled'), 0) as cancelled,
  coalesce(sum(amount) filter (where kind = 'delivered'), 0) as delivered
from statistic group by 1, 2, 3
"""


async def counted(sql: str) -> set[tuple[object, ...]]:
    """The figures by agency, channel and way; places without any left out."""
    return {tuple(row) for row in await db.tenant.fetch(sql) if any(list(row)[3:])}


async def one_of(acts: Sequence[Act], code: str) -> None:
    """Do the first of the acts that is allowed."""
    for act in acts:
        try:
            async with work():
                await act(code)
            return
        except Refusal:
            continue


async def test_after_random_acts_the_rows_add_up_to_a_recount(province: Tenant) -> None:
    chance = random.Random(7)
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    hung = await cast.citizen()
    wrong = Correction(full_name="Bùi Thị Ngọc", phone="0905 000 302", wanted_way="postal")
    with frozen(MONDAY):
        codes = [(await submitted(hung)).code for _ in range(3)]
        async with work():
            codes += [(await service.intake(lan, on_paper())).code for _ in range(4)]
    acts: list[Act] = [
        lambda code: service.receive(lan, code, None),
        lambda code: service.refuse(lan, code, None, reason_code="khac", reason="Không thuộc"),
        lambda code: service.correct(lan, code, None, wrong, reason="Ghi nhầm"),
        lambda code: service.stop(hoa, code, None, reason="Theo đề nghị"),
        lambda code: service.withdraw(lan, code, None, reason="Theo yêu cầu"),
        lambda code: service.hand_over(lan, code, None),
        lambda code: service.process(hoa, code, None, "Đủ điều kiện"),
        lambda code: service.approve(minh, code, None, None),
        lambda code: service.finish(lan, code, None, on_paper=True),
        lambda code: service.deliver(lan, code, None, "counter"),
    ]
    weights = [9, 2, 3, 0.5, 0.5, 9, 9, 9, 9, 9]
    at = MONDAY
    for _ in range(34):
        at += timedelta(hours=chance.randrange(12))
        with frozen(at):
            await one_of(chance.choices(acts, weights, k=9), chance.choice(codes))
    assert await counted(_SUMS) == await counted(_RECOUNT)
    everything = (await report(Asked(first=NOVEMBER, last=DECEMBER))).total
    running = (
        "select count(*) from dossier where status in (2, 4, 5, 6) and received_at is not null"
    )
    assert everything.open == await db.tenant.fetch_value(running)


async def test_a_correction_reverses_and_points_at_what_it_puts_right(province: Tenant) -> None:
    lan = await cast.officer(cast.LAN)
    with frozen(MONDAY):
        async with work():
            code = (await service.intake(lan, on_paper())).code
    form = Correction(full_name="Bùi Thị Ngọc", phone="0905 000 302", wanted_way="postal")
    with frozen(MONDAY + timedelta(hours=1)):
        async with work():
            await service.correct(lan, code, None, form, reason="Ghi nhầm cách nhận")
    rows = await db.tenant.fetch("select * from statistic order by at, amount")
    assert [(row["amount"], row["wanted_way"], row["act"]) for row in rows] == [
        (1, "counter", "intake"), (-1, "counter", "correct"), (1, "postal", "correct")
    ]  # fmt: skip
    assert {row["about"] for row in rows[1:]} == {rows[0]["id"]}


async def test_what_moves_is_counted_out_of_one_agency_and_into_the_other(
    province: Tenant,
) -> None:
    lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    with frozen(MONDAY - timedelta(days=30)):
        async with work():
            code = (await service.intake(lan, on_paper())).code
    with frozen(MONDAY):
        await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
        lan, hoa, minh = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
        await walked(lan, hoa, minh, code)
    old, new = [
        (await report(Asked(first=NOVEMBER, last=NOVEMBER, agencies=[await agency(key)]))).total
        for key in (QUY_NHON, NEW)
    ]
    assert (old.opening, old.moved, old.settled, old.open) == (1, -1, 0, 0)
    assert (new.opening, new.moved, new.settled, new.open) == (0, 1, 1, 0)
