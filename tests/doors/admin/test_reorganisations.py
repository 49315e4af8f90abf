"""What administrators read of reorganisations, before and after their day."""

from datetime import timedelta

import msgspec
import pytest

from app.onestop.dossiers.service import intake
from app.onestop.reorganisation import service
from app.onestop.reorganisation.queries import reorganisations
from app.onestop.reorganisation.reading import read_plan
from infra import clock
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to
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
    before, _, after = text.partition("Theo đơn vị từ ngày 23/11/2026")
    old = before.partition("Theo đơn vị trước ngày 23/11/2026")[2]
    assert "Ủy ban nhân dân phường Quy Nhơn" in old and MOVES not in old and MOVES in after


async def test_what_keeps_a_plan_from_its_day_is_told(thu, province):
    which = await planned(on="2026-12-01")
    await carried_out(merge(BAC, into=QUY_NHON))
    text = await see(thu, f"{HERE}?xem={which}")
    assert f"{BAC}: không có cơ quan này" in text
    with clock.frozen(MONDAY + timedelta(days=8)):
        async with work():
            await service.advance()
    assert "Không thực hiện được" in await see(thu, f"{HERE}?xem={which}")


def sent(text, name="tep", **fields):
    """A plan as the forms with files send it."""
    data = text if isinstance(text, bytes) else msgspec.json.encode(text)
    file = ("phuong-an.json", data, "application/json") if name == "tep" else (None, data)
    return {"files": {name: file, **{key: (None, value) for key, value in fields.items()}}}


async def test_a_plan_is_looked_at_then_approved_with_its_number(thu, province):
    plan = described(merge(QUY_NHON, BAC), agencies=[new_agency()], on="2026-12-01")
    looked = await thu.post(f"{HERE}/xem-truoc", **sent(plan))
    assert looked.status_code == 200 and MOVES in looked.text and "Phê duyệt" in looked.text
    assert await reorganisations() == []
    wrong = await thu.post(HERE, **sent(plan, "document", number="Nghị quyết số 02/NQ-THU"))
    assert wrong.status_code == 422 and "khác số ghi trong phương án" in wrong.text
    approved = await thu.post(HERE, **sent(plan, "document", number=NUMBER.upper()))
    [row] = await reorganisations()
    assert went_to(approved) == f"{HERE}?xem={row.id}" and row.state == "planned"


UNREADABLE = [
    (b"{", "không phải là JSON"),
    (b"\xff", "không phải là JSON"),
    (b'{"number": 1}', "không đúng kiểu. Vị trí: number."),
    (b'{"number": "1", "la": 1}', "Có mục lạ “la”"),
    (b" " * 500_001, "vượt quá 500 KB"),
    (b"", "Chọn tệp phương án"),
]


async def test_what_is_no_plan_says_where(thu, province):
    for file, words in UNREADABLE:
        answer = await thu.post(f"{HERE}/xem-truoc", **sent(file))
        assert words in text_of(answer, 422)


async def test_the_example_can_be_read_and_its_faults_are_told(thu, province):
    answer = await thu.get(f"{HERE}/tep-mau")
    assert "attachment" in answer.headers["content-disposition"]
    assert len(read_plan(answer.content).changes) == 5
    looked = await thu.post(f"{HERE}/xem-truoc", **sent(answer.content))
    assert "ubnd-phuong-mot: không có cơ quan này" in looked.text
    assert "Phê duyệt phương án" not in looked.text


async def test_only_administrators_read_it_and_only_what_is_there(lan, thu, province):
    assert (await lan.get(HERE)).status_code == 403
    assert (await lan.get(f"{HERE}/tep-mau")).status_code == 403
    assert (await lan.post(HERE, **sent({}, "document", number="1"))).status_code == 403
    for which in ("x", "01a20550-a021-7977-b8c3-937fe1bdd51c"):
        assert (await thu.get(HERE, params={"xem": which})).status_code == 404


async def test_an_administrator_of_another_province_sees_none_of_it(
    thu, province, browse, neighbour
):
    which = await planned(on="2026-12-01")
    stranger = await browse(neighbour)
    assert (await stranger.get(HERE, params={"xem": str(which)})).status_code in (302, 303, 401)
