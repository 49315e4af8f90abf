"""Many dossiers at once (xử lý nhiều hồ sơ): choosing them, ordering the act, watching it done."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.bulk_view import PATHS, Picking, order_view, picking
from app.doors.desk.inputs import uuid_or_none, whole
from app.doors.desk.places import desks_of
from app.doors.render import is_fragment, page
from app.doors.sent import texts
from app.doors.sessions import actor
from app.onestop.bulk import queries, service
from app.onestop.bulk.shapes import Chosen
from app.onestop.codes.rules import is_code
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound
from tenants.work import work

MANY, ORDERS = "/can-bo/nhieu-ho-so", "/can-bo/nhieu-ho-so/{order_id:uuid}"
TICKED = "chon."
Which = Annotated[str, QueryParameter(name="viec", max_length=20)]
All = Annotated[str, QueryParameter(name="tat-ca", max_length=1)]


@get(MANY)
async def choose_many(request: Asked, which: Which = "", everything: All = "") -> Response[bytes]:
    """The dossiers an act may be done to, each to be ticked; `tat-ca` ticks them all."""
    officer = await actor(request)
    shown = await _picking(officer, which)
    ticked = {row.code for row in shown.rows} if everything else set()
    return _page(shown, ticked)


@post(MANY, opt={"own_work": True})
async def order_many(request: Asked) -> Response[bytes] | Redirect:
    """Order the act for those ticked; the next page watches it being done."""
    officer, sent = await actor(request), await texts(request)
    which, chosen = sent.get("viec", ""), _chosen(sent)
    # Another act than the one pressed must never be done, whatever was lost since the page came.
    if not _may(officer, which):
        raise NotAllowed
    shown = await _picking(officer, which)
    choice = uuid_or_none(sent.get("chon-nguoi", ""))
    try:
        async with work():
            order_id = await service.order(
                officer, shown.act, chosen, choice=choice, note=sent.get("note")
            )
    except Malformed as refusal:
        return _page(shown, {one.code for one in chosen}, refusal, sent)
    return Redirect(f"{MANY}/{order_id}", status_code=303)


@get(ORDERS)
async def watch_order(request: Asked, order_id: FromPath[UUID]) -> Response[bytes]:
    """How far the order is, and what became of each dossier."""
    order = await queries.order_of(await actor(request), order_id)
    if order is None:
        raise NotFound
    view = order_view(order)
    part = "desk/_order.html" if is_fragment(request) else "desk/order.html"
    return page(part, here=MANY, order=view, at=f"{MANY}/{order_id}")


async def _picking(officer: Actor, which: str) -> Picking:
    """The list behind the act of that address; the first one open to the officer by default."""
    acts = [path for path in PATHS if _may(officer, path)]
    if not acts:
        raise NotAllowed
    return await picking(officer, which if which in acts else acts[0], acts)


def _may(officer: Actor, path: str) -> bool:
    kinds = {post.kind for post in officer.posts}
    if path in ("tiep-nhan", "chuyen"):
        return bool(desks_of(officer))
    if path == "phan-cong":
        return not kinds.isdisjoint(("leader", "specialist"))
    return path in PATHS and "leader" in kinds


def _chosen(sent: Mapping[str, str]) -> list[Chosen]:
    return [
        Chosen(code, whole(version))
        for name, version in sent.items()
        if name.startswith(TICKED) and is_code(code := name.removeprefix(TICKED))
    ]


def _page(
    shown: Picking,
    ticked: set[str],
    refusal: Malformed | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response[bytes]:
    return page(
        "desk/many.html",
        status=refusal.status if refusal else 200,
        here=MANY,
        shown=shown,
        ticked=ticked,
        errors=refusal.fields if refusal else {},
        sent=dict(sent or {}),
    )
