"""The same figures as JSON; amounts are whole đồng, moments are UTC."""

from typing import Any

from litestar import Router, get
from litestar.params import FromPath, FromQuery

from app.doors.interface.described import Api, Link, Said
from app.doors.ops.paths import month_at, tenant_of
from app.doors.sessions import SignInNeeded
from app.people.refusals import Dismissed, SecondFactorNeeded
from app.refusals import NotFound, Refusal
from billing import queries
from billing.queries import FactsPage, StatementView, TenantRow
from billing.refusals import NoContract
from billing.shapes import Contract

_GUARDED = (SignInNeeded, Dismissed, SecondFactorNeeded)
_NO_CONTRACT = Said(Refusal.status, NoContract.code, "The tenant has no contract in the books.")
_SAME_MONTH = {"slug": "$request.path.slug", "month": "$request.path.month"}
_SAME_LINE = {**_SAME_MONTH, "line": "$request.path.line"}


def _figures(name: str, kind: Any, *refuses: Said, **leads: Link) -> dict[str, Api]:
    """What a figure's door says of itself."""
    api = Api(
        name=name, of="billing", proof="session", gives={200: kind},
        refuses=(*_GUARDED, *refuses), leads=leads,
    )  # fmt: skip
    return {"api": api}


@get(
    "/tenants",
    opt=_figures(
        "listTenants",
        list[TenantRow],
        contracts=Link("listContracts", {"slug": "$response.body#/0/slug"}),
    ),
)
async def list_tenants() -> list[TenantRow]:
    """Every tenant with this month's counts."""
    return await queries.overview()


@get(
    "/contracts/{slug:str}",
    opt=_figures(
        "listContracts",
        list[Contract],
        statement=Link("readStatement", {"slug": "$request.path.slug"}),
    ),
)
async def list_contracts(slug: FromPath[str]) -> list[Contract]:
    """A tenant's contracts, each in its latest version."""
    return await queries.contracts((await tenant_of(slug)).id)


@get(
    "/statements/{slug:str}/{month:str}",
    opt=_figures(
        "readStatement",
        StatementView,
        _NO_CONTRACT,
        facts=Link("readFacts", {**_SAME_MONTH, "line": "$response.body#/statement/lines/0/code"}),
    ),
)
async def read_statement(slug: FromPath[str], month: FromPath[str]) -> StatementView:
    """A month's statement."""
    tenant = await tenant_of(slug)
    return await queries.statement(tenant.id, month_at(month))


@get(
    "/statements/{slug:str}/{month:str}/{line:str}",
    opt=_figures(
        "readFacts",
        FactsPage,
        _NO_CONTRACT,
        following=Link("readFacts", {**_SAME_LINE, "after": "$response.body#/next"}),
    ),
)
async def read_facts(
    slug: FromPath[str], month: FromPath[str], line: FromPath[str], after: FromQuery[str] = ""
) -> FactsPage:
    """A page of the facts behind one counted line; `next` is the following page's `after`."""
    tenant, first = await tenant_of(slug), month_at(month)
    view = await queries.statement(tenant.id, first)
    found = view.statement.line(line)
    if found is None or found.meter is None:
        raise NotFound
    return await queries.facts(tenant.id, first, found.meter, after)


api_routes = Router(
    "/api/v1", route_handlers=[list_tenants, list_contracts, read_statement, read_facts]
)
