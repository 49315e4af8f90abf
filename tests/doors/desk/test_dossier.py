"""The page of one dossier and every act on it, as Lan, Hoa and Minh do them."""

import re
from datetime import timedelta

import pytest

from app.onestop.dossiers import service
from infra import clock
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import at, hidden, press, see, text_of, went_to
from tests.doors.desk.strangers import next_door
from tests.doors.desk.test_lists import laid_down, passed_on
from tests.onestop.dossiers.story import submitted
from tests.storage.samples import pdf


async def status_of(code):
    return await db.tenant.fetch_value("select status from dossier where code = $1", code)


async def test_the_page_shows_applicant_answers_papers_and_the_way_ahead(lan, province):
    dossier = await submitted(await cast.citizen())
    text = await see(lan, at(dossier.code))
    for words in (
        "Mới đăng ký", "TRẦN VĂN HÙNG", "0905 000 301", "giay-chung-sinh.pdf", "/giay-to/",
        "Người được khai sinh", "Nộp hồ sơ trực tuyến", "Trả Giấy khai sinh",
        "09*****301", "Nhật ký hồ sơ",
    ):  # fmt: skip
        assert words in text, words


async def test_bytes_that_are_no_text_are_told_so(lan, province):
    here = f"{at((await submitted(await cast.citizen())).code)}/tiep-nhan"
    said = b'--x\r\nContent-Disposition: form-data; name="note"\r\n%b\r\n%b\r\n--x--'
    for kind, raw in ((b"", b"\xff"), (b"Content-Type: text/plain; charset=none\r\n", b"a")):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        answer = await lan.post(here, content=said % (kind, raw), headers=headers)
        assert answer.status_code == 422
        assert "không đọc được" in answer.text


async def test_the_whole_way_from_the_desk_to_the_delivery_by_the_pages_alone(
    lan, hoa, minh, province
):
    code = (await submitted(await cast.citizen())).code
    here = at(code)
    assert went_to(await press(lan, here, "tiep-nhan")) == f"{here}?xong=tiep-nhan"
    received = await see(lan, f"{here}?xong=tiep-nhan")
    assert "Đã tiếp nhận hồ sơ." in received and "In giấy tiếp nhận" in received
    assert "Vì sao hẹn ngày này" in received and "Giải quyết trong ngày làm việc." in received
    assert went_to(await press(lan, here, "chuyen")) == f"{here}?xong=chuyen"
    await press(hoa, here, "tham-dinh", note="Đủ điều kiện đăng ký.")
    assert "Đủ điều kiện đăng ký." in await see(minh, here)
    await press(minh, here, "phe-duyet")
    page = await see(lan, here)
    sent = {"version": hidden(page, "version")}
    file = {"result": ("giay-khai-sinh.pdf", pdf(), "application/pdf")}
    attached = await lan.post(f"{here}/ket-qua", data=sent, files=file)
    assert went_to(attached) == f"{here}?xong=ket-qua"
    assert "giay-khai-sinh.pdf" in await see(lan, here)
    await press(lan, here, "hoan-thanh")
    assert "Người nộp được báo tin đến nhận." in await see(lan, f"{here}?xong=hoan-thanh")
    await press(lan, here, "tra-ket-qua", way="electronic")
    done = await see(lan, here)
    assert "Đã trả kết quả" in done and "Hồ sơ không chờ ông/bà xử lý." in done
    assert await status_of(code) == 10


async def test_what_was_done_is_said_to_who_did_it_and_only_just_then(lan, hoa, browse, province):
    code = (await passed_on()).code
    address, words = f"{at(code)}?xong=chuyen", "Đã chuyển hồ sơ đến bộ phận chuyên môn."
    assert words in await see(lan, address)
    assert words not in await see(hoa, address)
    with clock.frozen(MONDAY + timedelta(minutes=10)):
        again = await browse(province, await cast.officer(cast.LAN))
        assert words not in await see(again, address)


async def test_only_the_buttons_open_to_the_person_are_there(lan, hoa, minh, province):
    code = (await passed_on()).code
    # Lan has just passed it on and may take it back; nothing else is hers now.
    assert re.findall('formaction="[^"]*/([^"/]+)"', await see(lan, at(code))) == ["rut-lai"]
    assert "formaction" not in await see(minh, at(code))
    assert f'formaction="{at(code)}/tham-dinh"' in await see(hoa, at(code))


@pytest.mark.asvs("8.3.1", "2.2.2")
async def test_a_button_that_is_not_there_does_nothing_when_pressed_all_the_same(hoa, province):
    code = (await laid_down()).code
    answer = await hoa.post(f"{at(code)}/chuyen", data={"version": "1"})
    assert "Ông/bà chưa được giao nhiệm vụ này." in text_of(answer, 403)
    assert await status_of(code) == 2


async def test_who_comes_second_is_told_who_was_first_and_keeps_what_was_typed(hoa, minh, province):
    code = (await passed_on()).code
    old = hidden(await see(hoa, at(code)), "version")
    async with work():
        officer = await cast.officer(cast.HOA)
        await service.process(officer, code, None, "Ý kiến của người đến trước")
    sent = {"version": old, "note": "Ý kiến của người đến sau <b>"}
    text = text_of(await hoa.post(f"{at(code)}/tham-dinh", data=sent), 409)
    assert "chính ông/bà đã thực hiện “Thẩm định xong, trình lãnh đạo” lúc 09:30" in text
    assert "Nội dung ông/bà vừa nhập, chưa được ghi" in text
    assert "Ý kiến của người đến sau <b>" in text
    version = await db.tenant.fetch_value("select version from dossier where code = $1", code)
    assert str(version) == str(int(old) + 1)
    stale = {"version": old, "note": "Trả lại để bổ sung họ tên mẹ."}
    text = text_of(await minh.post(f"{at(code)}/tra-lai", data=stale), 409)
    assert "Phạm Thị Hoa đã thực hiện “Thẩm định xong, trình lãnh đạo” lúc 09:30" in text
    # Minh may still decide: the opinion stands in the box again, the version is the new one.
    assert "Trả lại để bổ sung họ tên mẹ.</textarea>" in text
    assert hidden(text, "version") == str(version)


async def test_the_form_for_more_papers_says_until_when_they_may_be_asked_for(hoa, province):
    code = (await passed_on()).code
    # Received on Monday; Tuesday is a day off, so the third working day is Friday.
    assert "chậm nhất hết ngày 27/11/2026" in await see(hoa, at(code))


async def test_sending_back_needs_a_reason(hoa, minh, province):
    code = (await passed_on()).code
    await press(hoa, at(code), "tham-dinh")
    text = text_of(await press(minh, at(code), "tra-lai", note="  "), 422)
    assert "Ghi rõ lý do trả lại" in text and 'aria-invalid="true"' in text
    sent = await press(minh, at(code), "tra-lai", note="Thiếu chữ ký của người nộp.")
    assert went_to(sent).endswith("?xong=tra-lai")
    assert "Thiếu chữ ký của người nộp." in await see(hoa, at(code))


async def test_an_opinion_too_long_comes_back_whole(hoa, province):
    code = (await passed_on()).code
    long = "Ý kiến thẩm định " * 200
    text = text_of(await press(hoa, at(code), "tham-dinh", note=long), 422)
    assert "Rút gọn ý kiến còn tối đa 2000 ký tự." in text and long.strip() in text
    assert await status_of(code) == 4


async def test_the_desk_chooses_among_specialists_and_not_among_strangers(lan, province):
    code = (await laid_down()).code
    assert "Theo quy trình của thủ tục" in await see(lan, at(code))
    stranger = await next_door("specialist")
    sent = await press(lan, at(code), "chuyen", post_id=str(stranger.posts[0].id))
    assert "Chọn chức danh nhận hồ sơ trong danh sách." in text_of(sent, 422)
    assert await status_of(code) == 2


async def at_the_last_step(**choices):
    """A dossier approved, waiting for its result."""
    code = (await passed_on(**choices)).code
    async with work():
        await service.process(await cast.officer(cast.HOA), code, None, None)
    async with work():
        await service.approve(await cast.officer(cast.MINH), code, None, None)
    return code


async def test_finishing_without_a_file_asks_whether_the_result_is_on_paper(lan, province):
    code = await at_the_last_step()
    text = text_of(await press(lan, at(code), "hoan-thanh"), 409)
    assert "Chưa có tệp kết quả." in text
    sent = await press(lan, at(code), "hoan-thanh", on_paper="co")
    assert went_to(sent).endswith("?xong=hoan-thanh")
    text = text_of(await press(lan, at(code), "tra-ket-qua", way="electronic"), 422)
    assert "Kết quả chỉ có bản giấy" in text
    assert went_to(await press(lan, at(code), "tra-ket-qua", way="counter"))


async def attach(browser, code, *file, version=None):
    page = await see(browser, at(code))
    sent = {"version": version or hidden(page, "version")}
    files = {"result": file} if file else {"result": ("", b"", "application/octet-stream")}
    return await browser.post(f"{at(code)}/ket-qua", data=sent, files=files)


async def test_a_result_that_is_no_pdf_is_refused_beside_its_box(lan, province):
    code = await at_the_last_step()
    none = text_of(await attach(lan, code), 422)
    assert "Chọn tệp PDF của kết quả rồi bấm Đính kèm kết quả." in none
    empty = text_of(await attach(lan, code, "kq.pdf", b"", "application/pdf"), 422)
    assert "Tệp trống" in empty and 'id="result-loi"' in empty
    lie = text_of(await attach(lan, code, "kq.pdf", b"MZ\x90\x00" * 50, "application/pdf"), 422)
    assert 'id="result-loi"' in lie
    assert await db.tenant.fetch_value("select count(*) from paper where kind = 'result'") == 0


async def test_a_wrong_result_is_taken_away_before_the_citizen_is_told(lan, province):
    code = await at_the_last_step()
    assert went_to(await attach(lan, code, "sai.pdf", pdf(), "application/pdf"))
    page = await see(lan, at(code))
    drop = page[page.index("go-ket-qua/") :].partition('"')[0]
    assert went_to(await lan.post(f"{at(code)}/{drop}")).endswith("?xong=go-ket-qua")
    assert "sai.pdf" not in await see(lan, at(code))
    await attach(lan, code, "dung.pdf", pdf(), "application/pdf")
    page = await see(lan, at(code))
    kept = page[page.index("go-ket-qua/") :].partition('"')[0]
    await press(lan, at(code), "hoan-thanh")
    assert (await lan.post(f"{at(code)}/{kept}")).status_code == 409
    assert "dung.pdf" in await see(lan, at(code))


async def test_attaching_from_an_old_page_stores_nothing(lan, province):
    code = await at_the_last_step()
    text = text_of(await attach(lan, code, "kq.pdf", pdf(), "application/pdf", version="1"), 409)
    assert "Lê Quang Minh đã thực hiện “Phê duyệt kết quả”" in text
    assert await db.tenant.fetch_value("select count(*) from stored_object") == 0


async def test_a_message_that_failed_says_why_and_goes_out_once_more(lan, province):
    code = (await laid_down()).code
    await db.tenant.execute("update notice set state = 'failed', error = 'Số không liên lạc được.'")
    page = await see(lan, at(code))
    assert "Số không liên lạc được." in page and "Gửi lại" in page
    again = page[page.index("gui-lai/") :].partition('"')[0]
    assert went_to(await lan.post(f"{at(code)}/{again}")).endswith("?xong=gui-lai")
    states = [row["state"] for row in await db.tenant.fetch("select state from notice")]
    assert "pending" in states


async def test_a_message_of_another_dossier_is_not_sent_from_this_page(lan, province):
    mine, other = await laid_down(), await laid_down(full_name="Người Khác")
    await db.tenant.execute("update notice set state = 'failed'")
    strange = await db.tenant.fetch_value("select id from notice where dossier_id = $1", other.id)
    assert (await lan.post(f"{at(mine.code)}/gui-lai/{strange}")).status_code == 404


async def test_the_receipt_is_printed_with_both_its_codes(lan, province):
    code = (await laid_down(full_name="Bùi Thị Ngọc")).code
    text = await see(lan, f"{at(code)}/giay-tiep-nhan")
    assert code in text and "Bùi Thị Ngọc" in text
    assert 'class="qr"' in text and 'class="code128"' in text
    assert "data-print-now" not in text
    assert "data-print-now" in await see(lan, f"{at(code)}/giay-tiep-nhan?in=1")


async def test_there_is_no_receipt_before_the_reception(lan, province):
    code = (await submitted(await cast.citizen())).code
    await see(lan, f"{at(code)}/giay-tiep-nhan", 404)


ACTS = (
    "tiep-nhan", "chuyen", "tham-dinh", "phe-duyet", "tra-lai", "hoan-thanh", "tra-ket-qua",
)  # fmt: skip


@pytest.mark.asvs("8.2.2")
async def test_an_officer_next_door_finds_nothing_and_does_nothing(browse, province):
    dossier = await submitted(await cast.citizen())
    for kind in ("reception", "specialist", "leader"):
        await _finds_nothing(await browse(province, await next_door(kind)), dossier.code)
    assert await status_of(dossier.code) == 1


async def test_an_administrator_handles_no_dossier(thu, province):
    dossier = await submitted(await cast.citizen())
    await _finds_nothing(thu, dossier.code)


async def test_an_officer_of_the_neighbouring_province_finds_nothing(browse, province, neighbour):
    dossier = await submitted(await cast.citizen())
    mai = await cast.at(neighbour, cast.officer(cast.OUTSIDER))
    await _finds_nothing(await browse(neighbour, mai), dossier.code)
    assert await status_of(dossier.code) == 1


async def _finds_nothing(browser, code):
    await see(browser, at(code), 404)
    await see(browser, f"{at(code)}/giay-tiep-nhan", 404)
    for act in ACTS:
        answer = await browser.post(f"{at(code)}/{act}", data={"version": "1", "note": "x"})
        assert answer.status_code == 404, act
    file = {"result": ("kq.pdf", pdf(), "application/pdf")}
    answer = await browser.post(f"{at(code)}/ket-qua", data={"version": "1"}, files=file)
    assert answer.status_code == 404
