from datetime import date

import pytest

from app.onestop.deadlines import queries
from app.onestop.deadlines.calendar import BadCalendar, Document
from app.onestop.deadlines.service import document_of, publish
from app.people.shapes import SYSTEM
from app.provinces.loader import load
from app.trail.queries import lines_of
from tenants import work
from tenants.shapes import Tenant


async def _publish(first_year: int, valid_from: date) -> int:
    document = document_of(load("binhdinh").calendar, first_year=first_year)
    async with work.work():
        return (await publish(SYSTEM, document, valid_from=valid_from, decision="QĐ thử")).version


async def test_a_published_calendar_is_read_back_as_it_was(tenant: Tenant) -> None:
    version = await _publish(2026, date(2026, 1, 1))
    calendar = await queries.calendar_in_force(date(2026, 6, 1))
    assert (calendar.version, calendar.decision) == (version, "QĐ thử")
    assert not calendar.is_working_day(date(2026, 2, 17))
    assert await queries.calendar_in_force(date(2026, 6, 2)) is calendar


async def test_the_newest_version_in_force_holds_and_the_old_one_stays(tenant: Tenant) -> None:
    first = await _publish(2026, date(2026, 1, 1))
    second = await _publish(2026, date(2026, 7, 1))
    assert (await queries.calendar_in_force(date(2026, 6, 30))).version == first
    assert (await queries.calendar_in_force(date(2026, 7, 1))).version == second
    assert (await queries.calendar_of(first)).version == first


async def test_a_tenant_without_a_calendar_is_told_so(tenant: Tenant) -> None:
    with pytest.raises(BadCalendar, match="chưa có lịch làm việc"):
        await queries.calendar_in_force(date(2026, 6, 1))


async def test_a_useless_calendar_is_not_published(tenant: Tenant) -> None:
    with pytest.raises(BadCalendar):
        async with work.work():
            await publish(
                SYSTEM, Document(weekdays=[], periods=[]), valid_from=date(2026, 1, 1), decision=""
            )
    with pytest.raises(BadCalendar):
        await queries.calendar_of(1)


async def test_publishing_leaves_a_trail(tenant: Tenant) -> None:
    version = await _publish(2026, date(2026, 1, 1))
    (line,) = await lines_of(("work_calendar", version))
    assert (line.act, line.actor_kind, line.basis) == ("calendar.publish", "system", "QĐ thử")
