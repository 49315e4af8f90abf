"""The counter (tiếp nhận mới): a dossier on paper, received on one screen without a mouse."""

from collections.abc import Mapping
from typing import Annotated

from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.counter_view import (
    CHANNELS,
    LABELS,
    Places,
    counter_view,
    forms,
    in_order,
    intake_of,
)
from app.doors.desk.places import desks_of
from app.doors.portal.catalogue import COMMON
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor
from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import Procedure
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.dossiers.refusals import FormUsed
from app.onestop.dossiers.service import intake
from app.onestop.dossiers.shapes import WAY_NAMES
from app.people.shapes import Actor
from app.refusals import NotAllowed, NotFound, Refusal
from infra.clock import now

Words = Annotated[str, QueryParameter(name="thu-tuc", max_length=200)]
Case = Annotated[str, QueryParameter(name="truong-hop", max_length=60)]
HERE = "/can-bo/tiep-nhan"


class NotSettledHere(Refusal):
    """No agency of the province settles the procedure."""

    code = "not_settled_here"
    message = (
        "Chưa có cơ quan nào của tỉnh giải quyết thủ tục này. "
        "Vui lòng chọn thủ tục khác hoặc hướng dẫn người nộp đến đúng cơ quan."
    )


@get(HERE)
async def open_counter(
    request: Asked, words: Words = "", case: Case = ""
) -> Response[bytes] | Redirect:
    """Choose the procedure by its code or a few words, then the empty screen for it."""
    officer = _at_a_desk(await actor(request))
    if found := await catalog.listed([words.strip()]):
        return await _screen(officer, found[0].code, {"case_id": case} if case else {})
    return await _choose(words)


@post(HERE)
async def take_in(request: Asked) -> Response[bytes] | Redirect:
    """Save and print; pressing twice gives the same dossier. `xem` only counts the time again."""
    officer, sent = _at_a_desk(await actor(request)), await texts(request)
    if "xem" in sent:
        return await _screen(officer, sent.get("procedure_code", ""), sent)
    try:
        dossier = await intake(officer, intake_of(sent))
    except (NotFound, NotAllowed):
        raise
    except FormUsed as refusal:
        # Without its key the form gets a new one: saving it again makes a dossier of its own.
        return await _screen(officer, sent["procedure_code"], {**sent, "key": ""}, refusal)
    except Refusal as refusal:
        return await _screen(officer, sent.get("procedure_code", ""), sent, refusal)
    return Redirect(f"/can-bo/ho-so/{dossier.code}/giay-tiep-nhan?in=1", status_code=303)


def _at_a_desk(officer: Actor) -> Actor:
    if not desks_of(officer):
        raise NotAllowed
    return officer


async def _choose(words: str) -> Response[bytes] | Redirect:
    found = await catalog.search(words, limit=20) if words.strip() else None
    if found and found.total == 1 and not found.did_you_mean:
        return Redirect(f"{HERE}?thu-tuc={found.procedures[0].code}", status_code=303)
    common = [] if found and found.procedures else await catalog.listed(COMMON)
    return page("desk/choose.html", here=HERE, words=words, found=found, common=common)


async def _screen(
    officer: Actor, code: str, sent: Mapping[str, str], refusal: Refusal | None = None
) -> Response[bytes]:
    procedure = await _procedure(code)
    places = await _places(officer, procedure)
    view = counter_view(procedure, places, sent, await calendar_in_force(), now())
    return page(
        "desk/counter.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        view=view,
        channels=list(CHANNELS.items()),
        ways=list(WAY_NAMES.items()),
        forms=forms(),
        labels=LABELS,
        refused=refusal.message if refusal else "",
        errors=in_order(refusal.fields) if refusal else {},
    )


async def _procedure(code: str) -> Procedure:
    found = await catalog.procedure(code)
    if found is None or not found.open:
        raise NotFound("Không tìm thấy thủ tục này. Vui lòng chọn lại trong danh mục.")
    return found.document


async def _places(officer: Actor, procedure: Procedure) -> Places:
    """The officer's own desks that settle the procedure, all of them where none does, and the
    other agencies that do."""
    desks = {post.agency_id: post.agency_name for post in officer.posts if post.kind == "reception"}
    competent = await catalog.agencies_for(procedure)
    if not competent:
        raise NotSettledHere
    own = [(str(one.id), one.name) for one in competent if one.id in desks]
    return Places(
        desks=own or [(str(key), name) for key, name in desks.items()],
        settles=bool(own),
        others=[(str(one.id), one.name) for one in competent if one.id not in desks],
    )
