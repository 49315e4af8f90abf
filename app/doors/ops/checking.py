"""How sound a tenant's figures are (kiểm soát số liệu), and corrections by two operators."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.limits_view import limit_lines, warning_lines
from app.doors.ops.checking_view import (
    asked_lines,
    begins_at,
    doubt_lines,
    later_of,
    night_lines,
    source_name,
)
from app.doors.ops.paths import month_links, tenant_of
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import operator
from app.people.shapes import Operator
from app.refusals import NotFound
from billing import corrections, doubts, quota, recounts
from billing.corrections import Account
from billing.measures import exact
from billing.refusals import CorrectionUnfit
from billing.shapes import METERS, OURS
from tenants.shapes import Tenant

HERE = "/kiem-soat/{slug:str}"
Month = Annotated[str, QueryParameter(name="thang", max_length=7)]
After = Annotated[str, QueryParameter(name="sau", max_length=500)]
Source = Annotated[str, QueryParameter(name="nguon", max_length=200)]
Fact = Annotated[str, QueryParameter(name="ma", max_length=220)]
Quantity = Annotated[str, QueryParameter(name="so", max_length=20)]
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
_DONE = {
    "de-nghi": "Đã ghi đề nghị điều chỉnh. Một tài khoản vận hành khác cần đăng nhập và duyệt.",
    "duyet": "Đã duyệt: số liệu được điều chỉnh trong tháng đang mở.",
    "khong-duyet": "Đã ghi là không duyệt. Sổ không thay đổi.",
}


@get(HERE)
async def show_checks(
    request: Asked, slug: FromPath[str], thang: Month = "", sau: After = "", xong: Done = ""
) -> Response[bytes]:
    """Limits, nightly recounts, facts in doubt and corrections of a month."""
    tenant, who = await tenant_of(slug), await operator(request)
    here = here_of(tenant)
    months = month_links(here, thang)
    found = await doubts.of_month(tenant.id, months.month, begins_at(sau))
    return page(
        "ops/checks.html",
        tenant=tenant,
        here=here,
        months=months,
        limits=limit_lines(await quota.standings(tenant.id, months.month), months.month),
        warnings=warning_lines(await quota.warnings(tenant.id, months.month)),
        nights=night_lines(await recounts.of_month(tenant.id, months.month)),
        doubts=doubt_lines(here, found),
        later=later_of(here, months.month, found),
        asked=asked_lines(await corrections.of_month(tenant.id, months.month), who.id),
        done=_DONE.get(xong, ""),
    )


@get(f"{HERE}/dieu-chinh")
async def open_correction(
    slug: FromPath[str], nguon: Source = OURS, ma: Fact = "", so: Quantity = ""
) -> Response[bytes]:
    """The form for one fact, found by its source and id."""
    tenant = await tenant_of(slug)
    return await _form(tenant, {"nguon": nguon.strip() or OURS, "ma": ma.strip(), "so": so})


@post(f"{HERE}/dieu-chinh")
async def propose_correction(request: Asked, slug: FromPath[str]) -> Response[bytes] | Redirect:
    """Ask for a correction; another account has to approve it."""
    tenant, who, sent = await tenant_of(slug), await operator(request), await texts(request)
    fault = _fault(sent)
    if fault:
        return await _form(tenant, sent, errors=fault)
    try:
        await corrections.propose(
            account_of(who), tenant.id, sent.get("nguon", ""), sent.get("ma", ""),
            _number(sent["so"]) if sent["cach"] == "ghi-lai" else None, sent["ly_do"],
        )  # fmt: skip
    except CorrectionUnfit as refusal:
        return await _form(tenant, sent, refused=refusal.message)
    return Redirect(f"{here_of(tenant)}?xong=de-nghi", status_code=303)


@post(f"{HERE}/dieu-chinh/{{proposal_id:uuid}}")
async def decide_correction(
    request: Asked, slug: FromPath[str], proposal_id: FromPath[UUID]
) -> Redirect:
    """Approve what another account asked for, or turn it down."""
    tenant, who, sent = await tenant_of(slug), await operator(request), await texts(request)
    chosen = sent.get("quyet_dinh", "")
    if chosen not in ("duyet", "khong-duyet"):
        raise NotFound
    approved = chosen == "duyet"
    await corrections.decide(account_of(who), tenant.id, proposal_id, approved=approved)
    return Redirect(f"{here_of(tenant)}?xong={chosen}", status_code=303)


def here_of(tenant: Tenant) -> str:
    """Where a tenant's checks are."""
    return f"/kiem-soat/{tenant.slug}"


def account_of(who: Operator) -> Account:
    """The operator as the books keep him."""
    return Account(who.id, who.full_name)


def _number(text: str) -> int | None:
    digits = text.strip().replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 17 else None


def _fault(sent: dict[str, str]) -> dict[str, str]:
    faults = {}
    if sent.get("cach") not in ("bo", "ghi-lai"):
        faults["cach"] = "Chọn bỏ số liệu hoặc ghi lại số lượng đúng."
    number = _number(sent.get("so", ""))
    if sent.get("cach") == "ghi-lai" and (number is None or number > corrections.MOST):
        faults["so"] = "Ghi số lượng đúng bằng số nguyên, ví dụ 12."
    if not 1 <= len(sent.get("ly_do", "").strip()) <= 500:
        faults["ly_do"] = "Ghi lý do, từ 1 đến 500 ký tự."
    return faults


async def _form(
    tenant: Tenant, sent: dict[str, str], *, errors: dict[str, str] | None = None, refused: str = ""
) -> Response[bytes]:
    source, fact = sent.get("nguon", ""), sent.get("ma", "")
    found = await corrections.held(tenant.id, source, fact) if fact else None
    status = 422 if errors else 409 if refused else 404 if fact and not found else 200
    return page(
        "ops/correction.html",
        status=status,
        tenant=tenant,
        here=here_of(tenant),
        sent=sent,
        found=found,
        source=source_name(source),
        name=METERS[found.meter].name if found else "",
        amount=exact(found.meter, found.quantity) if found else "",
        errors=errors or {},
        refused=refused,
    )
