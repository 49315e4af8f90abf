"""Where procedures are filed, switched by Thu and seen by citizens."""

from tenants import db
from tests.doors.desk.pages import see, text_of, went_to

HERE, BIRTH = "/quan-tri/thu-tuc", "1.001193"


async def test_a_switch_turns_and_citizens_see_it_at_once(thu, browse, province):
    visitor = await browse(province)
    assert f"/nop-ho-so/{BIRTH}" in await see(visitor, f"/thu-tuc/{BIRTH}")
    sent = await thu.post(f"{HERE}/{BIRTH}", data={"filing": "national_portal", "tim": "khai sinh"})
    assert went_to(sent) == f"{HERE}?xong={BIRTH}&tim=khai%20sinh#{BIRTH}"
    text = await see(thu, went_to(sent).partition("#")[0])
    assert "chuyển đến Cổng Dịch vụ công quốc gia" in text
    assert f"/nop-ho-so/{BIRTH}" not in await see(visitor, f"/thu-tuc/{BIRTH}")
    acts = await db.tenant.fetch("select act from trail where act = 'procedure.switch_filing'")
    assert len(acts) == 1


async def test_a_choice_that_does_not_exist_and_an_unknown_procedure_change_nothing(thu, province):
    answer = await thu.post(f"{HERE}/{BIRTH}", data={"filing": "moi-noi"})
    assert answer.status_code in (409, 422)
    assert (await thu.post(f"{HERE}/9.999999", data={"filing": "off"})).status_code == 404
    filing = "select filing from procedure where code = $1 and valid_to is null"
    assert await db.tenant.fetch_value(filing, BIRTH) == "local"


async def test_the_list_is_searched_without_marks(thu, province):
    text = await see(thu, f"{HERE}?tim=khai sinh")
    assert BIRTH in text and "1.013225" not in text
    assert "Không thấy thủ tục nào." in text_of(await thu.get(f"{HERE}?tim=qwxyz"))
