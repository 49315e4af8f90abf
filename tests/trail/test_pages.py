"""The administrator's page about the trail: what is found, who may look, the paper to keep."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from app.trail import heads
from app.trail.jobs import check_trail, seal_trail
from infra import clock
from tenants import db
from tests.doors.browsing import MONDAY, browse, hoa, lan, thu
from tests.doors.desk.pages import at, see
from tests.doors.desk.test_lists import laid_down

__all__ = ["browse", "hoa", "lan", "thu"]
HERE = "/quan-tri/nhat-ky"


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(MONDAY):
        yield


async def test_an_administrator_finds_who_did_and_who_read_what(lan, thu, province):
    code = (await laid_down()).code
    await see(lan, at(code))
    page = await see(thu, f"{HERE}?ho-so={code}")
    assert (
        "Xem hồ sơ" in page
        and '127.0.0.1<span class="sub">cổng' in page
        and "Chờ niêm phong" in page
    )
    assert "Nguyễn Thị Lan" in page and "Chưa có niêm phong" in page
    read = await see(thu, f"{HERE}?viec=xem&nguoi=lan.nguyen&tu=23/11/2026&den=23/11/2026")
    assert "Xem hồ sơ" in read and "Tiếp nhận" not in read.split("<tbody>")[1]
    assert "Không có dòng" in await see(thu, f"{HERE}?nguoi=khong_co_ai")
    assert "Không có dòng" in await see(thu, f"{HERE}?ho-so=H00.00000-000000-0000")
    assert (await thu.get(f"{HERE}?tu=hom+qua")).status_code == 422
    assert "Xem nhật ký" in await see(thu, f"{HERE}?viec=xem")
    first = await db.tenant.fetch_value("select id from trail order by at desc, id desc limit 1")
    assert "Trang trước" in await see(thu, f"{HERE}?sau={first}")


async def test_the_seal_can_be_printed_and_the_nights_check_is_shown(lan, thu, province):
    await laid_down()
    assert (await thu.get(f"{HERE}/giay-xac-nhan")).status_code == 404
    while await seal_trail():
        pass
    await check_trail()
    assert "Nguyên vẹn" in await see(thu, HERE)
    answer = await thu.get(f"{HERE}/giay-xac-nhan")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    digest = (await heads.head()).digest.hex()
    assert digest in text.replace(" ", "").replace("\n", "")
    assert "nguyên vẹn" in " ".join(text.split())
    for path in (HERE, f"{HERE}/giay-xac-nhan"):
        assert (await lan.get(path)).status_code == 403
