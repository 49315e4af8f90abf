"""Workflows at the administrators' door: drafted, drawn, published, and taken up by dossiers."""

from datetime import date
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace

from app.onestop.workflows.source import shipped
from app.onestop.workflows.tree import Sequence
from tenants import db
from tests import cast
from tests.doors.admin.test_calendars import _administrator
from tests.doors.desk.pages import see, text_of, went_to
from tests.onestop.dossiers.linked import bound, opened, published, taken_in, walk_to
from tests.onestop.dossiers.story import BIRTH, BUILDING
from tests.onestop.dossiers.test_moving import LOOK, second
from tests.onestop.dossiers.test_waits import SIGN, WORK, process

HERE = "/quan-tri/quy-trinh"
FORM = f"{HERE}/lap/{BUILDING}"
KARAOKE = shipped()["karaoke-lien-thong"]


def sent(workflow, name="document"):
    """The definition as a form with files sends it: pasted, or as a file."""
    data = msgspec.json.encode(workflow)
    file = ("quy-trinh.json", data, "application/json")
    return {"files": {name: file if name == "tep" else (None, data)}}


async def drafted(thu, workflow=KARAOKE, name="document", code=BUILDING):
    answer = await thu.post(f"{HERE}/lap/{code}", **sent(workflow, name))
    return went_to(answer).partition("?")[0]


async def test_a_province_without_workflows_says_how_to_begin(thu, province):
    assert "Chưa có quy trình nào." in await see(thu, HERE)
    assert BIRTH in await see(thu, f"{HERE}?tim=khai+sinh")
    assert "Không thấy thủ tục nào." in await see(thu, f"{HERE}?tim=zzzz")


async def test_a_shipped_example_fills_the_form(thu, province):
    text = await see(thu, f"{FORM}?mau=gpxd-nha-o")
    assert '"code": "gpxd-nha-o"' in text and "Liên thông cấp Phiếu lý lịch tư pháp" in text
    await see(thu, f"{FORM}?mau=khong-co")


@pytest.mark.parametrize("name", ["document", "tep"])
async def test_a_draft_is_pasted_or_uploaded_and_drawn(thu, province, name):
    text = await see(thu, await drafted(thu, name=name))
    for words in (
        "Bản nháp", "Hai cơ quan thẩm định song song", "mọi nhánh xong mới đi tiếp", "Nhánh 2",
        "Liên thông, chủ trì: Sở Văn hóa, Thể thao và Du lịch tỉnh Bình Định",
        "Cơ quan Công an (ngoài hệ thống)", "Chờ cơ quan ngoài hệ thống trả lời",
        "Khác quy trình đang áp dụng", "Thêm phần song song",
    ):  # fmt: skip
        assert words in text, words
    assert "Cần sửa" not in text
    assert "Bản nháp" in await see(thu, HERE)


async def test_publishing_puts_it_in_force_and_retiring_takes_it_out(thu, province):
    one = await drafted(thu)
    text = await see(thu, went_to(await thu.post(f"{one}/cong-bo")))
    assert "Đã công bố." in text and "Đang áp dụng" in text and "Ngừng dùng" in text
    assert "đã công bố nên không sửa" in text_of(await thu.post(f"{one}/cong-bo"), 409)
    text = await see(thu, went_to(await thu.post(f"{one}/ngung")))
    assert "Đã ngừng dùng phiên bản này." in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("{", "không phải là JSON"),
        ("[]", "phải là một đối tượng JSON"),
        ('{"la": 1, "tree": {"node": "buoc"}}', "Không có từ “buoc”"),
    ],
)
async def test_what_cannot_be_read_comes_back_with_its_places(thu, province, typed, words):
    answer = await thu.post(FORM, files={"document": (None, typed)})
    text = text_of(answer, 422)
    assert words in text and "<b>Quy trình</b>" in text and typed[:6] in text
    assert await db.tenant.fetch_value("select count(*) from workflow") == 0


async def test_a_letter_no_database_keeps_is_said_to_be_there(thu, province):
    text = text_of(await thu.post(FORM, **sent(replace(KARAOKE, name="Kara\0oke"))), 422)
    assert "ký tự không hợp lệ" in text


async def test_a_file_too_large_is_said_to_be(thu, province):
    answer = await thu.post(FORM, files={"tep": ("to.json", b" " * 600_000, "application/json")})
    assert "Tệp quy trình vượt quá 500 KB." in text_of(answer, 422)


async def test_a_faulty_draft_says_where_and_is_not_published(thu, province):
    assert isinstance(KARAOKE.tree, Sequence)
    broken = replace(KARAOKE, tree=Sequence(KARAOKE.tree.parts[1:]))
    one = await drafted(thu, broken)
    assert "phải bắt đầu bằng một bước của Bộ phận Một cửa" in await see(thu, one)
    text = text_of(await thu.post(f"{one}/cong-bo"), 422)
    assert "phải bắt đầu bằng một bước của Bộ phận Một cửa" in text
    assert await db.tenant.fetch_value("select state from workflow") == "draft"


async def test_only_the_dossiers_chosen_move_and_pressing_twice_is_harmless(thu, province):
    code = await bound(process(WORK))
    one, other = await taken_in(code), await taken_in(code)
    for dossier in (one, other):
        await walk_to(dossier.id, "tham-dinh")
    moves = f"{HERE}/{await published(code, second(replace(LOOK, share=50), SIGN))}/chuyen-ho-so"
    text = await see(thu, moves)
    for words in ("Thêm bước “Kiểm tra lại”.", "Bỏ bước “Thẩm định”.", one.code, other.code,
                  "– Chọn bước –"):  # fmt: skip
        assert words in text, words
    assert "Chưa chọn hồ sơ nào." in text_of(await thu.post(moves, data={}), 422)
    form = {f"chon.{one.id}": "co", f"buoc.{one.id}": "xem", f"chon.{other.id}": "co"}
    text = text_of(await thu.post(moves, data=form))
    assert "Đã chuyển." in text and "Chọn bước cho hồ sơ này." in text
    assert [task["node"] for task in await opened(one.id)] == ["xem"]
    assert [task["node"] for task in await opened(other.id)] == ["tham-dinh"]
    text = text_of(await thu.post(moves, data={f"chon.{one.id}": "co"}))
    assert "Không đổi." in text
    told = "select count(*) from trail where act = 'dossier.change_workflow'"
    assert await db.tenant.fetch_value(told) == 1


async def test_a_draft_takes_up_no_dossiers_and_nothing_else_is_found(thu, province):
    one = await drafted(thu, replace(KARAOKE, valid_from=date(2030, 1, 1)))
    assert (await thu.get(f"{one}/chuyen-ho-so")).status_code == 409
    await see(thu, f"{HERE}/{uuid4()}", 404)
    await see(thu, f"{HERE}/lap/0.000000", 404)
    for act in ("cong-bo", "ngung", "chuyen-ho-so"):
        assert (await thu.post(f"{HERE}/{uuid4()}/{act}")).status_code == 404


async def test_the_door_is_for_administrators_alone(thu, lan, hoa, minh, browse, province):
    one = await drafted(thu)
    citizen = await browse(province, await cast.citizen())
    for browser, refused in ((lan, {403}), (hoa, {403}), (minh, {403}), (citizen, {303, 401})):
        for address in (HERE, FORM, one, f"{one}/chuyen-ho-so"):
            assert (await browser.get(address)).status_code in refused, address
        for act in ("cong-bo", "ngung", "chuyen-ho-so"):
            assert (await browser.post(f"{one}/{act}")).status_code in refused, act
        assert (await browser.post(FORM, **sent(KARAOKE))).status_code in refused
    assert await db.tenant.fetch_value("select state from workflow") == "draft"


async def test_the_neighbours_administrator_finds_none_of_ours(thu, browse, province, neighbour):
    one = await drafted(thu)
    stranger = await browse(neighbour, await cast.at(neighbour, _administrator()))
    for address in (one, f"{one}/chuyen-ho-so"):
        await see(stranger, address, 404)
    for act in ("cong-bo", "ngung", "chuyen-ho-so"):
        assert (await stranger.post(f"{one}/{act}")).status_code == 404
    assert "Chưa có quy trình nào." in await see(stranger, HERE)
    assert await db.tenant.fetch_value("select state from workflow") == "draft"
