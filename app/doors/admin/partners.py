"""The systems this one exchanges dossiers with (hệ thống liên thông): introduced, stopped."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.admin.entry import administrator
from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sent import texts
from app.doors.words import ngay
from app.onestop.exchange import partners
from app.onestop.exchange.partners import PartnerView
from app.onestop.exchange.refusals import PartnerKnown
from app.refusals import Malformed, Refusal
from tenants.work import work

HERE = "/quan-tri/lien-thong"
ONE = f"{HERE}/{{partner_id:uuid}}"
Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
Answer = Response[bytes] | Redirect
OWN: dict[str, Any] = {"own_work": True}
_FIELDS = ("slug", "name", "address", "public_key")
_DONE = {
    "khai-bao": "Đã khai báo hệ thống. Bên kia cũng cần khai báo hệ thống này.",
    "tam-dung": "Đã tạm dừng liên thông với hệ thống này.",
    "tiep-tuc": "Đã tiếp tục liên thông với hệ thống này.",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One partner; `kind` and `state` make its tag."""

    id: UUID
    slug: str
    name: str
    address: str
    public_key: str
    since: str
    active: bool
    kind: str
    state: str


@get(HERE)
async def list_partners(request: Asked, done: Done = "") -> Response[bytes]:
    """What to hand over to others, and everybody introduced so far."""
    await administrator(request)
    return await _page({}, done=_DONE.get(done, ""))


@post(HERE, opt=OWN)
async def add_partner(request: Asked) -> Answer:
    """Enter another system by its address and key."""
    who, sent = await administrator(request), await texts(request)
    try:
        async with work():
            await partners.add(who, **{name: sent.get(name, "") for name in _FIELDS})
    except (Malformed, PartnerKnown) as refusal:
        return await _page(sent, refusal=refusal)
    return Redirect(f"{HERE}?xong=khai-bao", status_code=303)


@post(f"{ONE}/tam-dung")
async def stop_partner(request: Asked, partner_id: FromPath[UUID]) -> Redirect:
    """Nothing is sent there or taken from there until it goes on."""
    await partners.turn(await administrator(request), partner_id, active=False)
    return Redirect(f"{HERE}?xong=tam-dung", status_code=303)


@post(f"{ONE}/tiep-tuc")
async def resume_partner(request: Asked, partner_id: FromPath[UUID]) -> Redirect:
    """Messages that waited are sent."""
    await partners.turn(await administrator(request), partner_id, active=True)
    return Redirect(f"{HERE}?xong=tiep-tuc", status_code=303)


async def _page(
    sent: Mapping[str, str], *, done: str = "", refusal: Refusal | None = None
) -> Response[bytes]:
    return page(
        "admin/partners.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        own=partners.own(),
        lines=[_line(one) for one in await partners.partners()],
        sent=dict(sent),
        done=done,
        refused=refusal.message if refusal else "",
        errors=refusal.fields if refusal else {},
    )


def _line(one: PartnerView) -> Line:
    kind, state = ("ok", "Đang liên thông") if one.active else ("paused", "Tạm dừng")
    return Line(
        id=one.id,
        slug=one.slug,
        name=one.name,
        address=one.address,
        public_key=one.public_key,
        since=ngay(one.added_at),
        active=one.active,
        kind=kind,
        state=state,
    )
