"""Form 01 as it is issued, frozen, and printed."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from pypdf import PdfReader

from app.doors import render
from app.onestop.codes.rules import read
from app.onestop.dossiers.service.intake import intake
from app.onestop.slips import rules
from app.onestop.slips.queries import slip_view, view_of
from app.onestop.slips.shapes import Receipt, Slip, SlipPaper, SlipPerson, SlipView
from infra.clock import frozen
from tenants import db
from tenants.shapes import Tenant
from tenants.work import work
from tests.cast import LAN, at, officer
from tests.onestop.dossiers.story import on_paper

FRIDAY_EVENING = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)  # 19:05 in Vietnam
PRINT_CSS = Path(__file__).parents[3] / "app/doors/static/css/print.css"


async def _receive() -> str:
    form = on_paper(phone="0905000301", address="25 Nguyễn Huệ")
    async with work():
        return (await intake(await officer(LAN), form)).code


async def _view(code: str) -> SlipView:
    view = await slip_view(code)
    assert view is not None
    return view


async def test_reception_issues_form_01_with_what_was_given(province: Tenant) -> None:
    with frozen(FRIDAY_EVENING):
        code = await _receive()
    slip = (await _view(code)).slip
    content = slip.content
    assert (slip.form, slip.template) == ("01", "desk/slip_01.html")
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


async def test_a_slip_stays_as_it_was_when_the_dossier_changes(province: Tenant) -> None:
    code = await _receive()
    before = await _view(code)
    await db.tenant.execute("update dossier set applicant_name = 'Người khác', due_at = null")
    await db.tenant.execute("update agency set name = 'Cơ quan khác'")
    assert await _view(code) == before


async def test_nobody_changes_an_issued_slip(province: Tenant) -> None:
    await _receive()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.tenant.execute("update slip set form = '02'")


async def test_an_unknown_code_has_no_slip(province: Tenant) -> None:
    assert await slip_view("H08.21583-261120-9999") is None


async def test_the_neighbour_has_no_slip_for_our_code(province: Tenant, neighbour: Tenant) -> None:
    code = await _receive()
    assert await at(neighbour, slip_view(code)) is None


def _made(papers: int = 4, **changes: object) -> SlipView:
    code = "H08.21583-261120-0007"
    rows = [
        SlipPaper(name=f"Giấy tờ thứ {number} trong hồ sơ", form="Bản sao", quantity=1)
        for number in range(1, papers + 1)
    ]
    content = {
        "agency": "Ủy ban nhân dân phường Quy Nhơn", "desk": "Bộ phận Tiếp nhận và Trả kết quả",
        "place": "Bình Định", "code": code, "number": "0784047105783542611200000709",
        "tracking_url": f"http://binhdinh.localhost:8080/tra-cuu?ma={code}",
        "officer": "Nguyễn Thị Lan", "applicant": SlipPerson(name="Trần Văn Hùng"),
        "request": "Đăng ký khai sinh: Trần Bảo An", "papers": rows, "sets": 1,
        "limit": "05 ngày làm việc", "received_at": FRIDAY_EVENING,
        "due_at": datetime(2026, 11, 27, 10, 0, tzinfo=UTC), "return_at": "quầy số 3",
        "fees": ["lệ phí 8.000 đồng"], "explanation": [], "hotline": "0256 1022 000",
    }  # fmt: skip
    slip = Slip(
        id=uuid4(), dossier_id=uuid4(), form="01", form_version=rules.RECEIPT_VERSION,
        template="desk/slip_01.html", issued_at=FRIDAY_EVENING,
        content=Receipt(**{**content, **changes}),
    )  # fmt: skip
    return view_of(slip)


def test_the_page_bears_what_the_circular_asks_in_two_copies() -> None:
    page = render.html("desk/slip_01.html", shown=_made())
    for text in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Liên: Giao người nộp hồ sơ",
        "Liên: Lưu",
        "4. Thời gian nhận hồ sơ: 19 giờ 05 phút, ngày 20/11/2026.",
        "17 giờ 00 phút, ngày 27/11/2026",
        "7. Phí, lệ phí: lệ phí 8.000 đồng.",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ):
        assert text in page
    assert page.count('class="qr"') == 4
    assert page.count('class="code128"') == 2


def test_a_name_cannot_write_on_the_page() -> None:
    person = SlipPerson(name="<script>alert(1)</script>")
    page = render.html("desk/slip_01.html", shown=_made(applicant=person))
    assert "<script>alert" not in page


@pytest.mark.parametrize("papers", [0, 4])
def test_each_copy_is_one_page_of_a5(papers: int, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here to print with")
    page = render.html("desk/slip_01.html", shown=_made(papers))
    page = re.sub(r'<link rel="stylesheet"[^>]*>', f"<style>{PRINT_CSS.read_text()}</style>", page)
    (tmp_path / "slip.html").write_text(re.sub(r"<script.*?</script>", "", page))
    subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={tmp_path}/profile", f"--print-to-pdf={tmp_path}/slip.pdf",
            f"file://{tmp_path}/slip.html",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    printed = PdfReader(BytesIO((tmp_path / "slip.pdf").read_bytes()))
    sizes = [
        (round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in printed.pages
    ]
    assert sizes == [(420, 595)] * 2


def test_the_desk_of_a_centre_is_the_centre_itself() -> None:
    centre = "Trung tâm Phục vụ hành chính công tỉnh Bình Định"
    assert rules.desk_name(centre) == centre
    assert rules.return_place("counter", centre) == centre
    assert "bưu chính công ích" in rules.return_place("postal", centre)


def test_a_phone_is_written_in_groups() -> None:
    assert rules.phone_text("+84905000301") == "0905 000 301"
    assert rules.phone_text(None) == ""
