"""The counter's one screen: a paper dossier received without a mouse, nothing lost on the way."""

import re
from uuid import uuid4

from tenants import db
from tests.doors.desk.pages import at, hidden, see, text_of, went_to
from tests.doors.desk.strangers import next_door
from tests.onestop.dossiers.story import BIRTH, BUILDING

HERE = "/can-bo/tiep-nhan"
BIRTH_PAPERS = {
    "paper.to-khai": "co", "form.to-khai": "original", "quantity.to-khai": "1",
    "paper.giay-chung-sinh": "co", "form.giay-chung-sinh": "copy", "quantity.giay-chung-sinh": "2",
}  # fmt: skip


async def opened(browser, code=BIRTH):
    """The hidden fields of the empty screen."""
    page = await see(browser, f"{HERE}?thu-tuc={code}")
    return {name: hidden(page, name) for name in ("key", "procedure_code", "agency_id")}


def filled(fields, **typed):
    """What a plain form sends."""
    return {
        **fields, "channel": "counter", "wanted_way": "counter", "full_name": "Bùi Thị Ngọc",
        "phone": "0905 000 302", "luu": "1", **BIRTH_PAPERS, **typed,
    }  # fmt: skip


async def how_many():
    return await db.tenant.fetch_value("select count(*) from dossier")


async def test_a_procedure_is_chosen_by_a_few_words_or_by_its_code(lan, province):
    text = await see(lan, f"{HERE}?thu-tuc=khai sinh")
    assert f'href="{HERE}?thu-tuc={BIRTH}"' in text
    assert "Người nộp" in await see(lan, f"{HERE}?thu-tuc={BIRTH}")
    assert "Không thấy thủ tục nào" in await see(lan, f"{HERE}?thu-tuc=qwxyz")


async def test_the_promised_day_is_shown_before_anything_is_saved(lan, province):
    text = await see(lan, f"{HERE}?thu-tuc={BIRTH}")
    assert "17 giờ 00 phút, ngày 23/11/2026" in text
    assert "Giải quyết trong ngày làm việc." in text
    assert await how_many() == 0


async def test_saving_files_receives_and_leads_to_the_printed_receipt(lan, province):
    sent = await lan.post(HERE, data=filled(await opened(lan)))
    assert re.fullmatch(r"/can-bo/ho-so/[^/]+/giay-tiep-nhan\?in=1", went_to(sent))
    slip = await see(lan, went_to(sent))
    assert "Bùi Thị Ngọc" in slip and "Bản sao" in slip and "data-print-now" in slip
    row = await db.tenant.fetch_row("select status, channel, phone, due_at from dossier")
    assert (row["status"], row["channel"], row["phone"]) == (2, "counter", "+84905000302")
    papers = await db.tenant.fetch("select slot, form, quantity from paper order by slot")
    assert [tuple(p) for p in papers] == [
        ("giay-chung-sinh", "copy", 2),
        ("to-khai", "original", 1),
    ]


async def test_pressing_twice_gives_one_dossier(lan, province):
    form = filled(await opened(lan))
    first, second = await lan.post(HERE, data=form), await lan.post(HERE, data=form)
    assert went_to(first) == went_to(second)
    assert await how_many() == 1


async def test_the_next_person_typed_into_a_saved_form_is_not_lost(lan, province):
    form = filled(await opened(lan))
    code = went_to(await lan.post(HERE, data=form)).split("/")[3]
    again = await lan.post(HERE, data={**form, "full_name": "Ksor H'Hen"})
    assert again.status_code == 409
    assert code in again.text and "Bùi Thị Ngọc" in again.text and "Ksor H&#x27;Hen" in again.text
    assert await how_many() == 1
    fresh = {**form, "full_name": "Ksor H'Hen", "key": hidden(again.text, "key")}
    assert went_to(await lan.post(HERE, data=fresh)).split("/")[3] != code
    assert await how_many() == 2


async def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(lan, province):
    fields = await opened(lan)
    form = filled(
        fields, full_name="", phone="12", email="x@", address="Số 5 đường Thử", id_number="123",
        summary="Bé gái <i>", wanted_way="postal",
    )  # fmt: skip
    del form["paper.giay-chung-sinh"]
    text = text_of(await lan.post(HERE, data=form), 422)
    assert "Nhập họ và tên người nộp, hoặc tên tổ chức." in text
    for name in ("full_name", "phone", "email", "id_number"):
        assert f'id="{name}-loi"' in text, name
    for kept in ("Số 5 đường Thử", "Bé gái <i>", 'value="12"', 'value="x@"'):
        assert kept in text, kept
    assert 'name="paper.to-khai" value="co" checked' in text
    assert 'name="wanted_way" value="postal" checked' in text
    assert hidden(text, "key") == fields["key"]
    assert await how_many() == 0


async def test_a_missing_paper_is_marked_in_its_own_line(lan, province):
    form = filled(await opened(lan))
    del form["paper.giay-chung-sinh"]
    text = text_of(await lan.post(HERE, data=form), 422)
    assert 'id="paper.giay-chung-sinh-loi"' in text and 'href="#paper.giay-chung-sinh"' in text
    assert 'value="Bùi Thị Ngọc"' in text


async def test_an_impossible_quantity_is_marked(lan, province):
    for quantity in ("0", "100", "hai", "-1", ""):
        form = filled(await opened(lan), **{"quantity.to-khai": quantity})
        text = text_of(await lan.post(HERE, data=form), 422)
        assert "Ghi số lượng từ 1 đến 99." in text, quantity


async def test_the_case_decides_papers_without_losing_what_was_typed(lan, province):
    fields = await opened(lan, BUILDING)
    text = text_of(
        await lan.post(
            HERE, data={**fields, "full_name": "Lê Văn Nhà", "case_id": "th-1", "xem": "1"}
        )
    )
    assert "Đơn đề nghị cấp giấy phép xây dựng" in text and 'value="Lê Văn Nhà"' in text
    assert "17 giờ 00 phút, ngày 08/12/2026" in text
    none = text_of(
        await lan.post(HERE, data={**fields, "full_name": "Lê Văn Nhà", "luu": "1"}), 422
    )
    assert "Chọn trường hợp" in none
    assert await how_many() == 0


async def test_a_procedure_without_a_published_time_asks_the_officer_for_it(lan, province):
    code = await _without_limit()
    fields = await opened(lan, code)
    text = text_of(await lan.post(HERE, data={**fields, "working_days": "5", "xem": "1"}))
    assert "17 giờ 00 phút, ngày 01/12/2026" in text  # 24/11 is a holiday
    assert "Thời hạn ấn định" in text


async def test_a_name_of_four_hundred_letters_and_a_smiling_one_are_refused(lan, province):
    long = text_of(await lan.post(HERE, data=filled(await opened(lan), full_name="Ả" * 400)), 422)
    assert "Rút gọn họ tên còn tối đa 200 ký tự." in long
    smile = filled(await opened(lan), full_name="Nguyễn Vui 😀")
    assert "Bỏ ký hiệu “😀” trong họ tên." in text_of(await lan.post(HERE, data=smile), 422)


async def test_a_form_that_is_not_ours_is_refused_kindly(lan, province):
    for key in ("", "khong-phai", "1"):
        form = {**filled(await opened(lan)), "key": key}
        assert (await lan.post(HERE, data=form)).status_code == 422
    assert (await lan.post(HERE, data={"full_name": "A"})).status_code == 404
    assert (
        await lan.post(HERE, data={"key": str(uuid4()), "procedure_code": "9.9"})
    ).status_code == 404
    assert await how_many() == 0


async def test_a_procedure_of_another_office_asks_who_settles_it(lan, province):
    code = await db.tenant.fetch_value(
        "select code from procedure"
        " where valid_to is null and document->'levels' = '[\"province\"]'"
        " and not (document->>'internal')::boolean order by code limit 1"
    )
    text = await see(lan, f"{HERE}?thu-tuc={code}")
    assert "Hồ sơ thuộc thẩm quyền của cơ quan khác" in text and "hẹn trả</span>" not in text
    sent = await lan.post(HERE, data=filled(await opened(lan, code)))
    assert "Vui lòng chọn cơ quan khác." in text_of(sent, 422)


async def test_what_another_agency_settles_is_taken_in_and_confirmed_there(lan, browse, province):
    stranger = await next_door()
    (post,) = stranger.posts
    sent = await lan.post(HERE, data=filled(await opened(lan), competent_id=str(post.agency_id)))
    slip = await see(lan, went_to(sent))
    assert f"Hồ sơ thuộc thẩm quyền giải quyết của {post.agency_name}" in slip
    assert "Được hẹn khi cơ quan có thẩm quyền nhận hồ sơ." in slip
    code = await db.tenant.fetch_value("select code from dossier")
    assert "Xác nhận đã nhận hồ sơ" not in await see(lan, at(code))
    there = await browse(province, stranger)
    assert "Từ Ủy ban nhân dân phường Quy Nhơn" in await see(there, "/can-bo")
    page = await see(there, at(code))
    assert "Xác nhận đã nhận hồ sơ" in page
    done = await there.post(f"{at(code)}/nhan-ho-so", data={"version": hidden(page, "version")})
    assert "Thời hạn bắt đầu tính" in await see(there, went_to(done))
    slip = await see(lan, f"{at(code)}/giay-tiep-nhan")
    assert "Hồ sơ được tiếp nhận tại Ủy ban nhân dân phường Quy Nhơn." in slip
    assert "Được hẹn khi" not in slip


async def test_the_counter_is_for_those_who_receive(hoa, minh, thu, province):
    for browser in (hoa, minh, thu):
        await see(browser, HERE, 403)
        answer = await browser.post(HERE, data={"key": str(uuid4()), "procedure_code": BIRTH})
        assert answer.status_code == 403
    assert await how_many() == 0


async def test_an_officer_next_door_files_for_the_own_office_only(lan, browse, province):
    stranger = await browse(province, await next_door())
    form = filled(await opened(lan))
    assert (await stranger.post(HERE, data=form)).status_code == 403
    own = went_to(await stranger.post(HERE, data=filled(await opened(stranger))))
    code = own.split("/")[3]
    await see(stranger, at(code))
    await see(lan, at(code), 404)


async def test_the_same_key_from_next_door_opens_nothing(lan, browse, province):
    form = filled(await opened(lan))
    code = went_to(await lan.post(HERE, data=form)).split("/")[3]
    stranger = await browse(province, await next_door())
    theirs = {**filled(await opened(stranger)), "key": form["key"]}
    answer = await stranger.post(HERE, data=theirs)
    assert answer.status_code == 404 and code not in answer.text


async def _without_limit():
    """A commune's procedure of which no time is published."""
    return await db.tenant.fetch_value(
        "select code from procedure where valid_to is null"
        " and document->'levels' @> '[\"commune\"]' and not (document->>'internal')::boolean"
        " and not exists (select from jsonb_array_elements(document->'channels') c"
        "                  where c->>'limit' is not null)"
        " and not exists (select from jsonb_array_elements(document->'cases') c"
        "                  where not (c->>'always')::boolean)"
        " order by code limit 1"
    )
