"""A former code leads to its dossier at every door that reads codes."""

from app.onestop.codes.aliases import give_code
from app.onestop.codes.rules import number_of
from app.people.shapes import SYSTEM
from tenants import db
from tests import cast
from tests.doors.desk.pages import at, see, went_to
from tests.onestop.codes.test_aliases import NEW, OLD, WHY, with_former_codes
from tests.onestop.dossiers.story import submitted


async def test_following_by_a_former_code_leads_to_the_present_one(province, browse):
    dossier = await with_former_codes()
    browser = await browse(province)
    for code in (OLD, dossier.code):
        assert went_to(await browser.get(f"/tra-cuu/{code}")) == f"/tra-cuu/{NEW}"
        for typed in (code, number_of(code)):
            answer = await browser.get("/tra-cuu", params={"ma": typed})
            assert went_to(answer) == f"/tra-cuu/{NEW}"
        told = await browser.post(f"/tra-cuu/{code}", data={"so_cuoi": "0302"})
        assert told.status_code == 200 and NEW in told.text


async def test_guesses_by_any_of_its_codes_are_counted_together(province, browse):
    dossier = await with_former_codes()
    browser = await browse(province)
    codes = (OLD, dossier.code, NEW)
    answers = [
        await browser.post(f"/tra-cuu/{codes[n % 3]}", data={"so_cuoi": "9999"}) for n in range(7)
    ]
    assert [answer.status_code for answer in answers] == [422] * 6 + [429]


async def test_the_desk_opens_a_dossier_by_any_code_scanned_or_typed(province, lan):
    dossier = await with_former_codes()
    for code in (OLD, dossier.code, NEW):
        for typed in (code, number_of(code)):
            assert went_to(await lan.get("/can-bo", params={"tim": typed})) == at(NEW)
    assert went_to(await lan.get(at(OLD))) == at(NEW)
    text = await see(lan, at(NEW))
    assert "Mã cũ" in text and OLD in text and dossier.code in text
    slip = await db.tenant.fetch_value("select id from slip")
    for path in ("giay-tiep-nhan", f"phieu/{slip}", "phieu-kiem-soat"):
        assert "Mã hồ sơ" in await see(lan, f"{at(OLD)}/{path}"), path


async def test_a_citizen_finds_the_own_dossier_by_a_former_code(province, browse):
    hung = await cast.citizen()
    dossier = await submitted(hung)
    await give_code(SYSTEM, dossier.id, NEW, WHY)
    browser = await browse(province, hung)
    assert went_to(await browser.get(f"/da-nop/{dossier.code}")) == f"/da-nop/{NEW}"
