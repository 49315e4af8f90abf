"""Wordings, limits and what is held, in Thu's hands; what did not arrive, in Lan's; Hùng's wish."""

import msgspec

from app.onestop.notices import clearance, preferences, service
from app.onestop.notices.limits import Limits
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import see, text_of, went_to
from tests.onestop.dossiers import story

HERE = "/quan-tri/tin-nhan"
ONE = f"{HERE}/mau/CO_KQ"
TROUBLES = "/can-bo/tin-bao"


async def held_notice(hold: str = "surge") -> str:
    """A message of a dossier at Lan's desk that is held."""
    dossier = await story.submitted(await cast.citizen())
    async with work():
        notice = await service.notify(dossier, "RUT", occasion="thu")
    await db.tenant.execute(
        "update notice set state = 'held', hold = $2, error = 'Tạm giữ: thử.',"
        " next_at = 'infinity' where id = $1", *(notice, hold),
    )  # fmt: skip
    return str(notice)


async def test_a_wording_is_tried_written_approved_and_taken_into_use(thu, province):
    text = "{CQ}: Ho so {MA} da xong, moi den {NOI}"
    tried = text_of(await thu.post(ONE, data={"text": text, "xem-thu": "co"}))
    assert "Không dấu, " in tried and "1 phần tin" in tried and "650 đồng" in tried
    wrong = {"text": "Ho so {MA} cua {TEN}"}
    assert "Chỗ điền {TEN} không có" in text_of(await thu.post(ONE, data=wrong), 422)
    long = {"text": "ợ" * 67 * 12, "marked": "co"}
    assert "Tin dài 12 phần, quá 3 phần" in text_of(await thu.post(ONE, data=long), 422)
    assert "Chưa dùng" in await see(thu, went_to(await thu.post(ONE, data={"text": text})))
    assert "Mẫu của địa phương, bản 1" in await see(thu, went_to(await thu.post(f"{ONE}/101/dung")))
    line = {"brand": "BINHDINH", "provider": "esms"}
    went_to(await thu.post(f"{HERE}/ten-gui", data={**line, "needs_approval": "co"}))
    early = await thu.post(f"{ONE}/101/duyet", data={**line, "verdict": "approved"})
    assert "đã đổi tình trạng" in text_of(early, 409)
    refused = {**line, "verdict": "submitted", "on_day": "20/11/2026"}
    went_to(await thu.post(f"{ONE}/101/duyet", data=refused))
    unsaid = await thu.post(f"{ONE}/101/duyet", data={**line, "verdict": "refused"})
    assert "Ghi lý do nhà mạng từ chối" in text_of(unsaid, 422)
    approved = await thu.post(f"{ONE}/101/duyet", data={**line, "verdict": "approved"})
    assert "BINHDINH qua esms</dt><dd>Nhà mạng đã duyệt" in await see(thu, went_to(approved))
    went_to(await thu.post(f"{ONE}/101/thoi-dung"))
    # A number that no column of ours holds is a version nobody has, not a mistake of ours.
    assert (await thu.post(f"{ONE}/{2**31}/thoi-dung")).status_code == 404
    assert (await thu.post(f"{ONE}/999/dung")).status_code == 404
    assert (await thu.get(f"{HERE}/mau/KHONG_CO")).status_code == 404


async def test_limits_are_decided_and_what_is_held_is_let_go_or_given_up(thu, lan, province):
    assert "Số tin đến một số trong một giờ" in await see(thu, f"{HERE}/gioi-han")
    sent = {name: str(value or "") for name, value in msgspec.structs.asdict(Limits()).items()}
    wrong = {**sent, "number_an_hour": "0", "codes_an_hour": "sáu"}
    assert "Ghi một số nguyên" in text_of(await thu.post(f"{HERE}/gioi-han", data=wrong), 422)
    went_to(await thu.post(f"{HERE}/gioi-han", data={**sent, "number_an_hour": "7"}))
    assert 'value="7"' in await see(thu, f"{HERE}/gioi-han")

    notice = await held_notice()
    mine = await see(lan, TROUBLES)
    assert "Tạm giữ: thử." in mine and "Quản trị kiểm tra nguyên nhân" in mine
    assert "Tạm giữ: thử." not in await see(lan, f"{TROUBLES}?tinh_trang=failed")
    text = await see(thu, HERE)
    assert "tăng đột ngột" in text and "/tin-den/" in text
    assert "Ghi lý do" in text_of(await thu.post(f"{HERE}/tam-giu/surge/khong-gui", data={}), 422)
    dropped = await thu.post(f"{HERE}/tam-giu/surge/khong-gui", data={"reason": "gửi nhầm"})
    assert "được ghi là không gửi" in await see(thu, went_to(dropped))
    assert "Không gửi: gửi nhầm" in await see(lan, f"{TROUBLES}?tinh_trang=dropped")
    assert (await thu.post(f"{HERE}/tam-giu/surge/cho-gui")).status_code in (404, 409)

    await db.tenant.execute("update notice set state = 'failed', error = 'x' where id::text = $1",
                            notice)  # fmt: skip
    assert "Gửi lại" in await see(lan, TROUBLES)
    sent_again = await lan.post(f"{TROUBLES}/{notice}/gui-lai")
    assert "xếp vào hàng gửi lại" in await see(lan, went_to(sent_again))
    assert (await lan.post(f"{TROUBLES}/{notice}/gui-lai")).status_code == 409
    assert await clearance.any_to_release() is False


async def test_doubts_and_doubles_are_listed_with_each_attempt_and_its_reason(thu, lan, province):
    notice = await held_notice()
    one = f"{HERE}/tin/{notice}"
    await see(lan, one, 403)
    assert "Tin chưa được gửi lần nào" in await see(thu, one)
    await db.tenant.execute(
        "update notice set state = 'sent', hold = null, error = null, doubled = 'surely', tried = 2"
        " where id::text = $1",
        notice,
    )
    await db.tenant.execute(
        "insert into notice_attempt (notice_id, number, provider, at, ended_at, result, code, cost,"
        " report, report_code, reported_at) values"
        " ($1::uuid, 1, 'esms', now(), now(), 'unknown', 'HTTP 504', null, 'delivered',"
        "  'phone=84905000301', now()),"
        " ($1::uuid, 2, 'viettel', now(), now(), 'taken', '1', 1300, null, null, null)",
        notice,
    )
    listed = await see(thu, f"{HERE}/kiem-tra")
    assert f'href="{one}"' in listed and "Đã gửi lặp, chỉ tính một lần" in listed
    assert "09*****301" in listed and "0905000301" not in listed
    text = await see(thu, one)
    for words in (
        "Chưa rõ đã nhận hay chưa", "Hệ thống không gửi lại trước khi hỏi được", "HTTP 504",
        "Đã đến máy người nhận", "Nhà cung cấp đã nhận", "1.300 đồng", "Chưa rõ giá",
    ):  # fmt: skip
        assert words in text
    assert "05000301" not in text  # The provider's own words name the number.
    await see(thu, f"{HERE}/tin/{province.id}", 404)
    overview = await see(thu, HERE)
    assert "TIEP_NHAN</span>" not in overview and "Tiếp nhận hồ sơ</a>" in overview
    assert "Nhà cung cấp tin nhắn" in overview


async def test_only_this_provinces_people_see_and_send(lan, hoa, browse, province, neighbour):
    notice = await held_notice()
    for path in (HERE, ONE, f"{HERE}/gioi-han"):
        await see(lan, path, 403)
    assert (await hoa.post(f"{HERE}/tam-giu/surge/cho-gui")).status_code == 403
    chief = await cast.at(neighbour, cast.officer("quang.do"))
    outsider = await browse(neighbour, chief)
    assert "Tạm giữ: thử." not in await see(outsider, TROUBLES)
    assert (await outsider.post(f"{TROUBLES}/{notice}/gui-lai")).status_code == 404


async def test_a_citizen_chooses_how_to_be_told(browse, province):
    hung = await cast.citizen()
    browser = await browse(province, hung)
    text = await see(browser, "/nhan-tin")
    assert "Tiếp nhận hồ sơ</li>" in text and "Xác nhận rút hồ sơ</li>" not in text
    bad = await browser.post("/nhan-tin", data={"ways": "email", "email": "sai"})
    assert "Ghi địa chỉ thư điện tử" in text_of(bad, 422)
    good = {"ways": "both", "email": "hung@example.vn"}
    saved = await see(browser, went_to(await browser.post("/nhan-tin", data=good)))
    assert "Đã lưu lựa chọn" in saved and 'value="hung@example.vn"' in saved
    assert (await preferences.wished(hung.id)).ways == "both"
