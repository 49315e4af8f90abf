import asyncio
from datetime import UTC, datetime

import pytest

from app.onestop.codes.service import take
from infra.clock import frozen
from tenants import work
from tenants.shapes import Tenant

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


async def _take(prefix: str = "H08.21583") -> str:
    async with work.work():
        return await take(prefix)


async def test_fifty_at_once_get_fifty_different_numbers_without_a_gap(tenant: Tenant) -> None:
    with frozen(NOON):
        codes = await asyncio.gather(*(_take() for _ in range(50)))
    assert sorted(codes) == [f"H08.21583-261122-{n:04}" for n in range(1, 51)]


async def test_a_number_rolled_back_is_given_to_the_next_dossier(tenant: Tenant) -> None:
    with frozen(NOON):
        await _take()
        with pytest.raises(ZeroDivisionError):
            async with work.work():
                await take("H08.21583")
                raise ZeroDivisionError
        assert await _take() == "H08.21583-261122-0002"


async def test_each_agency_and_each_day_counts_for_itself(tenant: Tenant) -> None:
    with frozen(NOON):
        await _take()
        assert await _take("H08.S03") == "H08.S03-261122-0001"
    with frozen(datetime(2026, 11, 22, 16, 59, tzinfo=UTC)):
        assert await _take() == "H08.21583-261122-0002"
    with frozen(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)):  # Midnight in Vietnam.
        assert await _take() == "H08.21583-261123-0001"
