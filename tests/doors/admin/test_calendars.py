"""The working calendar, changed by Thu: drafted, looked at, approved, applied."""

from uuid import uuid4

import pytest

from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.recounting.jobs import recount_dossiers
from infra.clock import frozen
from tenants import db
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import see, text_of, went_to
from tests.onestop.recounting.opened import due_of, opened, prepared

HERE = "/quan-tri/lich-lam-viec"
FORM = f"{HERE}/lap/ngay-rieng"
DECISION = "Quyết định số 15/QĐ-UBND ngày 23/11/2026"
STORM = {"on": "25/11/2026", "reason": "Nghỉ do bão", "decision": DECISION}


@pytest.fixture(autouse=True)
def on_monday():
    with frozen(MONDAY):
        yield


async def test_the_page_tells_the_hours_and_the_days_off_ahead(thu, province):
    text = await see(thu, HERE)
    assert "Chưa có thay đổi nào." in text
    assert "Ngày Văn hóa Việt Nam" in text and "thứ Ba 24/11/2026" in text
    assert "Chủ nhật</dt><dd>Nghỉ" in text


async def test_a_draft_shows_who_would_move_and_changes_nothing(thu, province):
    await prepared()
    dossier_id = await opened("H-1", since=MONDAY)
    due = await due_of(dossier_id)
    one = went_to(await thu.post(FORM, data=STORM))
    text = await see(thu, one)
    assert "Nghỉ cả ngày thứ Tư 25/11/2026: Nghỉ do bão" in text and "Chờ phê duyệt" in text
    assert "1 hồ sơ đổi ngày hẹn trả." in text
    for words in ("H-1", "17:00 ngày 01/12/2026", "17:00 ngày 02/12/2026", "muộn hơn 1 ngày"):
        assert words in text, words
    assert await due_of(dossier_id) == due
    assert (await calendar_in_force()).is_working_day(MONDAY.date().replace(day=25))


async def test_approving_publishes_and_the_job_tells_everybody_once(thu, province):
    await prepared()
    dossier_id = await opened("H-1", since=MONDAY)
    one = went_to(await thu.post(FORM, data=STORM))
    assert "Đã phê duyệt." in await see(thu, went_to(await thu.post(f"{one}/phe-duyet")))
    assert not (await calendar_in_force()).is_working_day(MONDAY.date().replace(day=25))
    await recount_dossiers()
    await recount_dossiers()
    assert await db.tenant.fetch_value("select count(*) from notice where event = 'DOI_LICH'") == 1
    text = await see(thu, one)
    assert "Đã tính lại 1 hồ sơ, 1 hồ sơ đổi ngày hẹn trả." in text and "H-1" in text
    assert "Phê duyệt và tính lại hạn" not in text
    assert (await due_of(dossier_id)).day == 2
    again = await thu.post(f"{one}/phe-duyet")
    assert "đã được phê duyệt hoặc hủy trước đó" in text_of(again, 409)
    assert "Đang tính lại hạn" in await see(thu, HERE)


async def test_a_discarded_draft_stays_in_the_list(thu, province):
    one = went_to(await thu.post(FORM, data=STORM))
    text = await see(thu, went_to(await thu.post(f"{one}/huy")))
    assert "Đã hủy dự thảo." in text and "Đã hủy</span>" in text


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("hoan-doi", {"off": "27/11/2026", "on": "28/11/2026"},
         "Nghỉ thứ Sáu 27/11/2026, làm bù thứ Bảy 28/11/2026"),
        ("ngay-rieng", {"on": "31/12/2026", "morning": "7h - 11h30", "reason": "Nửa buổi"},
         "Làm việc 07:00–11:30 thứ Năm 31/12/2026: Nửa buổi"),
        ("gio-lam-viec",
         {"from_on": "01/12/2026", "thu-2": "1", "thu-3": "1", "morning": "07:30-11:30",
          "afternoon": "13:30 – 17:30", "saturday": "8:00-11:00"},
         "Từ thứ Ba 01/12/2026: 07:30–11:30, 13:30–17:30 các ngày thứ hai, thứ ba; "
         "thứ bảy 08:00–11:00"),
    ],
)  # fmt: skip
async def test_every_kind_of_change_can_be_drafted(thu, province, kind, typed, words):
    await see(thu, f"{HERE}/lap/{kind}")
    sent = await thu.post(f"{HERE}/lap/{kind}", data={**typed, "decision": DECISION})
    assert words in await see(thu, went_to(sent))


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("hoan-doi", {"off": "31/02/2027", "on": "x"}, "Ghi ngày theo mẫu 27/03/2027."),
        ("hoan-doi", {"off": "28/11/2026", "on": "05/12/2026"}, "Ngày này vốn đã là ngày nghỉ."),
        ("ngay-rieng", {**STORM, "decision": ""}, "Ghi số, ngày của quyết định"),
        ("ngay-rieng", {**STORM, "morning": "sáng"}, "Ghi giờ theo mẫu 07:00-11:30"),
        ("ngay-rieng", {**STORM, "morning": "11:30-07:00"}, "tăng dần"),
        ("ngay-rieng", {**STORM, "agency_id": "x"}, "Chọn cơ quan trong danh sách."),
        ("gio-lam-viec", {"from_on": "01/12/2026", "decision": "x"}, "Chọn ít nhất một ngày"),
    ],
)
async def test_what_makes_no_sense_comes_back_marked(thu, province, kind, typed, words):
    text = text_of(await thu.post(f"{HERE}/lap/{kind}", data={"decision": DECISION, **typed}), 422)
    assert words in text
    assert await db.tenant.fetch_value("select count(*) from calendar_draft") == 0


async def test_everything_that_cannot_be_read_is_said_at_once(thu, province):
    sent = await thu.post(f"{HERE}/lap/hoan-doi", data={"off": "x"})
    text = text_of(sent, 422)
    assert "Cần sửa 3 mục" in text
    for words in ("Ngày được nghỉ: Ghi ngày", "Ngày làm bù: Ghi ngày", "Căn cứ: Ghi số"):
        assert words in text, words


async def test_an_agency_that_does_not_exist_is_not_accepted(thu, province):
    sent = await thu.post(FORM, data={**STORM, "agency_id": str(uuid4())})
    assert "Chọn cơ quan trong danh sách." in text_of(sent, 422)


async def test_forms_and_drafts_that_do_not_exist_are_not_found(thu, province):
    await see(thu, f"{HERE}/lap/gi-do", 404)
    assert (await thu.post(f"{HERE}/lap/gi-do", data={})).status_code == 404
    await see(thu, f"{HERE}/du-thao/{uuid4()}", 404)
    assert (await thu.post(f"{HERE}/du-thao/{uuid4()}/phe-duyet")).status_code == 404


async def test_the_door_is_for_administrators_alone(thu, lan, hoa, minh, browse, province):
    one = went_to(await thu.post(FORM, data=STORM))
    citizen = await browse(province, await cast.citizen())
    # A citizen is asked to sign in as staff; an officer is told whose work it is.
    for browser, refused in ((lan, {403}), (hoa, {403}), (minh, {403}), (citizen, {303, 401})):
        for address in (HERE, FORM, one):
            assert (await browser.get(address)).status_code in refused, address
        for address in (FORM, f"{one}/phe-duyet", f"{one}/huy"):
            assert (await browser.post(address, data=STORM)).status_code in refused, address
    assert "Chờ phê duyệt" in await see(thu, one)


async def test_the_neighbours_administrator_finds_no_draft_of_ours(
    thu, browse, province, neighbour
):
    one = went_to(await thu.post(FORM, data=STORM))
    stranger = await browse(neighbour, await cast.at(neighbour, _administrator()))
    await see(stranger, one, 404)
    for act in ("phe-duyet", "huy"):
        assert (await stranger.post(f"{one}/{act}")).status_code == 404
    assert "Chờ phê duyệt" in await see(thu, one)
    assert "Nghỉ do bão" not in await see(stranger, HERE)


async def _administrator():
    username = await db.tenant.fetch_value(
        "select o.username from officer o join post_holding h on h.officer_id = o.id"
        " join post p on p.id = h.post_id where p.kind = 'administrator' limit 1"
    )
    return await cast.officer(username)
