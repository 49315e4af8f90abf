"""Doubts, corrections by two operators, recounts, limits and tokens on the vendor's pages."""

import re
from datetime import UTC, datetime

import msgspec
import pytest

from billing import collect, meter, queries, rebuild, service, sources
from billing.agreed import FairUse
from billing.books import Recorded, enter
from billing.months import month_of
from billing.shapes import Fact
from infra import clock
from infra.ids import uuid7
from tenants import db
from tenants.work import work
from tests.billing.contracts import CLAUSE, contract
from tests.doors.ops.conftest import session
from tests.doors.ops.test_pages import see

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
NOVEMBER = month_of(NOW)
STORE = "//kho.example/do"


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(NOW):
        yield


@pytest.fixture
async def second(browse):
    """A browser in which another operator of the same name is signed in."""
    identity = uuid7()
    await db.control.execute(
        "insert into operator (id, username, full_name, admitted_at) values ($1, $2, $3, $4)",
        *(identity, f"op-{identity}", "Đỗ Vận Hành", clock.now()),
    )
    return browse(await session("vendor", identity))


@pytest.fixture
async def doubted(tenant):
    """A tenant whose outside meter said 3 calls, then 9 under the same id; and a limit near."""
    limit = FairUse(meter="notice.part", quantity=10, beyond="warn", clause=CLAUSE)
    await service.load(contract(tenant_slug=tenant.slug, fair_use=[limit]))
    said = Fact(id="c:1", meter="api.call", quantity=3, subject="gw", occurred_at=NOW)
    for fact in (said, msgspec.structs.replace(said, quantity=9)):
        async with work():
            await enter(tenant.id, [Recorded(fact=fact, recorded_at=NOW)], STORE)
    async with work():
        await meter.count("n:1", "notice.part", quantity=8, subject="n", occurred_at=NOW)
    await collect.collect()
    return tenant


async def test_a_doubt_is_settled_by_two_accounts_and_nobody_settles_his_own(
    vendor, second, doubted, operator_id
):
    here = f"/kiem-soat/{doubted.slug}"
    text = await see(vendor, here)
    assert "1 số liệu cần kiểm tra" in await see(vendor, "/")
    assert "Chưa xử lý" in text and "api" not in text.split("Số liệu mâu thuẫn")[0]
    for words in ("Lượt gọi giao diện kết nối: 3 lượt", "Lượt gọi giao diện kết nối: 9 lượt"):
        assert words in text
    form = re.search(rf'href="({here}/dieu-chinh\?[^"]*so=9)"', text)[1]
    assert 'value="9"' in await see(vendor, form) and "ghi-lai" in await see(vendor, form)
    asked = {"nguon": STORE, "ma": "c:1", "cach": "ghi-lai", "so": "9", "ly_do": "Biên bản 7"}
    for wrong in ({"so": "x"}, {"ly_do": " "}, {"cach": ""}):
        assert (await vendor.post(f"{here}/dieu-chinh", data=asked | wrong)).status_code == 422
    await see(vendor, f"{here}/dieu-chinh?ma=khong-co", 404)
    assert (await vendor.post(f"{here}/dieu-chinh", data=asked)).status_code == 303
    again = await vendor.post(f"{here}/dieu-chinh", data=asked)
    assert again.status_code == 409 and "đang chờ duyệt" in again.text
    text = await see(vendor, here)
    assert "Tài khoản khác cần duyệt" in text and 'value="duyet"' not in text
    decide = re.search(rf'action="({here}/dieu-chinh/[^"]+)"', await see(second, here))[1]
    own = await vendor.post(decide, data={"quyet_dinh": "duyet"})
    assert own.status_code == 409 and "không được tự duyệt" in own.text
    assert (await second.post(decide, data={"quyet_dinh": "?"})).status_code == 404
    answer = await second.post(decide, data={"quyet_dinh": "duyet"})
    text = await see(second, answer.headers["location"])
    assert "Đã duyệt: số liệu được điều chỉnh" in text and "Đã điều chỉnh" in text
    assert (await second.post(decide, data={"quyet_dinh": "duyet"})).status_code == 409
    assert (await queries.used(doubted.id, NOVEMBER))["api.call"].quantity == 9
    kept = await db.control.fetch_row(
        "select proposer, approver, reason from usage"
        " where tenant_id = $1 and id = 'c:1~corrected'",
        doubted.id,
    )
    assert (kept["proposer"], kept["reason"]) == (operator_id, "Biên bản 7")
    assert kept["approver"] not in (None, operator_id)


async def test_limits_with_their_warnings_and_recounts_stand_on_the_page(vendor, doubted):
    # Limits are looked at beside the test's own clock, so what was told is written here.
    await db.control.execute(
        "insert into quota_warning (tenant_id, meter, month, kind, percent, quantity, allowed,"
        " warned_at) values ($1, 'notice.part', $2, 'fair_use', 80, 8, 10, $3)",
        *(doubted.id, NOVEMBER, NOW),
    )
    await rebuild.check({})
    text = await see(vendor, f"/kiem-soat/{doubted.slug}?thang=2026-11")
    assert "Tin nhắn SMS đạt mức 80% của tháng 11/2026: 8 phần tin trên 10 phần tin" in text
    assert "Đạt 80% hạn mức</a>" in await see(vendor, "/")
    assert "Gần hết mức" in text and "Chỉ cảnh báo, vẫn tiếp nhận" in text
    assert "Khớp</span>" in text
    await db.control.execute(
        "insert into usage_check values ($1, $2, 5, 1)", doubted.id, NOW.replace(day=23)
    )
    await db.control.execute(
        "insert into usage_difference values ($1, $2, 'records', 'notice.part', '2026-11-20',"
        " 2, 8, 1, 7)",
        *(doubted.id, NOW.replace(day=23)),
    )
    text = await see(vendor, f"/kiem-soat/{doubted.slug}")
    assert "Lệch 1 chỗ" in text and "7 phần tin trong 1 lần ghi nhận" in text
    before = await see(vendor, f"/kiem-soat/{doubted.slug}?thang=2026-10")
    assert "Chưa đối chiếu lần nào" in before and "c:1" in before  # nobody settled it yet
    await see(vendor, "/kiem-soat/khong-co", 404)
    assert "Chưa có nhà cung cấp" in await see(vendor, f"/nha-cung-cap/{doubted.slug}")


async def test_a_token_is_issued_shown_once_and_revoked(vendor, tenant):
    here = f"/nguon-do/{tenant.slug}"
    assert "Chưa cấp mã truy cập" in await see(vendor, here)
    for wrong in ({"nguon": "có dấu cách", "api.call": "co"}, {"nguon": STORE}):
        answer = await vendor.post(here, data=wrong)
        assert answer.status_code == 409 and "Chưa cấp được" in answer.text
    shown = await vendor.post(here, data={"nguon": STORE, "api.call": "co", "job.done": "co"})
    assert shown.status_code == 201 and shown.headers["cache-control"] == "no-store"
    token = re.search(r'readonly value="([^"]+)"', shown.text)[1]
    proven = await sources.proven(token)
    assert (proven.source, proven.meters) == (STORE, ["api.call", "job.done"])
    listed = await see(vendor, here)
    assert token not in listed and "Lượt gọi giao diện kết nối, Tác vụ hàng loạt" in listed
    assert (await vendor.post(f"{here}/thu-hoi", data={"ma": str(uuid7())})).status_code == 404
    ended = await vendor.post(f"{here}/thu-hoi", data={"ma": str(proven.id)})
    assert "Đã thu hồi mã truy cập" in await see(vendor, ended.headers["location"])
    assert await sources.proven(token) is None
    acts = await db.control.fetch(
        "select act from operation where tenant_slug = $1 and act like 'usage.%' order by id",
        tenant.slug,
    )
    assert [row["act"] for row in acts] == ["usage.issue", "usage.revoke"]
