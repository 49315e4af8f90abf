"""How a dossier stands, as its own citizen and as a stranger with its code reads it."""

import re
from datetime import timedelta

import pytest

from app.doors.portal.form_view import most_pages
from app.onestop.dossiers import service
from app.onestop.forms.source import form_named
from tenants import db
from tenants.work import work
from tests import cast
from tests.doors.browsing import MONDAY
from tests.doors.desk.pages import see, text_of
from tests.doors.portal.asking import asked, at_work, filed
from tests.onestop.dossiers import story

pytestmark = pytest.mark.usefixtures("monday")
LATER = MONDAY + timedelta(days=10)


async def to_pay(hung):
    """Money is asked for."""
    code = await at_work(hung)
    async with work():
        hoa = await cast.officer(cast.HOA)
        await service.ask_payment(hoa, code, None, pay_by=LATER, note="Lệ phí 8.000 đồng.")
    return code


async def paused(hung):
    """The clock stands still for an agency outside."""
    code = await at_work(hung)
    async with work():
        hoa = await cast.officer(cast.HOA)
        await service.pause(hoa, code, None, reason="outside_agency", note="Ghi chú nội bộ")
    return code


async def refused(hung):
    """Not received."""
    code = (await filed(hung)).code
    async with work():
        lan = await cast.officer(cast.LAN)
        await service.refuse(lan, code, None, reason_code="not_competent", reason="Nộp tại xã X")
    return code


async def stopped(hung):
    """Stopped on request."""
    code = await at_work(hung)
    async with work():
        await service.stop(await cast.officer(cast.MINH), code, None, reason="Đổi nhu cầu")
    return code


async def withdrawn(hung):
    """Taken back."""
    code = await at_work(hung)
    async with work():
        await service.withdraw(hung, code, None, reason="Nộp nhầm")
    return code


SAID = [
    (to_pay, ("Ông/bà cần thực hiện nghĩa vụ tài chính", "Nội dung: Lệ phí 8.000 đồng.",
              "sẽ dời vì đang tạm dừng")),
    (paused, ("Hồ sơ đang tạm dừng tính thời hạn", "chờ ý kiến của cơ quan, đơn vị khác",
              "Ông/bà chưa phải làm gì thêm", "sẽ dời vì đang tạm dừng")),
    (refused, ("Hồ sơ không được tiếp nhận", "không thuộc thẩm quyền giải quyết", "Nộp tại xã X",
               "Tải văn bản của cơ quan", "/thu-tuc/1.001193")),
    (stopped, ("Hồ sơ đã dừng giải quyết", "Lý do: Đổi nhu cầu.", "Tải văn bản của cơ quan",
               "Không còn hẹn, hồ sơ đã kết thúc")),
    (withdrawn, ("Hồ sơ đã được rút", "/thu-tuc/1.001193", "Không còn hẹn, hồ sơ đã kết thúc")),
]  # fmt: skip


@pytest.mark.parametrize(("stand", "words"), SAID)
async def test_the_citizens_page_says_what_it_means_and_what_to_do(browser, hung, stand, words):
    code = await stand(hung)
    text = await see(browser, f"/da-nop/{code}")
    for each in words:
        assert each in text, each
    for hidden in ("Ghi chú nội bộ", "Nguyễn Thị Lan", "Phạm Thị Hoa", "Lê Quang Minh"):
        assert hidden not in text


LISTED = [
    (asked, ("Bổ sung giấy tờ trước hết ngày 03/12/2026", "Sẽ hẹn lại")),
    (to_pay, ("Xem việc cần làm", "23/11/2026, sẽ dời")),
    (paused, ("Đang tạm dừng tính thời hạn", "23/11/2026, sẽ dời")),
    (refused, ("Không được tiếp nhận", '<td data-label="Hẹn trả">–</td>')),
    (withdrawn, ("Công dân yêu cầu rút hồ sơ", '<td data-label="Hẹn trả">–</td>')),
    (stopped, ("Dừng xử lý", '<td data-label="Hẹn trả">–</td>')),
]


@pytest.mark.parametrize(("stand", "words"), LISTED)
async def test_the_list_says_what_each_dossier_waits_for(browser, hung, stand, words):
    await stand(hung)
    text = await see(browser, "/ho-so-cua-toi")
    for each in words:
        assert each in text, each


FOLLOWED = [
    (asked, "Yêu cầu bổ sung giấy tờ", "Sẽ hẹn lại khi hồ sơ được bổ sung", "03/12/2026"),
    (to_pay, "Yêu cầu thực hiện nghĩa vụ tài chính", "sẽ dời vì đang tạm dừng", "nghĩa vụ tài"),
    (paused, "Đang xử lý", "23/11/2026", "chờ ý kiến của cơ quan"),
    (refused, "Không được tiếp nhận", "Không còn hẹn", "phiếu từ chối tiếp nhận"),
    (stopped, "Dừng xử lý", "Không còn hẹn", "thông báo dừng giải quyết"),
    (withdrawn, "Công dân yêu cầu rút hồ sơ", "Không còn hẹn", "nộp hồ sơ mới"),
]


@pytest.mark.parametrize(("stand", "status", "due", "more"), FOLLOWED)
async def test_a_stranger_reads_status_and_date_and_with_the_digits_what_it_means(
    browse, province, hung, stand, status, due, more
):
    code = await stand(hung)
    stranger = await browse(province)
    text = await see(stranger, f"/tra-cuu/{code}")
    main = text[text.index("<main") : text.index("</main")]
    assert status in main and due in main
    for secret in ("TRẦN", "Quy Nhơn", "/da-nop/", "khai sinh", "note-info", "chứng sinh"):
        assert secret not in main, secret
    known = text_of(await stranger.post(f"/tra-cuu/{code}", data={"so_cuoi": "0301"}))
    assert more in known[known.index("note-info") :]
    for secret in ("TRẦN VĂN HÙNG", "Ghi chú nội bộ", "Phạm Thị Hoa", "Nộp nhầm", "8.000"):
        assert secret not in known, secret


async def test_its_own_citizen_is_led_from_the_tracking_page_to_what_is_to_be_done(
    browse, province, browser, hung
):
    code = await asked(hung)
    link = f'href="/da-nop/{code}">Xem và bổ sung giấy tờ</a>'
    answer = await browser.get(f"/tra-cuu/{code}")
    assert link in answer.text and answer.headers["cache-control"] == "no-store"
    mai = await browse(province, await cast.citizen("Lê Thị Mai", "mai.le"))
    for other in (
        mai,
        await browse(province),
        await browse(province, await cast.officer("lan.nguyen")),
    ):
        assert f"/da-nop/{code}" not in await see(other, f"/tra-cuu/{code}")


async def test_who_is_signed_in_is_not_told_to_sign_in_for_the_result(browse, province, hung):
    code = (await filed(hung)).code
    await db.tenant.execute(
        "update dossier set status = 10, received_at = filed_at, delivered_at = filed_at,"
        " delivered_way = 'electronic'"
    )
    await db.tenant.execute("update paper set kind = 'result'")
    mai = await cast.citizen("Lê Thị Mai", "mai.le")
    said = {
        None: "đăng nhập</a> để tải kết quả",
        hung: "trang hồ sơ của ông/bà",
        mai: "bằng tài khoản đã nộp",
    }
    for who, words in said.items():
        reader = await browse(province, who)
        text = text_of(await reader.post(f"/tra-cuu/{code}", data={"so_cuoi": "0301"}))
        assert [each for each in said.values() if each in text] == [words]


@pytest.mark.parametrize("name", ["khai_sinh", "cap_phep_xay_dung", "chung"])
def test_the_number_of_pages_never_grows_with_what_is_answered(name):
    form = form_named(name)
    fields = {page.only_if.field: page.only_if.keys for page in form.pages if page.only_if}
    first = most_pages(form, {})
    answers = [{field: key} for field, keys in fields.items() for key in [*keys, "khac-han"]]
    assert all(most_pages(form, each) <= first for each in answers)


async def test_the_first_page_of_a_form_already_counts_all_of_them(browser):
    begun = await browser.post("/nop-ho-so/1.001193", data={"agency_id": str(await story.agency())})
    text = await see(browser, begun.headers["location"])
    assert re.search(r"Trang 1/5\b", text)
