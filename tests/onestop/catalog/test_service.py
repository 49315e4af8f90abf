"""The catalogue in a tenant: versions, the filing switch, search and competent agencies."""

import msgspec
import pytest

from app.onestop.catalog import queries, service
from app.onestop.catalog.refusals import NoSuchFiling
from app.onestop.catalog.shapes import Procedure
from app.onestop.catalog.source import shipped
from app.refusals import NotAllowed, NotFound
from tenants import db
from tenants.shapes import Tenant
from tenants.work import reading, work
from tests import cast

BIRTH = "1.001193"


def birth(**changes: object) -> Procedure:
    found = next(each for each in shipped() if each.code == BIRTH)
    return msgspec.structs.replace(found, **changes)


async def loaded(*procedures: Procedure) -> int:
    async with work():
        return await service.load(procedures or None)


async def test_loading_twice_changes_nothing(tenant: Tenant) -> None:
    assert await loaded() == len(shipped())
    assert await loaded() == 0
    assert await db.tenant.fetch_value("select count(*) from procedure") == len(shipped())


async def test_a_changed_record_is_a_new_version_and_keeps_its_switch(province: Tenant) -> None:
    thu = await cast.officer(cast.THU)
    before = await queries.procedure(BIRTH)
    async with work():
        await service.switch_filing(thu, BIRTH, "off")
    assert await loaded(birth(short_name="Khai sinh")) == 1
    after = await queries.procedure(BIRTH)
    assert before is not None and after is not None
    assert (after.version, after.filing, after.document.short_name) == (2, "off", "Khai sinh")
    assert (await queries.document(before.id)).short_name == "Đăng ký khai sinh"


async def test_an_ended_procedure_is_not_in_the_public_catalogue(province: Tenant) -> None:
    ended = [each.code for each in shipped() if each.valid_to is not None]
    listed = {line.code for lines in (await queries.by_field()).values() for line in lines}
    assert ended and not listed & set(ended)
    assert await queries.procedure(ended[0]) is None


async def test_search_finds_a_birth_typed_without_marks(province: Tenant) -> None:
    with reading():
        found = await queries.search("dang ky khai sinh")
    assert found.procedures[0].code == BIRTH
    assert found.did_you_mean is None


async def test_a_slip_of_the_finger_is_understood(province: Tenant) -> None:
    found = await queries.search("khia sinh dang ki")
    assert found.procedures
    assert (await queries.search("zzzz qqqq")).procedures == []


async def test_an_empty_search_lists_everything_up_to_the_limit(province: Tenant) -> None:
    found = await queries.search("  ", limit=5)
    assert len(found.procedures) == 5
    assert found.total > 100


async def test_a_change_shows_at_once_in_the_process_that_made_it(province: Tenant) -> None:
    thu = await cast.officer(cast.THU)
    assert (await queries.search(BIRTH)).procedures[0].filing == "local"
    async with work():
        await service.switch_filing(thu, BIRTH, "national_portal")
    assert (await queries.search(BIRTH)).procedures[0].filing == "national_portal"


async def test_two_provinces_keep_their_own_switches(province: Tenant, neighbour: Tenant) -> None:
    thu = await cast.officer(cast.THU)
    await cast.at(neighbour, queries.search(BIRTH))
    async with work():
        await service.switch_filing(thu, BIRTH, "off")
    there = await cast.at(neighbour, queries.search(BIRTH))
    assert there.procedures[0].filing == "local"


async def test_only_an_administrator_turns_the_switch(province: Tenant) -> None:
    async with work():
        with pytest.raises(NotAllowed):
            await service.switch_filing(await cast.officer(cast.LAN), BIRTH, "off")
        thu = await cast.officer(cast.THU)
        with pytest.raises(NoSuchFiling):
            await service.switch_filing(thu, BIRTH, "maybe")
        with pytest.raises(NotFound):
            await service.switch_filing(thu, "9.999999", "off")
    row = await db.tenant.fetch_value("select count(*) from trail where act like 'procedure.%'")
    assert row == 0


async def test_communes_settle_births_and_a_department_what_the_province_settles(
    province: Tenant,
) -> None:
    agencies = await queries.agencies_for(birth())
    assert {agency.kind for agency in agencies} == {"commune"}
    assert len(agencies) == 58
    provincial = next(each for each in shipped() if each.levels == ["province"])
    keys = [agency.key for agency in await queries.agencies_for(provincial)]
    assert keys == [provincial.department]


async def test_an_unknown_version_is_an_error_of_ours(tenant: Tenant) -> None:
    with pytest.raises(LookupError):
        await queries.document(tenant.id)
