"""Slips and the register as officers open, print and replace them; nobody else does."""

from io import BytesIO

from pypdf import PdfReader

from app.onestop.slips import service
from app.onestop.slips.queries import slip_view, slips_of
from app.onestop.slips.shapes import SupplementItem
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.desk.pages import at, see, text_of, went_to
from tests.doors.desk.strangers import next_door
from tests.doors.desk.test_lists import laid_down

REGISTER = "/can-bo/so-theo-doi"


class Known:
    """A dossier known by its row."""

    def __init__(self, id):
        self.id = id


async def _received():
    """A dossier on the desk with a receipt and a request for more."""
    code = (await laid_down()).code
    dossier = Known(await db.tenant.fetch_value("select id from dossier where code = $1", code))
    async with work():
        items = [SupplementItem(name="Giấy chứng sinh", reason_code="missing")]
        asked = await service.issue_supplement_request(
            await cast.officer(cast.LAN), dossier, items=items, reply_by=None
        )
    return code, asked


async def _receipt_id(code):
    shown = await slip_view(code)
    return shown.slip.id


def _pdf(answer) -> str:
    assert answer.status_code == 200, answer.text[-2000:]
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "no-store" in answer.headers["cache-control"]
    return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


async def _trail(act):
    return await db.tenant.fetch_value("select count(*) from trail where act = $1", act)


async def test_the_dossiers_page_lists_its_slips_and_leads_to_each(lan, province):
    code, asked = await _received()
    page = await see(lan, at(code))
    assert "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ" in page and "01/HDHS" in page
    assert f"{at(code)}/phieu/{asked}" in page
    assert "Cấp lại giấy tiếp nhận" in page
    slip = await see(lan, f"{at(code)}/phieu/{asked}")
    assert "Số: 01/HDHS" in slip and "Giấy chứng sinh" in slip and code in slip
    assert "01/HDHS" in _pdf(await lan.get(f"{at(code)}/phieu/{asked}/pdf"))
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in await see(lan, f"{at(code)}/giay-tiep-nhan")


async def test_looking_writes_nothing_and_printing_again_is_recorded(lan, province):
    code, asked = await _received()
    await see(lan, f"{at(code)}/phieu/{asked}?in=1")
    assert await _trail("slip.reprint") == 0
    again = await lan.post(f"{at(code)}/phieu/{asked}/in-lai")
    assert went_to(again) == f"{at(code)}/phieu/{asked}?in=1"
    assert await _trail("slip.reprint") == 1
    assert "In lại giấy, phiếu" in await see(lan, at(code))


async def test_the_desk_issues_a_receipt_anew_and_the_old_one_says_so(lan, province):
    code, _ = await _received()
    old = await _receipt_id(code)
    assert "ĐÃ ĐƯỢC THAY THẾ" not in await see(lan, f"{at(code)}/phieu/{old}")
    refused = text_of(await lan.post(f"{at(code)}/cap-lai-giay", data={"reason": " "}), 422)
    assert "Ghi rõ lý do" in refused
    assert await _receipt_id(code) == old
    went = await lan.post(f"{at(code)}/cap-lai-giay", data={"reason": "Ghi sai địa chỉ"})
    new = await _receipt_id(code)
    assert new != old and went_to(went) == f"{at(code)}/phieu/{new}?in=1"
    twice = await lan.post(f"{at(code)}/cap-lai-giay", data={"reason": "Ghi sai địa chỉ"})
    assert went_to(twice) == went_to(went) and await _receipt_id(code) == new
    long = await lan.post(f"{at(code)}/cap-lai-giay", data={"reason": "x" * 501})
    assert "tối đa 500 ký tự" in text_of(long, 422)
    assert "ĐÃ ĐƯỢC THAY THẾ" in await see(lan, f"{at(code)}/phieu/{old}")
    assert "ĐÃ ĐƯỢC THAY THẾ" in _pdf(await lan.get(f"{at(code)}/phieu/{old}/pdf"))
    assert "ĐÃ ĐƯỢC THAY THẾ" not in await see(lan, f"{at(code)}/giay-tiep-nhan")
    assert "Đã được thay thế" in await see(lan, at(code))


async def test_who_does_not_receive_cannot_issue_a_receipt_anew(hoa, province):
    code, _ = await _received()
    assert "Cấp lại giấy tiếp nhận" not in await see(hoa, at(code))
    answer = await hoa.post(f"{at(code)}/cap-lai-giay", data={"reason": "Sai tên"})
    assert answer.status_code == 403
    assert len(await slips_of(code)) == 2


async def test_the_control_sheet_tells_who_had_the_dossier(lan, province):
    code, _ = await _received()
    page = await see(lan, f"{at(code)}/phieu-kiem-soat")
    assert "Phiếu kiểm soát quá trình giải quyết hồ sơ" in page and code in page
    assert "1. Giao: " in page
    assert code in _pdf(await lan.get(f"{at(code)}/phieu-kiem-soat/pdf"))


async def test_the_register_of_the_month_and_of_other_days(lan, province):
    code, _ = await _received()
    page = await see(lan, REGISTER)
    assert code in page and "01/11/2026" in page and "23/11/2026" in page
    other = await see(lan, f"{REGISTER}?tu=2026-10-01&den=2026-10-31")
    assert code not in other and "Không có hồ sơ nào được tiếp nhận" in other
    printed = await see(lan, f"{REGISTER}/in?tu=2026-11-23&den=2026-11-23")
    assert code in printed and "từ 23/11/2026 đến 23/11/2026" in printed
    text = _pdf(await lan.get(f"{REGISTER}/pdf?tu=2026-11-23&den=2026-11-23"))
    assert "Tổng số: 1 hồ sơ." in text


async def test_days_that_are_none_are_asked_for_again(lan, province):
    for query in ("tu=hom-qua", "den=31/02/2026", "tu=2026-11-02&den=2026-11-01"):
        page = text_of(await lan.get(f"{REGISTER}?{query}"), 422)
        assert "Cần sửa" in page
        assert (await lan.get(f"{REGISTER}/pdf?{query}")).status_code == 422


async def test_officers_of_another_agency_find_nothing(lan, browse, province):
    code, asked = await _received()
    neighbour = await browse(province, await next_door())
    agency = await db.tenant.fetch_value("select agency_id from dossier where code = $1", code)
    assert await _closed(neighbour, code, asked)
    assert (await neighbour.get(f"{REGISTER}?co-quan={agency}")).status_code == 404
    assert (await neighbour.get(f"{REGISTER}/pdf?co-quan={agency}")).status_code == 404
    assert code not in await see(neighbour, REGISTER)
    administrator = await browse(province, await cast.officer(cast.THU))
    assert await _closed(administrator, code, asked)
    assert (await administrator.get(REGISTER)).status_code == 404


async def test_an_officer_of_another_province_finds_nothing(browse, province, neighbour):
    code, asked = await _received()
    outsider = await browse(neighbour, await cast.at(neighbour, cast.officer(cast.OUTSIDER)))
    assert await _closed(outsider, code, asked)
    assert code not in await see(outsider, REGISTER)


async def test_a_slip_of_another_dossier_is_not_found_under_this_one(lan, province):
    first, asked = await _received()
    second, _ = await _received()
    assert (await lan.get(f"{at(first)}/phieu/{asked}")).status_code == 200
    assert (await lan.get(f"{at(second)}/phieu/{asked}")).status_code == 404


async def _closed(browser, code, slip_id) -> bool:
    """Whether none of the dossier's papers opens for this reader."""
    before = await _trail("slip.reprint"), len(await slips_of(code))
    answers = [
        await browser.get(f"{at(code)}/{path}")
        for path in (
            f"phieu/{slip_id}", f"phieu/{slip_id}/pdf", "giay-tiep-nhan", "phieu-kiem-soat",
            "phieu-kiem-soat/pdf",
        )
    ]  # fmt: skip
    answers.append(await browser.post(f"{at(code)}/phieu/{slip_id}/in-lai"))
    answers.append(await browser.post(f"{at(code)}/cap-lai-giay", data={"reason": "x"}))
    assert (await _trail("slip.reprint"), len(await slips_of(code))) == before
    return [answer.status_code for answer in answers] == [404] * len(answers)
