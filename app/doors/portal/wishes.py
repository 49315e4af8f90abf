"""How a citizen wants to be told (nhận tin báo): the account's own page."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor, citizen_only
from app.onestop.notices import preferences, templates
from app.onestop.notices.preferences import WISH_NAMES, Wish
from app.onestop.notices.refusals import NoEmail
from app.onestop.notices.rules import masked_phone
from app.people.shapes import Actor
from app.refusals import Malformed, Refusal
from tenants.work import work

HERE = "/nhan-tin"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
OWN: dict[str, Any] = {"own_work": True}


@get(HERE, guards=[citizen_only])
async def show_wishes(request: Asked, done: Done = "") -> Response[bytes]:
    """What was chosen, and what is told in any case."""
    return await _page(await actor(request), {}, done=bool(done))


@post(HERE, guards=[citizen_only], opt=OWN)
async def choose_ways(request: Asked) -> Response[bytes] | Redirect:
    """Keep what was chosen."""
    citizen, sent = await actor(request), await texts(request)
    try:
        async with work():
            await preferences.choose(citizen, sent.get("ways", ""), sent.get("email", "").strip())
    except (Malformed, NoEmail) as refusal:
        return await _page(citizen, sent, refusal=refusal)
    return Redirect(f"{HERE}?xong=luu", status_code=303)


async def _page(
    citizen: Actor,
    sent: Mapping[str, str],
    *,
    done: bool = False,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    assert citizen.id is not None
    wished = await preferences.wished(citizen.id)
    return page(
        "portal/wishes.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        options=[(wish.value, WISH_NAMES[wish]) for wish in Wish],
        ways=sent.get("ways", wished.ways.value),
        email=sent.get("email", wished.email or ""),
        phone=masked_phone(wished.phone) if wished.phone else "",
        stopped=wished.stopped,
        demanded=[one.title for one in templates.newest() if one.demanded_by.startswith(_LAW)],
        done=done,
        errors=refusal.fields if refusal else {},
    )


_LAW = ("Điều", "khoản")
