"""Usage and contract (sử dụng và hợp đồng): the vendor's own figures, as the tenant pays them."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.doors import statement_files, statements
from app.doors.admin.entry import administrator
from app.doors.asked import Asked
from app.doors.limits_view import limit_lines, warning_lines
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.books import accept
from app.refusals import NotFound
from billing import queries, quota
from billing.months import month_of, parse_month
from infra import clock
from tenants.current import current

HERE = "/quan-tri/su-dung"
ONE = f"{HERE}/{{month:str}}"
OWN: dict[str, Any] = {"own_work": True}


@get(HERE)
async def show_usage(request: Asked) -> Response[bytes]:
    """This month's figures, the contract's rules, every month of it."""
    await administrator(request)
    found = await statements.contracts(HERE, current().id)
    shown = await statements.opened(HERE, current().id, month_of(clock.now())) if found else None
    month = month_of(clock.now())
    return page(
        "admin/usage.html",
        here=HERE,
        contracts=found,
        shown=shown,
        limits=limit_lines(await quota.standings(current().id, month), month),
        warnings=warning_lines(await quota.warnings(current().id)),
    )


@get(ONE)
async def show_month(request: Asked, month: FromPath[str]) -> Response[bytes]:
    """A month's statement, the same digits as the vendor's."""
    await administrator(request)
    shown = await _opened(month)
    return page("admin/usage_month.html", here=HERE, shown=shown)


@get(f"{ONE}/tep/{{name:str}}")
async def save_usage(request: Asked, month: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A paper of the statement, its spreadsheet, its data."""
    await administrator(request)
    shown = await _opened(month)
    return await statement_files.saved(current(), shown.view.statement.month, name)


@get(f"{ONE}/{{line:str}}")
async def show_figure(
    request: Asked, month: FromPath[str], line: FromPath[str], sau: FromQuery[str] = ""
) -> Response[bytes]:
    """What is behind one figure: facts and their dossiers, or how a fixed total is spread."""
    await administrator(request)
    shown = await _opened(month)
    made = shown.view.statement
    found = made.line(line)
    if found is None:
        raise NotFound
    behind = await statements.behind(HERE, current().id, made, found, sau)
    return page("admin/usage_line.html", here=HERE, shown=shown, line=found, behind=behind)


@post(f"{ONE}/nghiem-thu", opt=OWN)
async def accept_month(request: Asked, month: FromPath[str]) -> Redirect:
    """The tenant's word that the statement is right."""
    who, sent = await administrator(request), await texts(request)
    shown = await _opened(month)
    await accept(who, shown.view.statement.month, sent.get("can_cu", ""))
    return Redirect(shown.address, status_code=303)


async def _opened(text: str) -> statements.StatementPage:
    month = parse_month(text)
    if month is None or not await queries.contracts(current().id):
        raise NotFound
    return await statements.opened(HERE, current().id, month)
