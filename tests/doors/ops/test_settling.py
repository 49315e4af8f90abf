"""The vendor after a month is over: breaches, closing, sending, invoice, payment, papers."""

from datetime import UTC, date, datetime

import pytest

from billing import service
from billing.agreed import Penalty, Rounding, Sla, Vat
from infra import clock
from tests.billing.contracts import CLAUSE, MONTHS, TAX, contract, fixed
from tests.doors.ops.conftest import session
from tests.doors.ops.test_pages import see

DECEMBER_5 = datetime(2026, 12, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def december():
    with clock.frozen(DECEMBER_5):
        yield


@pytest.fixture
async def vendor(browse, operator_id):
    """The operator, signed in in December."""
    return browse(await session("vendor", operator_id))


async def test_a_month_goes_from_a_breach_to_the_payment_step_by_step(vendor, tenant):
    promise = Sla(code="restore", name="60", measure="restore_minutes", value=60, clause=CLAUSE)
    cost = Penalty(code="P", name="Chậm", sla="restore", rate_bp=100, cap_bp=900, clause=CLAUSE)
    vat = Vat(from_on=date(2026, 1, 1), treatment="added", rate_bp=800, clause=CLAUSE)
    credit = Rounding(what="credit", rule="down", clause=CLAUSE)
    terms = {"vat": [vat], "sla": [promise], "penalties": [cost]}
    await service.load(
        contract(
            tenant_slug=tenant.slug,
            lines=[fixed(36_000_000)],
            rounding=[MONTHS, TAX, credit],
            **terms,
        )
    )
    page = f"/bang-ke/{tenant.slug}/2026-11"
    assert "1% tiền cố định của tháng" in await see(vendor, f"/hop-dong/{tenant.slug}")
    breach = {"dieu_khoan": "P", "so_truong_hop": "2", "ly_do": "Biên bản số 3"}
    for wrong in ({"so_truong_hop": "x"}, {"dieu_khoan": ""}, {"ly_do": " "}):
        answer = await vendor.post(f"{page}/giam-tru", data={**breach, **wrong})
        assert answer.status_code == 409
    await vendor.post(f"{page}/giam-tru", data=breach)
    text = await see(vendor, page)
    assert "-20.000" in text and "Biên bản số 3" in text and "1.058.400 đồng" in text
    assert (await vendor.post(f"{page}/buoc", data={"buoc": "sent"})).status_code == 409
    await vendor.post(f"{page}/chot")
    assert (await vendor.post(f"{page}/giam-tru", data=breach)).status_code == 409
    for step in ("sent", "accepted", "invoiced", "paid"):
        assert f'name="buoc" value="{step}"' in await see(vendor, page)
        if step != "sent":
            empty = await vendor.post(f"{page}/buoc", data={"buoc": step})
            assert empty.status_code == 409 and "Vui lòng ghi số biên bản" in empty.text
        answer = await vendor.post(f"{page}/buoc", data={"buoc": step, "can_cu": f"Số {step}"})
        assert answer.status_code == 303
    text = await see(vendor, page)
    assert "Đã thanh toán" in text and 'name="buoc"' not in text
    draft = await vendor.get(f"{page}/tep/hoa-don.xml")
    assert b"<TgTTTBSo>1058400</TgTTTBSo>" in draft.content
    for name in ("bang-ke.pdf", "nghiem-thu.pdf", "de-nghi.pdf", "m1.pdf", "m2.pdf", "m3.pdf"):
        saved = await vendor.get(f"{page}/tep/{name}")
        assert saved.content[:4] == b"%PDF" and "attachment" in saved.headers["content-disposition"]
    assert (await vendor.get(f"{page}/tep/../x")).status_code == 404
