"""Admitting, posting and dismissing officers, as Thu the administrator does it."""

import pytest

from app.people import queries
from infra import clock
from tenants import db
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to

ADMIT = "/quan-tri/cap-quyen"


async def post_id(title="Cán bộ tiếp nhận và trả kết quả", agency="ubnd-phuong-quy-nhon"):
    return str(
        await db.tenant.fetch_value(
            "select p.id from post p join agency a on a.id = p.agency_id"
            " where a.key = $2 and p.title = $1",
            *(title, agency),
        )
    )


async def newcomer(**typed):
    return {
        "full_name": "Trịnh Văn Mới", "username": "Moi.Trinh ", "post_id": await post_id(),
        "co-quan": "quy nhon", **typed,
    }  # fmt: skip


async def admitted(thu):
    """The page of an officer Thu has admitted."""
    return went_to(await thu.post(ADMIT, data=await newcomer())).partition("?")[0]


async def test_the_list_names_everybody_with_the_posts_held(thu, province):
    text = await see(thu, "/quan-tri")
    for words in (
        "Nguyễn Thị Lan",
        "lan.nguyen",
        "Cán bộ tiếp nhận và trả kết quả",
        "từ 01/07/2025",
    ):
        assert words in text, words


async def test_a_post_is_found_by_words_without_marks_the_nearest_name_first(thu, province):
    text = await see(thu, f"{ADMIT}?co-quan=tiep nhan phuong quy nhon")
    first = text[text.index('<option value="">') :].partition("</option>")[2]
    shown = first[: first.index("</option>")]
    assert shown.endswith("Cán bộ tiếp nhận và trả kết quả – Ủy ban nhân dân phường Quy Nhơn")
    assert "Không thấy chức danh nào." in await see(thu, f"{ADMIT}?co-quan=qwxyz")


async def test_an_admitted_officer_may_sign_in_under_the_plain_username(thu, province):
    page = await see(thu, f"{await admitted(thu)}?xong=cap-quyen")
    assert "Đã cấp quyền." in page and "moi.trinh" in page and "Chưa đăng nhập" in page
    identity = await db.tenant.fetch_value("select id from officer where username = 'moi.trinh'")
    officer = await queries.actor_for_officer(identity)
    assert officer and [post.title for post in officer.posts] == ["Cán bộ tiếp nhận và trả kết quả"]


async def test_what_is_missing_is_marked_and_the_rest_is_kept(thu, province):
    text = text_of(await thu.post(ADMIT, data=await newcomer(username="", post_id="")), 422)
    assert "Nhập tên đăng nhập của cán bộ." in text and 'value="Trịnh Văn Mới"' in text
    text = text_of(await thu.post(ADMIT, data=await newcomer(post_id="")), 422)
    assert "Chọn chức danh của cán bộ." in text and "Quy Nhơn</option>" in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"full_name": "Trịnh " + "Văn " * 100}, "Rút gọn họ tên còn tối đa 200 ký tự."),
        ({"full_name": "12345"}, "Nhập họ và tên của cán bộ."),
        ({"username": "m" * 400}, "Ghi tên đăng nhập tối đa 200 ký tự"),
        ({"username": "moi\x00trinh"}, "không có ký tự lạ"),
    ],
)
async def test_a_name_that_is_not_one_is_marked(thu, province, typed, words):
    text = text_of(await thu.post(ADMIT, data=await newcomer(**typed)), 422)
    assert words in text and "Quy Nhơn</option>" in text
    assert await db.tenant.fetch_value("select count(*) from officer where username ^@ 'm'") == 1


async def test_a_name_is_kept_composed_and_without_anything_invisible(thu, province):
    typed = await newcomer(full_name=" Tri\u0323nh\u202e  Văn\tMới\x00 ")
    assert (await thu.post(ADMIT, data=typed)).status_code == 303
    kept = "select full_name from officer where username = 'moi.trinh'"
    assert await db.tenant.fetch_value(kept) == "Trịnh Văn Mới"


async def test_a_username_is_admitted_once_and_a_failed_admission_leaves_nothing(thu, province):
    before = await db.tenant.fetch_value("select count(*) from officer")
    text = text_of(await thu.post(ADMIT, data=await newcomer(username="LAN.nguyen")), 409)
    assert "Tên đăng nhập này đã được cấp quyền trước đó." in text
    no_such = await newcomer(post_id="019a0000-0000-7000-8000-000000000000")
    assert (await thu.post(ADMIT, data=no_such)).status_code == 404
    assert await db.tenant.fetch_value("select count(*) from officer") == before


async def test_another_post_is_given_for_a_time_and_taken_back(thu, province):
    one = await admitted(thu)
    given = {"post_id": await post_id("Chuyên viên thụ lý"), "from_on": "01/03/2027"}
    sent = await thu.post(f"{one}/chuc-danh", data={**given, "to_on": "31/03/2027"})
    assert went_to(sent).endswith("?xong=giao")
    text = await see(thu, one)
    assert "Chuyên viên thụ lý" in text and "từ 01/03/2027 đến hết 31/03/2027" in text
    take = text[text.index("/thoi-giu/") :].partition('"')[0]
    assert went_to(await thu.post(f"{one}{take}")).endswith("?xong=thoi-giu")
    assert text.count("Thôi giữ") > (await see(thu, one)).count("Thôi giữ")


async def test_a_wrong_day_and_a_post_held_already_come_back_with_a_reason(thu, province):
    one = await admitted(thu)
    wrong = {"post_id": await post_id("Chuyên viên thụ lý"), "from_on": "31/02/2027"}
    text = text_of(await thu.post(f"{one}/chuc-danh", data={**wrong, "co-quan": "quy nhon"}), 422)
    assert "Ghi ngày theo mẫu" in text and 'value="31/02/2027"' in text
    backwards = {**wrong, "from_on": "05/03/2027", "to_on": "01/03/2027"}
    text = text_of(await thu.post(f"{one}/chuc-danh", data=backwards), 422)
    assert "Ngày kết thúc phải từ ngày bắt đầu trở đi." in text
    twice = await thu.post(f"{one}/chuc-danh", data={"post_id": await post_id()})
    assert "đang giữ chức danh đã chọn" in text_of(twice, 409)


async def test_a_dismissed_officer_is_out_at_the_next_click(thu, lan, province):
    await see(lan, "/can-bo")
    identity = (await cast.officer(cast.LAN)).id
    sent = await thu.post(f"/quan-tri/can-bo/{identity}/thu-hoi")
    assert "Đã thu hồi quyền." in await see(thu, went_to(sent))
    assert "Đã thu hồi quyền ngày" in await see(thu, f"/quan-tri/can-bo/{identity}")
    assert (await lan.get("/can-bo")).status_code == 403


async def test_who_comes_back_is_let_in_again_and_given_posts_anew(thu, lan, province):
    one = f"/quan-tri/can-bo/{(await cast.officer(cast.LAN)).id}"
    assert (await thu.post(f"{one}/cap-lai")).status_code == 404  # has never been away
    await thu.post(f"{one}/thu-hoi")
    typed = {**await newcomer(), "username": cast.LAN}
    assert "Cấp quyền lại" in await see(thu, one)
    assert "cấp quyền lại tại trang" in text_of(await thu.post(ADMIT, data=typed), 409)
    assert (await lan.post(f"{one}/cap-lai")).status_code == 403
    sent = await thu.post(f"{one}/cap-lai")
    assert "Đã cấp quyền lại." in await see(thu, went_to(sent))
    assert "Cấp quyền lại cho cán bộ" in await see(thu, "/quan-tri/nhat-ky")
    await see(lan, "/can-bo")


async def test_an_administrator_does_not_lock_the_door_from_inside(thu, province):
    own = (await cast.officer(cast.THU)).id
    assert "Thu hồi quyền" not in await see(thu, f"/quan-tri/can-bo/{own}")
    text = text_of(await thu.post(f"/quan-tri/can-bo/{own}/thu-hoi"), 409)
    assert "Ông/bà không tự thu hồi quyền của mình." in text
    await see(thu, "/quan-tri")


async def test_the_door_is_for_administrators_alone(lan, hoa, minh, province):
    own = (await cast.officer(cast.LAN)).id
    for browser in (lan, hoa, minh):
        for address in ("/quan-tri", ADMIT, f"/quan-tri/can-bo/{own}", "/quan-tri/thu-tuc"):
            await see(browser, address, 403)
        acts = {
            ADMIT: await newcomer(),
            f"/quan-tri/can-bo/{own}/chuc-danh": {"post_id": await post_id()},
            f"/quan-tri/can-bo/{own}/thoi-giu/{own}": {},
            f"/quan-tri/can-bo/{own}/thu-hoi": {},
            "/quan-tri/thu-tuc/1.001193": {"filing": "off"},
        }
        for address, typed in acts.items():
            assert (await browser.post(address, data=typed)).status_code == 403, address


async def test_the_neighbours_administrator_finds_none_of_our_officers(browse, province, neighbour):
    lan = (await cast.officer(cast.LAN)).id
    theirs = await cast.at(neighbour, _administrator())
    stranger = await browse(neighbour, theirs)
    await see(stranger, f"/quan-tri/can-bo/{lan}", 404)
    assert (await stranger.post(f"/quan-tri/can-bo/{lan}/thu-hoi")).status_code == 404
    assert (await cast.officer(cast.LAN)).posts


async def _administrator():
    username = await db.tenant.fetch_value(
        "select o.username from officer o join post_holding h on h.officer_id = o.id"
        " join post p on p.id = h.post_id where p.kind = 'administrator' limit 1"
    )
    return await cast.officer(username)


async def test_somebody_is_sent_to_stand_in_and_the_page_says_for_whom(thu, province):
    minh = await db.tenant.fetch_row(
        "select o.id, h.id as holding from officer o join post_holding h on h.officer_id = o.id"
        " where o.username = $1",
        cast.MINH,
    )
    page, holding = f"/quan-tri/can-bo/{minh['id']}", minh["holding"]
    empty = text_of(await thu.post(f"{page}/cu-thay/{holding}", data={}), 422)
    assert "Ghi tên đăng nhập của một cán bộ khác đang làm việc." in empty
    typed = {
        "username": cast.HOA,
        "to_on": f"{clock.today():%d/%m/%Y}",
        "decision": "Quyết định số 12/QĐ-UBND",
    }
    form = {f"{name}-{holding}": text for name, text in typed.items()}
    assert "xong=cu-thay" in went_to(await thu.post(f"{page}/cu-thay/{holding}", data=form))
    text = await see(thu, "/quan-tri")
    assert "thay Lê Quang Minh theo Quyết định số 12/QĐ-UBND" in text
    hoa = await cast.officer(cast.HOA)
    assert hoa.holds("leader") is not None
