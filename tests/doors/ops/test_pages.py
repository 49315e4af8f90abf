"""What the vendor sees of its customers: figures, clauses, facts, and never a dossier."""

from datetime import UTC, datetime

import pytest

from billing import collect, meter, rebuild, service
from billing.months import shifted
from infra import clock
from tenants import db
from tenants.work import work
from tests.billing.contracts import contract, term
from tests.doors.ops.conftest import session

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
DECEMBER_5 = datetime(2026, 12, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(NOW):
        yield


async def see(vendor, address, status=200):
    answer = await vendor.get(address)
    assert answer.status_code == status, answer.text
    return unescaped(" ".join(answer.text.split()))


async def test_the_list_of_tenants_shows_host_status_and_this_months_counts(vendor, renting):
    text = await see(vendor, "/")
    row = text[text.index(renting.host) - 200 : text.index(f'href="/hop-dong/{renting.slug}"')]
    assert renting.site.name in row
    assert "Đang hoạt động" in row
    assert 'data-label="Hồ sơ tiếp nhận" class="right num">3<' in row
    assert "2,4 MB" in row and "hết ngày 21/11/2026" in row


async def test_the_contract_page_quotes_every_clause_beside_its_rule(vendor, tenant):
    found = next(found for found in service.shipped() if found.id == "LC-2021")
    await service.load(contract(**{**fields(found), "tenant_slug": tenant.slug}))
    text = await see(vendor, f"/hop-dong/{tenant.slug}")
    for line in found.lines:
        assert line.clause.quote in text and line.name in text
    for duty in found.obligations:
        assert duty.quote in text and duty.rule in text
    assert "Trọn gói 5.251.786.000 đồng cho cả thời hạn, chia đều cho 36 tháng." in text
    assert "Đếm theo phần tin nhắn, không thu thêm." in text
    assert "36 tháng, từ 01/03/2024 đến hết 28/02/2027" in text
    assert text.count(f'href="/bang-ke/{tenant.slug}/20') == 33


async def test_the_statement_shows_amounts_in_dong_included_lines_at_zero_and_the_clause(
    vendor, renting
):
    text = await see(vendor, f"/bang-ke/{renting.slug}/2026-11")
    assert "100.000.000 đồng" in text
    assert "Bằng chữ: Một trăm triệu đồng." in text
    assert text.count("Không thu thêm.") == 3
    assert text.count("Chi phí thuê dịch vụ trọn gói.") == 4
    # 2,500,000 byte-days over the 21 days of November that are over.
    assert "116,3 KB" in text and "bình quân mỗi ngày" in text and "byte-ngày" not in text
    behind = await see(vendor, f"/bang-ke/{renting.slug}/2026-11/storage-byte_day")
    assert "2.500.000 phần (1 byte-ngày là" in behind and "2.500.000 byte<" in behind
    assert "Tháng chưa kết thúc" in text
    assert "từ ngày 01/11/2026 đến hết ngày 30/11/2026" in text
    assert 'rel="prev"' in text and 'rel="next"' not in text


async def test_a_month_without_usage_says_so_and_the_next_month_can_be_reached(vendor, renting):
    text = await see(vendor, f"/bang-ke/{renting.slug}/2026-10")
    assert "Chưa có dữ liệu sử dụng trong tháng này." in text
    assert f'rel="next" href="/bang-ke/{renting.slug}/2026-11"' in text


@pytest.mark.parametrize("month", ["2025-12", "2029-01"])
async def test_a_month_outside_of_the_term_says_that_nothing_is_charged(vendor, renting, month):
    text = await see(vendor, f"/bang-ke/{renting.slug}/{month}")
    assert "Ngoài thời hạn hợp đồng" in text and "Không đồng" in text


async def test_a_counted_figure_opens_to_its_facts(vendor, renting):
    page = f"/bang-ke/{renting.slug}/2026-11"
    assert f'href="{page}/dossier-received"' in await see(vendor, page)
    text = await see(vendor, f"{page}/dossier-received")
    for n in range(3):
        assert f"dossier:{n}:received" in text and f"H08.16-261122-000{n}" in text
    assert "09 giờ 01 phút, ngày 22/11/2026" in text
    assert "3 lần ghi nhận" not in text  # one page needs no way to the next


async def test_many_facts_are_read_page_by_page(vendor, renting):
    async with work():
        for n in range(120):
            await meter.count(f"notice:{n:03}:part:1", "notice.part", subject="n", occurred_at=NOW)
    await collect.collect(limit=200)
    address, seen = f"/bang-ke/{renting.slug}/2026-11/notice-part", []
    while address:
        text = await see(vendor, address)
        seen += [name for n in range(120) if (name := f"notice:{n:03}:part:1") in text]
        _, found, rest = text.partition('rel="next" href="')
        address = rest.partition('"')[0] if found else ""
    assert seen == [f"notice:{n:03}:part:1" for n in range(120)]


async def test_a_fixed_figure_opens_to_the_months_it_falls_on(vendor, renting):
    text = await see(vendor, f"/bang-ke/{renting.slug}/2026-11/OSS")
    assert "3.600.000.001 đồng chia cho 36 tháng" in text
    assert text.count("100.000.000<") >= 35 and "100.000.001" in text
    assert text.count("3.600.000.001<") == 2  # the last running sum, and the total


async def test_the_printed_statement_is_a_sheet_with_the_same_figures(vendor, renting):
    text = await see(vendor, f"/bang-ke/{renting.slug}/2026-11/in")
    assert "print.css" in text and 'class="sheet"' in text
    assert "100.000.000 đồng" in text and "Một trăm triệu đồng" in text
    assert "Bản tạm tính, chưa chốt" in text
    assert text.count("Chi phí thuê dịch vụ trọn gói.") == 1 and "Mục 1, 2, 3, 4:" in text


async def test_an_operator_closes_a_month_that_is_over(vendor, renting, browse, operator_id):
    page = f"/bang-ke/{renting.slug}/2026-11"
    assert "Chốt bảng kê" not in await see(vendor, page)
    with clock.frozen(DECEMBER_5):
        vendor = browse(await session("vendor", operator_id))
        assert f'action="{page}/chot"' in await see(vendor, page)
        answer = await vendor.post(f"{page}/chot")
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        text = await see(vendor, page)
        closed = await see(vendor, f"/hop-dong/{renting.slug}")
    assert "Bảng kê đã chốt" in text and "Đỗ Vận Hành chốt lúc" in text
    assert "Chốt bảng kê tháng" not in text
    assert "Đã chốt 07 giờ 00 phút, ngày 05/12/2026" in closed
    assert await closings(renting) == 1


async def test_a_month_that_is_not_over_is_not_closed(vendor, renting):
    answer = await vendor.post(f"/bang-ke/{renting.slug}/2026-11/chot")
    assert answer.status_code == 409
    assert "Tháng này chưa kết thúc" in answer.text
    assert await closings(renting) == 0


async def test_a_form_of_another_site_closes_nothing(renting, browse, operator_id):
    with clock.frozen(DECEMBER_5):
        vendor = browse(await session("vendor", operator_id))
        answer = await vendor.post(
            f"/bang-ke/{renting.slug}/2026-11/chot", headers={"Origin": "http://evil.test"}
        )
    assert answer.status_code == 403
    assert await closings(renting) == 0


async def test_a_tenant_without_a_contract_says_what_to_do(vendor, tenant):
    assert "chưa có hợp đồng" in await see(vendor, f"/hop-dong/{tenant.slug}")
    assert "chưa có hợp đồng" in await see(vendor, f"/bang-ke/{tenant.slug}/2026-11", 409)


async def test_without_a_month_the_statement_of_this_month_opens(vendor, renting):
    for asked, month in (("", "2026-11"), ("?thang=2026-03", "2026-03"), ("?thang=x", "2026-11")):
        answer = await vendor.get(f"/bang-ke/{renting.slug}{asked}")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/bang-ke/{renting.slug}/{month}"


@pytest.mark.parametrize(
    "address",
    [
        "/hop-dong/khong-co",
        "/bang-ke/khong-co/2026-11",
        "/bang-ke/{slug}/2026-13",
        "/bang-ke/{slug}/thang-nay",
        "/bang-ke/{slug}/2026-11/KHONG-CO",
        "/bang-ke/{slug}/2026-11/%27%3B--",
        "/bang-ke/{slug}/0000-00",
        "/api/v1/statements/{slug}/2026-11/OSS",
        "/api/v1/contracts/khong-co",
    ],
)
async def test_an_address_that_names_nothing_is_not_found(vendor, renting, address):
    await see(vendor, address.format(slug=renting.slug), 404)


async def test_the_same_figures_are_given_as_json(vendor, renting):
    root = f"/api/v1/statements/{renting.slug}/2026-11"
    made = (await vendor.get(root)).json()["statement"]
    assert made["total"] == 100_000_000
    lines = {line["code"]: line for line in made["lines"]}
    assert (lines["dossier-received"]["quantity"], lines["dossier-received"]["amount"]) == (3, 0)
    assert lines["storage-byte_day"]["quantity"] == 2_500_000
    facts = (await vendor.get(f"{root}/dossier-received")).json()
    assert [fact["subject"] for fact in facts["facts"]] == [
        f"H08.16-261122-000{n}" for n in range(3)
    ]
    assert facts["next"] is None
    contracts = (await vendor.get(f"/api/v1/contracts/{renting.slug}")).json()
    assert [found["id"] for found in contracts] == ["HD-1"]
    rows = (await vendor.get("/api/v1/tenants")).json()
    assert [row["dossiers"] for row in rows if row["slug"] == renting.slug] == [3]


async def test_a_contract_that_has_not_begun_has_no_statements_to_open_yet(vendor, tenant):
    begins = shifted(NOW.date().replace(day=1), 1)
    await service.load(contract(tenant_slug=tenant.slug, term=term(begins)))
    assert "Hợp đồng chưa bắt đầu." in await see(vendor, f"/hop-dong/{tenant.slug}")


def fields(found):
    return {name: getattr(found, name) for name in found.__struct_fields__}


def unescaped(text):
    for written, meant in (("&#x2f;", "/"), ("&quot;", '"'), ("&amp;", "&"), ("&#x27;", "'")):
        text = text.replace(written, meant)
    return text


async def closings(tenant):
    return await db.control.fetch_value(
        "select count(*) from statement where tenant_id = $1", tenant.id
    )


async def test_the_list_says_whether_the_books_follow_from_the_rows_below(vendor, renting):
    assert "Chưa đối chiếu" in (await vendor.get("/")).text
    await rebuild.check({})
    assert "Khớp 1 dòng gốc" in (await vendor.get("/")).text
