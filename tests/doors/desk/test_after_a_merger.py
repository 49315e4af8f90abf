"""The first day after a merger, at the doors."""

from app.onestop.codes.rules import number_of
from app.onestop.dossiers import service
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import at, see, went_to
from tests.doors.desk.test_lists import laid_down
from tests.onestop.dossiers.story import agency, walked
from tests.onestop.reorganisation.plans import BAC, DONG, QUY_NHON, carried_out, merge, new_agency


async def test_the_old_slips_codes_open_the_dossier_at_the_new_desk(province, browse):
    dossier = await laid_down()
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    lan = await browse(province, await cast.officer(cast.LAN))
    for typed in (dossier.code, number_of(dossier.code)):
        assert went_to(await lan.get("/can-bo", params={"tim": typed})) == at(dossier.code)
    text = await see(lan, at(dossier.code))
    assert "Ủy ban nhân dân phường Mới" in text and "Chuyển đến cơ quan kế thừa" in text
    slip = await see(lan, f"{at(dossier.code)}/giay-tiep-nhan")
    assert dossier.code in slip and "phường Quy Nhơn" in slip and "phường Mới" not in slip


async def test_whoever_follows_a_dossier_reads_both_names(province, browse):
    dossier = await laid_down()
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    browser = await browse(province)
    await browser.get("/")
    answer = await browser.post(f"/tra-cuu/{dossier.code}", data={"so_cuoi": "0302"})
    assert (
        "Ủy ban nhân dân phường Mới (trước đây là Ủy ban nhân dân phường Quy Nhơn)" in answer.text
    )
    assert "Chuyển đến cơ quan kế thừa giải quyết tiếp" in answer.text


async def test_what_was_finished_before_is_found_at_the_new_desk(province, browse):
    dossier = await laid_down()
    people = [await cast.officer(name) for name in (cast.LAN, cast.HOA, cast.MINH)]
    await walked(*people, dossier.code)
    async with work():
        await service.deliver(people[0], dossier.code, None, "counter")
    await carried_out(merge(QUY_NHON, BAC), agencies=[new_agency()])
    lan = await browse(province, await cast.officer(cast.LAN))
    assert went_to(await lan.get("/can-bo", params={"tim": dossier.code})) == at(dossier.code)
    old = await agency(QUY_NHON)
    register = await see(lan, f"/can-bo/so-theo-doi?co-quan={old}")
    assert "Ủy ban nhân dân phường Quy Nhơn (đến ngày" in register and dossier.code in register
    next_door = await agency(DONG)
    answer = await lan.get("/can-bo/so-theo-doi", params={"co-quan": str(next_door)})
    assert answer.status_code == 404
    browser = await browse(province)
    await browser.get("/")
    answer = await browser.post(f"/tra-cuu/{dossier.code}", data={"so_cuoi": "0302"})
    assert "phường Quy Nhơn (nay là Ủy ban nhân dân phường Mới)" in answer.text
