"""After a month is closed: files to hand over, the steps to payment; before it, breaches."""

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.doors import statement_files, statements
from app.doors.asked import Asked
from app.doors.ops.paths import base_of, month_at, tenant_of
from app.doors.sent import texts
from app.doors.sessions import operator
from billing import settling


@get("/bang-ke/{slug:str}/{month:str}/tep/{name:str}")
async def save_file(
    slug: FromPath[str], month: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A paper of the statement, its spreadsheet, its data."""
    tenant = await tenant_of(slug)
    return await statement_files.saved(tenant, month_at(month), name)


@post("/bang-ke/{slug:str}/{month:str}/buoc")
async def take_step(request: Asked, slug: FromPath[str], month: FromPath[str]) -> Redirect:
    """Sent, accepted by signed minutes, invoiced, paid: each once and in order."""
    tenant, first = await tenant_of(slug), month_at(month)
    who, sent = await operator(request), await texts(request)
    step, reference = sent.get("buoc", ""), sent.get("can_cu", "")
    await settling.advance(who.full_name, "vendor", tenant.id, first, step, reference)
    return Redirect(statements.address(base_of(tenant), first), status_code=303)


@post("/bang-ke/{slug:str}/{month:str}/giam-tru")
async def enter_credit(request: Asked, slug: FromPath[str], month: FromPath[str]) -> Redirect:
    """Breaches of a promise; the contract says what each costs."""
    tenant, first = await tenant_of(slug), month_at(month)
    who, sent = await operator(request), await texts(request)
    cases = sent.get("so_truong_hop", "")
    await settling.credit(
        who.full_name,
        tenant.id,
        first,
        sent.get("dieu_khoan", ""),
        int(cases) if cases.isascii() and cases.isdigit() and len(cases) < 5 else 0,
        sent.get("ly_do", ""),
    )
    return Redirect(statements.address(base_of(tenant), first), status_code=303)
