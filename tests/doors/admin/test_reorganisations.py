"""What administrators read of reorganisations, before and after their day."""

from datetime import timedelta

import msgspec
import pytest

from app.onestop.dossiers.service import intake
from app.onestop.reorganisation import service
from infra import clock
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import see
from tests.onestop.dossiers.story import on_paper
from tests.onestop.reorganisation.plans import (
    BAC,
    MONDAY,
    NUMBER,
    QUY_NHON,
    carried_out,
    described,
    merge,
    new_agency,
)

HERE = "/quan-tri/sap-xep"
MOVES = "Ủy ban nhân dân phường Mới"


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(MONDAY):
        yield


async def planned(**choices):
    """A merger entered by Thu."""
    text = msgspec.json.encode(described(merge(QUY_NHON, BAC), agencies=[new_agency()], **choices))
    async with work():
        return await service.plan(await cast.officer(cast.THU), text)


async def test_nothing_was_reorganised_yet(thu, province):
    assert "Chưa có phương án sắp xếp nào." in await see(thu, HERE)


async def test_before_the_day_the_page_says_what_would_move(thu, province):
    async with work():
        await intake(await cast.officer(cast.LAN), on_paper())
    which = await planned(on="2026-12-01")
    assert NUMBER in await see(thu, HERE)
    text = await see(thu, f"{HERE}?xem={which}")
    assert "Chưa đến ngày" in text and f"{MOVES} (1 hồ sơ)" in text


async def test_after_the_day_the_page_says_what_has_moved(thu, province):
    async with work():
        await intake(await cast.officer(cast.LAN), on_paper())
    which = await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    text = await see(thu, f"{HERE}?xem={which}")
    assert "Đã thực hiện xong" in text and "1 hồ sơ" in text and MOVES in text


async def test_what_keeps_a_plan_from_its_day_is_told(thu, province):
    which = await planned(on="2026-12-01")
    await carried_out(merge(BAC, into=QUY_NHON))
    text = await see(thu, f"{HERE}?xem={which}")
    assert f"{BAC}: không có cơ quan này" in text
    with clock.frozen(MONDAY + timedelta(days=8)):
        async with work():
            await service.advance()
    assert "Không thực hiện được" in await see(thu, f"{HERE}?xem={which}")


async def test_only_administrators_read_it_and_only_what_is_there(lan, thu, province):
    assert (await lan.get(HERE)).status_code == 403
    for which in ("x", "01a20550-a021-7977-b8c3-937fe1bdd51c"):
        assert (await thu.get(HERE, params={"xem": which})).status_code == 404


async def test_an_administrator_of_another_province_sees_none_of_it(
    thu, province, browse, neighbour
):
    which = await planned(on="2026-12-01")
    stranger = await browse(neighbour)
    assert (await stranger.get(HERE, params={"xem": str(which)})).status_code in (302, 303, 401)
