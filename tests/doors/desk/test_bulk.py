"""Many dossiers at once, as Lan and Minh order them on their pages."""

import re

from app.onestop.bulk import jobs
from app.onestop.dossiers import service
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to
from tests.doors.desk.strangers import next_door
from tests.doors.desk.test_lists import laid_down
from tests.onestop.dossiers.story import on_paper, submitted

MANY = "/can-bo/nhieu-ho-so"


def ticked(text):
    return re.findall(r'name="chon\.([^"]+)" value="(\d+)" checked', text)


async def test_all_are_ticked_ordered_and_done_with_an_outcome_each(lan, province):
    codes = [(await laid_down(full_name=f"Người thử {n}")).code for n in "ab"]
    text = await see(lan, f"{MANY}?viec=chuyen")
    assert all(code in text for code in codes) and not ticked(text)
    chosen = ticked(await see(lan, f"{MANY}?viec=chuyen&tat-ca=1"))
    assert sorted(code for code, _ in chosen) == sorted(codes)
    async with work():
        await service.hand_over(await cast.officer(cast.LAN), codes[0], None)
    sent = {"viec": "chuyen", **{f"chon.{code}": version for code, version in chosen}}
    at = went_to(await lan.post(MANY, data=sent))
    assert "0/2 hồ sơ" in await see(lan, at) and "Đang thực hiện" in await see(lan, at)
    await jobs.settle_bulk_orders()
    done = await see(lan, at)
    assert "Đã xong." in done and "1 đã thực hiện, 1 chưa thực hiện được" in done
    assert "chính ông/bà đã thực hiện" in done
    part = text_of(await lan.get(at, headers={"hx-request-type": "partial"}))
    assert part.startswith('<div id="tien-do"') and "hx-get" not in part


async def test_online_dossiers_are_received_together(lan, province):
    code = (await submitted(await cast.citizen())).code
    chosen = dict(ticked(await see(lan, f"{MANY}?viec=tiep-nhan&tat-ca=1")))
    await lan.post(MANY, data={"viec": "tiep-nhan", f"chon.{code}": chosen[code]})
    await jobs.settle_bulk_orders()
    assert await db.tenant.fetch_value("select status from dossier where code = $1", code) == 2


async def test_no_other_act_is_done_than_the_one_pressed(lan, province):
    code = (await submitted(await cast.citizen())).code
    for path in ("phe-duyet", "khong-co", ""):
        text_of(await lan.post(MANY, data={"viec": path, f"chon.{code}": "1"}), 403)
    text = text_of(await lan.post(MANY, data={"viec": "tiep-nhan", f"chon.{'x' * 9000}": "1"}), 422)
    assert "Chọn ít nhất một hồ sơ." in text


async def test_ticking_nothing_is_said_and_keeps_what_was_typed(minh, province):
    sent = {"viec": "phe-duyet", "note": "Đồng ý"}
    code = (await laid_down()).code
    async with work():
        await service.hand_over(await cast.officer(cast.LAN), code, None)
    async with work():
        await service.process(await cast.officer(cast.HOA), code, None, None)
    text = text_of(await minh.post(MANY, data=sent), 422)
    assert "Chọn ít nhất một hồ sơ." in text and "Đồng ý" in text and code in text


async def test_each_is_offered_what_the_own_posts_do(lan, hoa, minh, province):
    assert re.findall(r"viec=([a-z-]+)\"", await see(lan, MANY)) == ["tiep-nhan", "chuyen"]
    assert "viec=phan-cong" in await see(hoa, MANY) and "phe-duyet" not in await see(hoa, MANY)
    assert "viec=ky-duyet" in await see(minh, MANY)


async def test_an_administrator_orders_nothing(thu, province):
    await see(thu, MANY, 403)


async def test_an_order_is_seen_by_nobody_else(browse, lan, hoa, province):
    code = (await laid_down()).code
    at = went_to(await lan.post(MANY, data={"viec": "chuyen", f"chon.{code}": "1"}))
    await see(hoa, at, 404)
    outsider = await browse(province, await next_door("reception"))
    await see(outsider, at, 404)


async def test_an_officer_next_door_cannot_order_for_this_desk(browse, province):
    async with work():
        code = (await service.intake(await cast.officer(cast.LAN), on_paper())).code
    outsider = await browse(province, await next_door("reception"))
    await outsider.post(MANY, data={"viec": "chuyen", f"chon.{code}": "1"})
    await jobs.settle_bulk_orders()
    assert await db.tenant.fetch_value("select state from bulk_item") == "refused"
    assert await db.tenant.fetch_value("select status from dossier where code = $1", code) == 2
