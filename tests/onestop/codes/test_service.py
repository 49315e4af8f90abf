import asyncio
import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.onestop.codes.refusals import NoCodeGiven
from app.onestop.codes.service import choose_form, generator_of, stock, take, take_for
from app.onestop.dossiers.service import intake
from app.people.refusals import NoSuchAgency
from app.people.shapes import SYSTEM
from app.refusals import Malformed, NotAllowed
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db, work
from tenants.shapes import Tenant
from tests import cast
from tests.onestop.dossiers.story import agency, on_paper

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


class Regret(Exception):
    """A reception that ends after its code was taken."""


async def _receive(regretted: bool) -> None:
    lan = await cast.officer(cast.LAN)
    async with work.work():
        await intake(lan, on_paper())
        if regretted:
            raise Regret


async def test_fifty_receptions_at_once_some_rolled_back_leave_no_gap_and_no_double(
    province: Tenant,
) -> None:
    fates = [n % 5 == 0 for n in range(50)]
    random.Random(7).shuffle(fates)
    with frozen(NOON):
        ends = await asyncio.gather(*(_receive(fate) for fate in fates), return_exceptions=True)
    assert [isinstance(end, Regret) for end in ends] == fates
    assert [end for end in ends if not isinstance(end, Regret | None)] == []
    rows = await db.tenant.fetch("select code from dossier")
    codes = sorted(row["code"] for row in rows)
    assert codes == [f"H08.21583-261122-{n:04}" for n in range(1, 41)]


async def test_an_agency_makes_codes_as_the_one_above_it_unless_it_has_a_form_of_its_own(
    province: Tenant,
) -> None:
    commune, above = await agency(), await agency("ubnd-tinh")
    assert (await generator_of(commune)).form.digits == 4
    await choose_form(SYSTEM, above, {"date": "YYYYMMDD", "digits": 7, "scope": "year"})
    with frozen(NOON):
        assert await take_for(commune) == "H08.21583-20261122-0000001"
    with frozen(datetime(2026, 12, 1, 5, tzinfo=UTC)):
        assert await take_for(commune) == "H08.21583-20261201-0000002"
    await choose_form(SYSTEM, commune, "{}")
    with frozen(NOON):
        assert await take_for(commune) == "H08.21583-261122-0001"
    await choose_form(SYSTEM, commune, None)
    with frozen(NOON):
        assert await take_for(commune) == "H08.21583-20261122-0000003"


async def test_who_may_choose_a_form_and_what_is_no_form(province: Tenant) -> None:
    commune = await agency()
    with pytest.raises(Malformed, match="malformed"):
        await choose_form(SYSTEM, commune, {"letters": 3})
    with pytest.raises(NotAllowed):
        await choose_form(await cast.officer(cast.LAN), commune, {})
    await choose_form(await cast.officer(cast.THU), commune, {})
    with pytest.raises(NoSuchAgency):
        await choose_form(SYSTEM, uuid7(), {})
    acts = await db.tenant.fetch("select detail->'form'->>'digits' as digits from trail"
                                 " where act = 'agency.code_form'")  # fmt: skip
    assert [row["digits"] for row in acts] == ["4"]


async def test_codes_from_outside_are_taken_in_order_and_come_back_when_rolled_back(
    province: Tenant,
) -> None:
    commune = await agency()
    await choose_form(SYSTEM, commune, {"source": "outside"})
    given = [f"G09.20-20260609-{n:07}" for n in range(92_637, 92_640)]
    await stock("H08.21583", given)
    await stock("H08.21583", given[:1])
    with pytest.raises(ValueError, match="no dossier codes"):
        await stock("H08.21583", ["mã"])
    with pytest.raises(Regret):
        async with work.work():
            assert await take_for(commune) == given[0]
            raise Regret
    both = await asyncio.gather(*(_take_for(commune) for _ in range(2)))
    assert sorted(both) == given[:2]
    assert await take_for(commune) == given[2]
    with pytest.raises(NoCodeGiven):
        await take_for(commune)


async def _take_for(agency_id: UUID) -> str:
    async with work.work():
        code = await take_for(agency_id)
        await asyncio.sleep(0.05)
        return code
