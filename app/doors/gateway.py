"""Where providers report what became of a message; machines only."""

from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec
from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath
from prometheus_client import Counter

from app.doors.interface.described import FORM, Api
from app.onestop.notices import reports, strayed
from app.refusals import NotFound
from infra.outside import UNREADABLE
from tenants import registry
from tenants.current import NoTenant, acting_for
from tenants.shapes import Tenant
from tenants.work import work

_MOST_BYTES = 16 * 1024
_unknown = Counter("motcua_unknown_reports_total", "Delivery reports for no message of ours")


_API = Api(
    name="takeReport",
    of="messages",
    takes={FORM: dict[str, str], "application/json": dict[str, str | int | float | bool | None]},
    must_bring=False,
    gives={204: None},
)


# Some providers can only report by GET; the unguessable address stands in for a session.
@route(
    "/{slug:str}/{notice_id:uuid}/{number:int}/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=204,
    opt={"public": True, "own_work": True, "any_origin": True, "api": _API},
)
async def take_report(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    notice_id: FromPath[UUID],
    number: FromPath[int],
    token: FromPath[str],
) -> Response[None]:
    """Note one delivery report; an address that is not ours is answered like any wrong one."""
    tenant = await registry.answering(slug)
    fields = await _fields(request)
    try:
        taken = tenant is not None and await _take(
            *(slug, tenant, notice_id, number, token, fields)
        )
    except NoTenant:
        taken = False  # It came to another tenant's host.
    if not taken:
        _unknown.inc()
        raise NotFound
    return Response(None, status_code=204)


async def _take(
    slug: str, tenant: Tenant, notice_id: UUID, number: int, token: str, fields: dict[str, str]
) -> bool:
    with acting_for(tenant):
        if number > 32767 or not reports.is_ours(notice_id, number, token):
            return False
        async with work():
            if await reports.take(notice_id, number, fields):
                return True
    return await strayed.take(slug, tenant, notice_id, number, fields)


async def _fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What a provider says, wherever it says it: query, form or a flat JSON object."""
    fields = {name: str(value) for name, value in request.query_params.items()}
    body = b"" if request.method == "GET" else await _short_body(request)
    if body.startswith(b"{"):
        try:
            content = msgspec.json.decode(body, type=dict[str, object])
        except UNREADABLE:
            return fields
        return {**fields, **{name: str(value) for name, value in content.items()}}
    pairs = (item.partition("=") for item in body.decode(errors="replace").split("&") if item)
    return {**fields, **{unquote_plus(name): unquote_plus(value) for name, _, value in pairs}}


async def _short_body(request: Request[Any, Any, Any]) -> bytes:
    if int(request.headers.get("content-length") or 0) > _MOST_BYTES:
        return b""
    return (await request.body())[:_MOST_BYTES]


gateway_routes = Router(reports.PATH, route_handlers=[take_report])
