"""What a contract limits, and how far it is used up."""

from datetime import date

import msgspec
import pytest

from billing.agreed import FairUse, PerUnit
from billing.limits import Limit, Standing, limits_of
from tests.billing.contracts import CLAUSE, contract, counted

NOVEMBER = date(2026, 11, 1)
PARTS = Limit(
    meter="notice.part", kind="included", quantity=1000, beyond="charge", clause=CLAUSE
)  # fmt: skip


@pytest.mark.parametrize(
    ("used", "percent", "levels"),
    [(0, 0, []), (799, 79, []), (800, 80, [80]), (999, 99, [80]), (1000, 100, [80, 100])],
)
def test_levels_are_reached_at_eighty_and_at_a_hundred_percent(used, percent, levels):
    found = Standing(limit=PARTS, used=used)
    assert (found.percent, found.levels, found.refused) == (percent, levels, False)
    refusing = msgspec.structs.replace(PARTS, beyond="refuse")
    assert Standing(limit=refusing, used=used).refused is (used >= 1000)


def test_fair_use_and_what_the_price_includes_are_two_limits_of_one_meter():
    stored, parts = counted("storage.byte_day"), counted("notice.part")
    blocks = PerUnit(unit="GB", unit_price=0, included=5, size=10**9, daily_mean=True)
    priced = PerUnit(unit="phần", unit_price=500, included=100)
    fair = [
        FairUse(meter="storage.byte_day", quantity=8 * 10**9, beyond="refuse", clause=CLAUSE),
        FairUse(meter="api.call", quantity=10, beyond="warn", clause=CLAUSE),
    ]
    lines = [
        msgspec.structs.replace(stored, pricing=blocks),
        msgspec.structs.replace(parts, pricing=priced),
        counted("dossier.received"),
    ]
    found = limits_of(contract(lines=lines, fair_use=fair), NOVEMBER)
    told = [(e.meter, e.kind, e.quantity, e.beyond, e.on_a_day) for e in found]
    assert told == [
        ("storage.byte_day", "fair_use", 8 * 10**9, "refuse", True),
        ("api.call", "fair_use", 10, "warn", False),
        ("storage.byte_day", "included", 5 * 10**9 * 30, "warn", False),
        ("notice.part", "included", 100, "charge", False),
    ]
