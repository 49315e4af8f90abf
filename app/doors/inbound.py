"""Where providers bring what people wrote to the service number; machines only."""

from typing import Any

from litestar import HttpMethod, Request, Response, Router, route
from litestar.params import FromPath

from app.doors.interface.described import FORM, Api
from app.doors.sent import texts
from app.onestop.notices import answering
from app.refusals import NotFound
from tenants import registry
from tenants.current import NoTenant, acting_for
from tenants.shapes import Tenant
from tenants.work import work

# What providers call the sender, the words and their own id; the first that is there counts.
_SENDER = ("from", "sender", "phone", "msisdn")
_WORDS = ("text", "content", "message")
_THEIR_ID = ("id", "message_id", "smsid")


_API = Api(
    name="takeInbound",
    of="messages",
    takes={FORM: dict[str, str]},
    must_bring=False,
    gives={204: None},
)


# Kannel fetches by GET; others post a form. The signed address stands in for a session.
@route(
    "/{slug:str}/{token:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=204,
    opt={"public": True, "own_work": True, "any_origin": True, "api": _API},
)
async def take_inbound(
    request: Request[Any, Any, Any], slug: FromPath[str], token: FromPath[str]
) -> Response[None]:
    """Note one message and answer it; an address that is not ours is answered like a wrong one.

    The body stays empty: Kannel would send it back as a message.
    """
    tenant = await registry.answering(slug)
    fields = {**request.query_params.dict(), **(await texts(request))}
    try:
        taken = tenant is not None and await _take(tenant, token, fields)
    except NoTenant:
        taken = False  # It came to another tenant's host.
    if not taken:
        raise NotFound
    return Response(None, status_code=204)


async def _take(tenant: Tenant, token: str, fields: dict[str, Any]) -> bool:
    with acting_for(tenant):
        if not answering.is_ours(token):
            return False
        provider = _first(fields, ("provider",)) or "kannel"
        number, said = _first(fields, _SENDER), _first(fields, _WORDS)
        async with work():
            await answering.take(provider, _first(fields, _THEIR_ID), number, said)
    return True


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    found = next((fields[name] for name in names if fields.get(name)), "")
    return str(found[0] if isinstance(found, list) else found)[:500]


inbound_routes = Router(answering.PATH, route_handlers=[take_inbound])
