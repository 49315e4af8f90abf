"""A former code leads to its dossier wherever a code is read."""

import re

import pytest

from app.onestop.codes.aliases import add_alias, former_codes, give_code, present_code
from app.onestop.codes.refusals import CodeTaken, NotACode
from app.onestop.codes.service import take
from app.onestop.dossiers import queries, service
from app.onestop.dossiers.models import Dossier
from app.people.shapes import SYSTEM
from app.refusals import NotFound
from infra.clock import frozen
from infra.ids import uuid7
from tenants import db, work
from tenants.shapes import Tenant
from tests import cast
from tests.doors.browsing import MONDAY
from tests.house.test_layers import HOUSE
from tests.onestop.dossiers.story import on_paper

OLD, NEW = "000.00.01.H08-200315-0042", "G09.20-20260609-0092637"
WHY = "Chuyển cổng dịch vụ công"


async def _received() -> Dossier:
    async with work.work():
        return await service.intake(await cast.officer(cast.LAN), on_paper())


async def with_former_codes() -> Dossier:
    """A dossier that had the code OLD, then one of ours, and is called NEW today."""
    dossier = await _received()
    async with work.work():
        await add_alias(SYSTEM, dossier.id, OLD, WHY)
        await give_code(SYSTEM, dossier.id, NEW, WHY)
    return dossier


def test_no_statement_finds_a_dossier_by_its_code_without_asking_for_former_ones() -> None:
    by_code = re.compile(r"\bd\.code = \$|\bdossier where code = \$|\bDossier\.code ==")
    found = {
        path.name for path in (HOUSE / "app").rglob("*.py") if by_code.search(path.read_text())
    }
    assert found == set()


async def test_every_former_code_leads_to_the_present_one(province: Tenant) -> None:
    dossier = await with_former_codes()
    assert sorted(await former_codes(dossier.id)) == sorted([OLD, dossier.code])
    for code in (OLD, dossier.code, NEW):
        assert await present_code(code) == NEW
    assert await present_code("H08.1-260101-0001") is None


async def test_a_dossier_may_get_a_former_code_back(province: Tenant) -> None:
    dossier = await with_former_codes()
    await give_code(SYSTEM, dossier.id, OLD, WHY)
    await give_code(SYSTEM, dossier.id, OLD, WHY)
    await add_alias(SYSTEM, dossier.id, NEW, WHY)
    assert await present_code(NEW) == OLD
    assert sorted(await former_codes(dossier.id)) == sorted([dossier.code, NEW])


async def test_no_two_dossiers_share_a_code_or_a_former_code(province: Tenant) -> None:
    first, second = await with_former_codes(), await _received()
    for code in (OLD, first.code, NEW):
        with pytest.raises(CodeTaken):
            await add_alias(SYSTEM, second.id, code, WHY)
        with pytest.raises(CodeTaken):
            await give_code(SYSTEM, second.id, code, WHY)
    with pytest.raises(NotACode):
        await add_alias(SYSTEM, second.id, "mã cũ", WHY)
    with pytest.raises(NotFound):
        await give_code(SYSTEM, uuid7(), "H08.1-260101-0001", WHY)


async def test_the_database_itself_keeps_codes_and_former_codes_apart(province: Tenant) -> None:
    await with_former_codes()
    other = await _received()
    for sql in (
        "update dossier set code = $1 where id = $2",
        "insert into code_alias (code, dossier_id, since, reason) values ($1, $2, now(), '')",
    ):
        for code in (OLD, NEW):
            with pytest.raises(Exception, match=r"is taken|duplicate key"):
                await db.tenant.execute(sql, code, other.id)


async def test_no_new_dossier_is_given_a_former_code(province: Tenant) -> None:
    with frozen(MONDAY):
        dossier = await _received()
        for sequence in (2, 3, 5):
            await add_alias(SYSTEM, dossier.id, f"{dossier.code[:-1]}{sequence}", WHY)
        codes = [await take("H08.21583") for _ in range(3)]
    assert [code[-4:] for code in codes] == ["0004", "0006", "0007"]


async def test_acts_are_done_by_any_code(province: Tenant) -> None:
    await with_former_codes()
    officer = await cast.officer(cast.LAN)
    page = await queries.dossier_page(OLD, officer)
    assert page is not None and page.code == NEW
    async with work.work():
        assert (await service.hand_over(officer, OLD, None)).code == NEW
