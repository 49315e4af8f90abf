"""Slips as they are issued: frozen, numbered, registered, replaced."""

from datetime import UTC, datetime

import asyncpg
import pytest

from app.onestop.codes.rules import read
from app.onestop.dossiers.service.intake import intake
from app.onestop.slips import rules, service
from app.onestop.slips.queries import slip_of, slip_view, slips_of
from app.onestop.slips.refusals import NothingAsked, ReasonNeeded, UnknownReason
from app.onestop.slips.shapes import (
    Apology,
    Receipt,
    RefusalSlip,
    Slip,
    StopNotice,
    SupplementItem,
    SupplementRequest,
)
from app.refusals import NotAllowed
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests.cast import HOA, LAN, MINH, at, officer
from tests.onestop.dossiers.story import on_paper

FRIDAY_EVENING = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)  # 19:05 in Vietnam


async def _receive() -> str:
    form = on_paper(phone="0905000301", address="25 Nguyễn Huệ")
    async with work():
        return (await intake(await officer(LAN), form)).code


class Known:
    """A dossier known by its row."""

    def __init__(self, id):
        self.id = id


async def _dossier(code: str) -> Known:
    return Known(await db.tenant.fetch_value("select id from dossier where code = $1", code))


async def _receipt(code: str) -> Slip:
    view = await slip_view(code)
    assert view is not None and view.slip is not None
    return view.slip


async def _slip(code: str, slip_id: object) -> Slip:
    found = await slip_of(code, slip_id)
    assert found is not None
    return found


async def test_reception_issues_form_01_with_what_was_given(province: Tenant) -> None:
    with frozen(FRIDAY_EVENING):
        code = await _receive()
    slip = await _receipt(code)
    content = slip.content
    assert isinstance(content, Receipt)
    assert (slip.form, slip.form_version, slip.number) == ("01", "TT03-2025.1", None)
    assert content.agency == "Ủy ban nhân dân phường Quy Nhơn"
    assert content.desk == "Bộ phận Tiếp nhận và Trả kết quả"
    assert content.applicant.name == "Bùi Thị Ngọc"
    assert content.applicant.phone == "0905 000 301"
    assert [(paper.form, paper.quantity) for paper in content.papers] == [
        ("Bản chính", 1),
        ("Bản sao", 2),
    ]
    assert content.received_at == FRIDAY_EVENING
    assert content.due_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert content.tracking_url.endswith(f"/tra-cuu?ma={code}")
    assert read(content.number) == code
    assert content.explanation[0].startswith("Tiếp nhận lúc 19 giờ 05 phút, thứ Sáu 20/11/2026")
    assert (content.register_year, content.register_number) == (2026, 1)


async def test_a_slip_stays_as_it_was_when_the_dossier_changes(province: Tenant) -> None:
    code = await _receive()
    before = await slip_view(code)
    await db.tenant.execute("update dossier set applicant_name = 'Người khác', due_at = now()")
    await db.tenant.execute("update agency set name = 'Cơ quan khác'")
    assert await slip_view(code) == before


async def test_nobody_changes_an_issued_slip_or_a_line_of_the_register(province: Tenant) -> None:
    await _receive()
    for change in (
        "update slip set form = '02'",
        "delete from slip",
        "update register_entry set number = 5",
        "delete from register_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.tenant.execute(change)


async def test_an_unknown_code_has_no_slip(province: Tenant) -> None:
    assert await slip_view("H08.21583-261120-9999") is None
    assert await slips_of("H08.21583-261120-9999") == []


async def test_the_neighbour_has_no_slip_for_our_code(province: Tenant, neighbour: Tenant) -> None:
    code = await _receive()
    assert await at(neighbour, slip_view(code)) is None
    assert await at(neighbour, slips_of(code)) == []


async def test_a_request_for_more_says_what_why_and_until_when(province: Tenant) -> None:
    code = await _receive()
    items = [
        SupplementItem(name=" Giấy chứng sinh ", form="original", reason_code="missing"),
        SupplementItem(name="Tờ khai", note="Ghi đủ mục 5"),
    ]
    async with work():
        slip_id = await service.issue_supplement_request(
            await officer(LAN), await _dossier(code), items=items, reply_by=FRIDAY_EVENING
        )
    slip = await _slip(code, slip_id)
    content = slip.content
    assert isinstance(content, SupplementRequest)
    assert slip.number == 1
    assert (content.items[0].name, content.items[0].form) == ("Giấy chứng sinh", "Bản chính")
    assert content.items[0].reason.startswith("Thiếu giấy tờ")
    assert "118/2025/NĐ-CP" in content.items[0].article
    assert (content.items[1].reason, content.items[1].note) == ("", "Ghi đủ mục 5")
    assert content.reply_by is not None and content.reply_by.isoformat() == "2026-11-20"


async def test_a_request_needs_an_item_and_a_reason_of_today(province: Tenant) -> None:
    code = await _receive()
    lan, dossier = await officer(LAN), await _dossier(code)
    wrong = [SupplementItem(name="Tờ khai", reason_code="no_such")]
    async with work():
        with pytest.raises(NothingAsked):
            await service.issue_supplement_request(lan, dossier, items=[], reply_by=None)
        with pytest.raises(UnknownReason):
            await service.issue_supplement_request(lan, dossier, items=wrong, reply_by=None)


async def test_a_refusal_gives_the_coded_reason_in_words(province: Tenant) -> None:
    code = await _receive()
    lan, dossier = await officer(LAN), await _dossier(code)
    async with work():
        slip_id = await service.issue_refusal(
            lan, dossier, reason_code="not_competent", reason="Nộp tại Sở Xây dựng"
        )
        with pytest.raises(UnknownReason):
            await service.issue_refusal(lan, dossier, reason_code="missing", reason="x")
        with pytest.raises(ReasonNeeded):
            await service.issue_refusal(lan, dossier, reason_code="other", reason=" ")
    content = (await _slip(code, slip_id)).content
    assert isinstance(content, RefusalSlip)
    assert content.reason.startswith("Thủ tục không thuộc thẩm quyền")
    assert content.detail == "Nộp tại Sở Xây dựng"


async def test_an_apology_names_both_days_and_its_leader(province: Tenant) -> None:
    code = await _receive()
    later = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    for name, signer in ((MINH, "Lê Quang Minh"), (HOA, "")):
        async with work():
            slip_id = await service.issue_apology(
                await officer(name), await _dossier(code),
                old_due_at=FRIDAY_EVENING, new_due_at=later, reason="Phải xác minh",
            )  # fmt: skip
        content = (await _slip(code, slip_id)).content
        assert isinstance(content, Apology)
        assert (content.old_due_at, content.new_due_at) == (FRIDAY_EVENING, later)
        assert bool(content.signer) == bool(signer)


async def test_a_stop_says_who_asked_and_at_what_stage(province: Tenant) -> None:
    code = await _receive()
    async with work():
        slip_id = await service.issue_stop(
            await officer(LAN), await _dossier(code),
            reason="Đổi nhu cầu", requested_by="Bùi Thị Ngọc", stage="Đang thẩm định",
        )  # fmt: skip
    content = (await _slip(code, slip_id)).content
    assert isinstance(content, StopNotice)
    assert (content.requested_by, content.stage) == ("Bùi Thị Ngọc", "Đang thẩm định")


async def test_each_form_counts_its_own_numbers_through_the_year(province: Tenant) -> None:
    code = await _receive()
    lan, dossier = await officer(LAN), await _dossier(code)
    item = [SupplementItem(name="Tờ khai")]

    async def ask() -> int | None:
        async with work():
            slip_id = await service.issue_supplement_request(
                lan, dossier, items=item, reply_by=None
            )
        return (await _slip(code, slip_id)).number

    async with work():
        await service.issue_refusal(lan, dossier, reason_code="not_competent")
    assert [await ask(), await ask()] == [1, 2]
    # New Year in Vietnam comes seven hours before it does in UTC.
    with frozen(datetime(2027, 12, 31, 16, 59, tzinfo=UTC)):
        assert await ask() == 1
    with frozen(datetime(2027, 12, 31, 17, 1, tzinfo=UTC)):
        assert await ask() == 1
    numbers = [line.number for line in await slips_of(code) if line.form == "02"]
    assert sorted(numbers) == ["01/HDHS", "01/HDHS", "01/HDHS", "02/HDHS"]


async def test_a_replaced_receipt_stays_and_says_so(province: Tenant) -> None:
    code = await _receive()
    first = await _receipt(code)
    await db.tenant.execute("update dossier set applicant_name = 'Bùi Thị Ngọc Anh'")
    async with work():
        await service.replace_receipt(await officer(LAN), await _dossier(code), "Ghi sai tên")
    second, old = await _receipt(code), await _slip(code, first.id)
    assert second.id != first.id
    assert second.content.applicant.name == "Bùi Thị Ngọc Anh"
    assert old.content == first.content
    assert (old.replaced_at, old.replaced_why) == (second.issued_at, "Ghi sai tên")
    assert second.replaced_at is None
    assert isinstance(second.content, Receipt)
    assert second.content.replaces_at == first.issued_at
    assert second.content.register_number == 1
    assert [line.replaced for line in await slips_of(code)] == [False, True]


async def test_a_receipt_is_replaced_by_the_desk_and_for_a_reason(province: Tenant) -> None:
    code = await _receive()
    with pytest.raises(ReasonNeeded):
        async with work():
            await service.replace_receipt(await officer(LAN), await _dossier(code), "  ")
    with pytest.raises(NotAllowed):
        async with work():
            await service.replace_receipt(await officer(HOA), await _dossier(code), "Sai tên")
    assert len(await slips_of(code)) == 1


async def test_every_act_on_slips_is_in_the_trail(province: Tenant) -> None:
    code = await _receive()
    lan, dossier = await officer(LAN), await _dossier(code)
    async with work():
        await service.issue_supplement_request(
            lan, dossier, items=[SupplementItem(name="Tờ khai")], reply_by=None
        )
        await service.replace_receipt(lan, dossier, "Ghi sai tên")
        await service.reprinted(lan, (await _receipt(code)).id)
    rows = await db.tenant.fetch("select act, basis from trail where act like 'slip.%' order by at")
    assert [row["act"] for row in rows] == [
        "slip.issue", "slip.ask_supplement", "slip.issue", "slip.replace", "slip.reprint",
    ]  # fmt: skip
    assert rows[1]["basis"].endswith("mẫu số 02")
    assert all(row["act"] in rules.ACT_TITLES for row in rows)


def test_the_desk_of_a_centre_is_the_centre_itself() -> None:
    centre = "Trung tâm Phục vụ hành chính công tỉnh Bình Định"
    assert rules.desk_name(centre) == centre
    assert rules.return_place("counter", centre) == centre
    assert "bưu chính công ích" in rules.return_place("postal", centre)


def test_a_phone_is_written_in_groups() -> None:
    assert rules.phone_text("+84905000301") == "0905 000 301"
    assert rules.phone_text(None) == ""
