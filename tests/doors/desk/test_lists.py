"""The desk's lists and finding a dossier, through the whole application."""

from datetime import timedelta

from app.onestop.codes.rules import number_of
from app.onestop.dossiers import service
from infra import clock
from tenants.work import work
from tests import cast
from tests.doors.desk.conftest import MONDAY
from tests.doors.desk.pages import at, press, see, went_to
from tests.doors.desk.strangers import next_door
from tests.onestop.dossiers.story import on_paper, submitted, walked


async def laid_down(**choices):
    """A paper dossier received by Lan."""
    officer = await cast.officer(cast.LAN)
    async with work():
        return await service.intake(officer, on_paper(**choices))


async def passed_on(**choices):
    """A paper dossier at the specialist's."""
    dossier = await laid_down(**choices)
    async with work():
        return await service.hand_over(await cast.officer(cast.LAN), dossier.code, None)


async def test_a_dossier_filed_online_waits_with_its_eight_working_hours(lan, province):
    with clock.frozen(MONDAY - timedelta(hours=2)):
        dossier = await submitted(await cast.citizen())
    text = await see(lan, "/can-bo")
    assert dossier.code in text and "TRẦN AN" in text
    assert "Còn 6 giờ làm việc" in text and 'class="tag is-ok"' in text
    assert 'Chờ tiếp nhận <span class="count">1</span>' in text


async def test_the_oldest_stands_first_and_late_ones_say_so(lan, province):
    with clock.frozen(MONDAY - timedelta(days=4)):
        old = await submitted(await cast.citizen("Lê Thị Cũ", "cu"), nyc_ten="Lê Thị Cũ")
    new = await submitted(await cast.citizen())
    text = await see(lan, "/can-bo")
    assert text.index(old.code) < text.index(new.code)
    assert "Quá hạn" in text


async def test_what_was_received_and_not_passed_on_has_a_list_of_its_own(lan, province):
    dossier = await laid_down(full_name="Võ Thị Chờ")
    text = await see(lan, "/can-bo?hang=cho-chuyen")
    assert dossier.code in text and "Võ Thị Chờ" in text
    assert 'Chờ chuyển <span class="count">1</span>' in text
    assert "Còn 5 giờ 30 phút" in text or "Còn 5 giờ làm việc" in text
    passed = await passed_on()
    assert passed.code not in await see(lan, "/can-bo?hang=cho-chuyen")


async def test_results_wait_for_their_citizens_with_the_way_they_asked_for(lan, province):
    dossier = await laid_down()
    minh, hoa = await cast.officer(cast.MINH), await cast.officer(cast.HOA)
    await walked(await cast.officer(cast.LAN), hoa, minh, dossier.code)
    text = await see(lan, "/can-bo?hang=cho-tra")
    assert dossier.code in text and "Nhận tại Bộ phận Một cửa" in text


async def test_empty_lists_say_so(lan, hoa, province):
    assert "Không có hồ sơ nào chờ tiếp nhận." in await see(lan, "/can-bo")
    assert "Không có kết quả nào chờ trả." in await see(lan, "/can-bo?hang=cho-tra")
    assert "Không có hồ sơ nào cần xử lý." in await see(hoa, "/can-bo/hop-viec")


async def test_the_inbox_puts_the_overdue_above_todays(hoa, province):
    with clock.frozen(MONDAY - timedelta(days=3, hours=1)):
        late = await passed_on(full_name="Hồ Thị Trễ")
    today = await passed_on(full_name="Hồ Thị Nay")
    text = await see(hoa, "/can-bo/hop-viec")
    order = [text.index(words) for words in ("Quá hạn <", late.code, "Hôm nay <", today.code)]
    assert order == sorted(order)
    # The step is due by its share of the day, before the result itself is.
    assert "Quá hạn 5 giờ làm việc" in text and "2 hồ sơ đến lượt xử lý" in text


async def test_a_specialist_begins_the_day_with_the_inbox_an_administrator_with_accounts(
    hoa, thu, province
):
    assert went_to(await hoa.get("/can-bo")) == "/can-bo/hop-viec"
    assert went_to(await thu.get("/can-bo")) == "/quan-tri"


async def test_a_scanned_bar_code_opens_the_dossier_at_once(lan, province):
    dossier = await laid_down()
    for typed in (number_of(dossier.code), f" {dossier.code.lower()} "):
        answer = await lan.get("/can-bo", params={"tim": typed})
        assert went_to(answer) == at(dossier.code)


async def test_a_dossier_is_found_by_name_without_marks_phone_number_and_part_of_the_code(
    lan, province
):
    dossier = await laid_down(
        full_name="Đặng Thị Ánh Nguyệt", phone="0905 000 777", id_number="052085000023"
    )
    other = await laid_down(full_name="Phan Văn Khác")
    for typed in (
        "dang thi anh", "Đặng Thị Ánh Nguyệt", "nguyet", "0905000777", "052085000023",
        dossier.code[-11:],
    ):  # fmt: skip
        text = await see(lan, f"/can-bo?tim={typed}")
        assert dossier.code in text, typed
        assert other.code not in text, typed


async def test_what_cannot_be_found_is_told_with_what_else_to_try(lan, province):
    await laid_down()
    for typed in ("không có ai", "%", "_", "H08.21583-261123-9999", "'; drop"):
        text = await see(lan, f"/can-bo?tim={typed}")
        assert "Không thấy hồ sơ nào trong các cơ quan ông/bà làm việc." in text, typed


async def test_an_officer_next_door_sees_none_of_it(browse, province):
    with clock.frozen(MONDAY - timedelta(hours=2)):
        online = await submitted(await cast.citizen())
    paper = await laid_down()
    stranger = await browse(province, await next_door())
    for address in (
        "/can-bo", "/can-bo?hang=cho-chuyen", "/can-bo?hang=cho-tra", "/can-bo/hop-viec",
        f"/can-bo?tim={paper.code}", f"/can-bo?tim={number_of(online.code)}", "/can-bo?tim=tran",
        "/can-bo?tim=ngoc",
    ):  # fmt: skip
        text = (await see(stranger, address)).replace(f'value="{paper.code}"', "")
        text = text.replace(f"“{paper.code}”", "")
        assert online.code not in text and paper.code not in text, address


async def test_a_long_list_goes_on_to_the_next_page(hoa, province, monkeypatch):
    from app.onestop.dossiers.queries import desk, paging

    codes = {(await passed_on(full_name=f"Người Thứ {n}")).code for n in range(3)}
    monkeypatch.setattr(paging, "PAGE", 2)
    monkeypatch.setattr(desk.inbox, "__kwdefaults__", {"after": None, "limit": 2})
    first = await see(hoa, "/can-bo/hop-viec")
    seen = {code for code in codes if code in first}
    assert len(seen) == 2
    following = first[first.index("sau=") + 4 :].partition('"')[0]
    second = await see(hoa, f"/can-bo/hop-viec?sau={following}")
    assert {code for code in codes if code in second} == codes - seen
    assert 'href="/can-bo/hop-viec">' in second


async def test_nobody_signed_in_is_asked_to_sign_in(browse, province):
    stranger = await browse(province)
    for address in ("/can-bo", "/can-bo/hop-viec", "/can-bo/tiep-nhan", "/quan-tri"):
        assert (await stranger.get(address)).status_code in (302, 303, 401), address


async def test_a_citizen_is_no_officer(browse, province):
    citizen = await browse(province, await cast.citizen())
    assert (await citizen.get("/can-bo")).status_code in (302, 303, 401)


async def test_a_dossier_opened_from_a_list_leads_to_those_beside_it(lan, hoa, province):
    first, second, third = [
        (await passed_on(full_name=f"Người Thứ {n}")).code for n in ("Nhất", "Nhì", "Ba")
    ]
    text = await see(hoa, at(second))
    assert f'href="{at(first)}" data-key="Alt+ArrowUp"' in text
    assert f'href="{at(third)}" data-key="Alt+ArrowDown"' in text
    assert "Alt+ArrowUp" not in await see(hoa, at(first))
    assert "Alt+Arrow" not in await see(lan, at(second))


async def test_after_an_act_the_next_one_waiting_is_offered(hoa, province):
    first, second = (await passed_on()).code, (await passed_on(full_name="Người Sau")).code
    await press(hoa, at(first), "tham-dinh")
    text = await see(hoa, f"{at(first)}?xong=tham-dinh")
    assert f'href="{at(second)}">Hồ sơ tiếp theo' in text
