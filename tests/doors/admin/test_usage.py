"""The province reads the vendor's own figures, opens them, and accepts the statement."""

import json
from datetime import UTC, date, datetime

import pytest

from billing import collect, meter, recompute, service, settling
from infra import clock
from tenants import db
from tenants.work import work
from tests.billing.contracts import contract, counted, fixed
from tests.doors.desk.pages import see, went_to

HERE = "/quan-tri/su-dung"
OCTOBER = date(2026, 10, 1)
LATER = datetime(2026, 11, 5, 3, tzinfo=UTC)


@pytest.fixture
async def renting(province):
    """The province with a contract and two dossiers in October, the month closed and sent."""
    lines = [fixed(36_000_000), counted("dossier.received", 1500)]
    await service.load(contract(tenant_slug=province.slug, lines=lines))
    async with work():
        for n in range(2):
            at = datetime(2026, 10, 5, n, tzinfo=UTC)
            code = f"H08.16-261005-000{n}"
            await meter.count(
                f"dossier:{n}:received", "dossier.received", subject=code, occurred_at=at
            )
    await collect.collect()
    with clock.frozen(LATER):
        async with work():
            await service.close("Vận hành", province.id, OCTOBER)
        async with work():
            await settling.advance("Vận hành", "vendor", province.id, OCTOBER, "sent")
    return province


async def test_administrators_read_open_save_and_accept_the_same_digits(thu, renting, province):
    text = await see(thu, HERE)
    assert "Đã gửi bảng kê cho bên thuê" in text
    assert "Sử dụng và hợp đồng" in text and "1.500 đồng mỗi phần." in text
    page = f"{HERE}/2026-10"
    assert f'href="{page}"' in text
    text = await see(thu, page)
    assert "1.003.000 đồng" in text and "Một triệu không trăm linh ba nghìn đồng" in text
    behind = await see(thu, f"{page}/dossier-received")
    assert "dossier:1:received" in behind and "H08.16-261005-0001" in behind
    assert "36.000.000 đồng chia cho 36 tháng" in await see(thu, f"{page}/OSS")
    for name in ("bang-ke.pdf", "m4.pdf", "bang-ke.xlsx"):
        assert (await thu.get(f"{page}/tep/{name}")).content[:2] in (b"%P", b"PK")
    saved = await thu.get(f"{page}/tep/tinh-lai.json")
    assert f"tinh-lai-{province.slug}-2026-10.json" in saved.headers["content-disposition"]
    export = json.loads(saved.content)
    assert recompute.compare(export)[-1] == ("TOTAL", 1_003_000, 1_003_000)
    answer = await thu.post(f"{page}/nghiem-thu", data={"can_cu": "Số 12/BB"})
    text = await see(thu, went_to(answer))
    assert "Bên thuê đã nghiệm thu" in text and "Số 12/BB" in text and 'nghiem-thu"' not in text
    assert (await thu.post(f"{page}/nghiem-thu")).status_code == 409
    acts = await db.tenant.fetch("select act from trail where act = 'statement.accept'")
    assert len(acts) == 1


async def test_others_are_not_let_in_and_what_is_not_there_is_not_found(lan, thu, renting):
    for path in (HERE, f"{HERE}/2026-10", f"{HERE}/2026-10/OSS", f"{HERE}/2026-10/tep/bang-ke.pdf"):
        assert (await lan.get(path)).status_code == 403, path
    assert (await lan.post(f"{HERE}/2026-10/nghiem-thu")).status_code == 403
    for path in ("2026-13", "2026-10/KHONG", "2026-10/tep/khac.pdf", "2026-10/tep/a.exe"):
        assert (await thu.get(f"{HERE}/{path}")).status_code == 404, path
    assert (await thu.get(f"{HERE}/2026-10/tep/hoa-don.xml")).status_code == 409
    assert await settling.steps(renting.id, OCTOBER) != []


async def test_a_province_without_a_contract_is_told_so(thu, province):
    assert "Đơn vị này chưa có hợp đồng trong sổ." in await see(thu, HERE)
