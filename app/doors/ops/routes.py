"""The vendor's doors: who the customers are, what their contracts say, what each month comes to."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.doors import statements
from app.doors.books import refuse_books
from app.doors.ops import api, backups, checking, providers, settling, sources
from app.doors.ops.paths import base_of, month_at, tenant_of
from app.doors.render import page
from app.doors.sessions import operator, vendor_only
from app.refusals import NotFound
from app.trail import heads
from billing import queries, rebuild, service
from billing.months import month_of, parse_month
from billing.refusals import BooksRefuse
from infra import clock
from tenants import registry

Asked = Request[Any, Any, Any]


@get("/")
async def show_tenants() -> Response[bytes]:
    """Every tenant with this month's counts."""
    rows = await queries.overview()
    month = month_of(clock.now())
    checks = await rebuild.latest()
    trails = await heads.latest()
    tenants = await registry.every()
    formers = {tenant.slug: tenant.former for tenant in tenants}
    joined = {each.slug for former in formers.values() for each in former}
    return page(
        "ops/tenants.html", rows=rows, month=month, checks=checks, trails=trails, here="/",
        formers=formers, joined=joined, merging={each.slug for each in tenants if each.merging},
    )  # fmt: skip


@get("/hop-dong/{slug:str}")
async def show_contracts(slug: FromPath[str]) -> Response[bytes]:
    """A tenant's contracts, every rule beside the clause it rests on."""
    tenant = await tenant_of(slug)
    shown = await statements.contracts(base_of(tenant), tenant.id)
    return page("ops/contract.html", tenant=tenant, contracts=shown, here=f"/hop-dong/{slug}")


@get("/bang-ke/{slug:str}")
async def open_statement(slug: FromPath[str], thang: FromQuery[str] = "") -> Redirect:
    """Go to the statement of the month asked for, or of this month."""
    tenant = await tenant_of(slug)
    month = parse_month(thang) or month_of(clock.now())
    return Redirect(statements.address(base_of(tenant), month), status_code=303)


@get("/bang-ke/{slug:str}/{month:str}")
async def show_statement(slug: FromPath[str], month: FromPath[str]) -> Response[bytes]:
    """A month's statement in đồng."""
    tenant, first = await tenant_of(slug), month_at(month)
    shown = await statements.opened(base_of(tenant), tenant.id, first)
    contract = await queries.contract_for(tenant.id, first)
    choices = [(penalty.code, penalty.name) for penalty in contract.penalties]
    return page("ops/statement.html", tenant=tenant, shown=shown, penalties=choices)


@get("/bang-ke/{slug:str}/{month:str}/in")
async def print_statement(slug: FromPath[str], month: FromPath[str]) -> Response[bytes]:
    """The same statement as a sheet of paper (A4)."""
    tenant, first = await tenant_of(slug), month_at(month)
    shown = await statements.opened(base_of(tenant), tenant.id, first)
    return page("ops/statement_sheet.html", tenant=tenant, shown=shown, back=shown.address)


@get("/bang-ke/{slug:str}/{month:str}/{line:str}")
async def show_line(
    slug: FromPath[str], month: FromPath[str], line: FromPath[str], sau: FromQuery[str] = ""
) -> Response[bytes]:
    """What is behind one figure: its facts, or how a fixed total falls on the months."""
    tenant, first = await tenant_of(slug), month_at(month)
    shown = await statements.opened(base_of(tenant), tenant.id, first)
    found = shown.view.statement.line(line)
    if found is None:
        raise NotFound
    behind = await statements.behind(base_of(tenant), tenant.id, shown.view.statement, found, sau)
    return page("ops/line.html", tenant=tenant, shown=shown, line=found, behind=behind)


@post("/bang-ke/{slug:str}/{month:str}/chot")
async def close_statement(request: Asked, slug: FromPath[str], month: FromPath[str]) -> Redirect:
    """Freeze a month's statement; later facts are stated in the following month."""
    tenant, first = await tenant_of(slug), month_at(month)
    who = await operator(request)
    await service.close(who.full_name, tenant.id, first)
    return Redirect(statements.address(base_of(tenant), first), status_code=303)


ops_routes = Router(
    "/",
    route_handlers=[
        show_tenants,
        show_contracts,
        open_statement,
        show_statement,
        print_statement,
        show_line,
        close_statement,
        settling.save_file,
        settling.take_step,
        settling.enter_credit,
        checking.show_checks,
        checking.open_correction,
        checking.propose_correction,
        checking.decide_correction,
        providers.show_providers,
        backups.show_backups,
        sources.show_sources,
        sources.issue_token,
        sources.revoke_token,
        api.api_routes,
    ],
    guards=[vendor_only],
    exception_handlers={BooksRefuse: refuse_books},
)
