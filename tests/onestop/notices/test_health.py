"""How providers do: counted by the day, told to the control plane, and shown in words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from app.doors.providers_view import provider_lines
from app.onestop.notices import health, jobs, reports
from app.onestop.notices.health import ProviderMonth, ProviderNow
from app.onestop.notices.providers import Provider
from app.onestop.notices.routing import Past
from app.onestop.notices.rules import Report
from billing.months import month_of
from infra.clock import now
from tenants import db, work
from tenants.current import current
from tests.onestop.notices.brandnames import Brandnames
from tests.onestop.notices.conftest import Told
from tests.onestop.notices.test_providers import ESMS, VIETTEL, _tell, brands, listed

__all__ = ["brands", "listed"]
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
PRICES = [
    {"from_on": "2020-01-01", "unit_price": 700, "basis": "Hợp đồng 1"},
    {"from_on": "2021-01-01", "unit_price": 650, "basis": "Phụ lục 2"},
    {"from_on": "2999-01-01", "unit_price": 900, "basis": "Phụ lục 3"},
]


async def test_attempts_failures_delays_and_costs_are_told_without_a_message(
    dossier: Told, brands: Brandnames, listed: Any
) -> None:
    gone = {**ESMS, "url": "http://127.0.0.1:9", "lines": 1, "label": "eSMS"}
    listed(gone, {**VIETTEL, "url": brands.url, "label": "Viettel", "prices": PRICES})
    told = [await _tell(dossier, str(number)) for number in range(4)]
    await jobs.send_notices()
    async with work.work():
        await reports.take_report(told[0], Report.DELIVERED, 2)
    assert await health.just_sent()
    for _ in range(2):  # Again changes nothing.
        assert not await health.tell_today()
    tenant, month = current().id, month_of(now())
    found = await health.of_month(tenant, month)
    parts = await db.tenant.fetch_value("select sum(parts) from notice where state <> 'pending'")
    esms, viettel = found["esms"], found["viettel"]
    assert (esms.later, esms.taken, esms.priced, esms.cost) == (esms.attempts, 0, 0, 0)
    assert (viettel.attempts, viettel.taken, viettel.delivered, viettel.answered) == (4, 4, 1, 4)
    assert (viettel.priced, viettel.cost) == (4, 650 * parts)
    standing = await health.told_now(tenant)
    assert [(one.name, one.share(now())) for one in standing] == [("esms", 0.0), ("viettel", 1.0)]
    kept = await db.control.fetch("select * from provider_now where tenant_id = $1", tenant)
    kept += await db.control.fetch("select * from provider_day where tenant_id = $1", tenant)
    text = repr([dict(row) for row in kept])
    assert str(told[0]) not in text and "0905" not in text and dossier.code not in text
    lines = provider_lines(standing, found, now())
    assert [(one.name, one.tag) for one in lines] == [("eSMS", "late"), ("Viettel", "ok")]
    assert lines[0].state == "Đang lỗi, tin chuyển qua Viettel"
    # A quarter of an hour later nothing is held against it.
    later = provider_lines(standing, found, now() + timedelta(minutes=16))
    assert later[0].state == "Sẵn sàng"


def test_a_price_holds_from_its_day_until_the_next() -> None:
    known = msgspec.convert({**VIETTEL, "url": "http://x", "prices": PRICES}, Provider)
    days = {date(2019, 12, 31): None, date(2020, 6, 1): 700, date(2021, 1, 1): 650}
    assert {day: known.price_on(day) for day in days} == days


@pytest.mark.parametrize(
    ("good", "state"),
    [
        ([True] * 4, "Sẵn sàng"),
        ([True, False, True, False, True, True], "Giảm còn 42% lượng tin"),
        ([False] * 3, "Đang lỗi, không có nhà cung cấp thay"),
    ],
)
def test_a_provider_alone_is_ready_or_half_trusted_or_has_no_substitute(good, state) -> None:
    only = ProviderNow(
        name="a", label="A", channel="sms", priority=1, weight=1, told_at=NOON,
        ends=[Past(NOON, each) for each in good],
    )  # fmt: skip
    month = ProviderMonth(
        provider="b", attempts=9, taken=8, refused=1, later=0, unknown=0, delivered=0,
        undelivered=0, doubled=0, answered=9, answer_ms=1800, slowest_ms=12_400, priced=6,
        cost=3900,
    )  # fmt: skip
    first, gone = provider_lines([only], {"b": month}, NOON)
    assert (first.state, first.delay, first.cost) == (state, "Chưa có", "Chưa khai báo đơn giá")
    assert (gone.state, gone.failed) == ("Không còn dùng", 1)
    assert gone.delay == "0,2 giây, lâu nhất 12 giây"
    assert gone.cost == "3.900 đồng, chưa kể 2 lượt chưa rõ giá"
