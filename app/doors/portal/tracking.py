"""Following a dossier: by its code alone status and dates, with the last digits everything else."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors import stencil
from app.doors.asked import Asked
from app.doors.guesses import count_guess
from app.doors.portal.asked_view import slip_address
from app.doors.portal.tracking_view import TrackView, track_view
from app.doors.portal.unchanged import CACHED, tag_of
from app.doors.render import page
from app.doors.sent import texts
from app.doors.sessions import actor
from app.onestop.codes import rules as codes
from app.onestop.codes.aliases import present_code
from app.onestop.codes.rules import beside
from app.onestop.dossiers.queries import tracking
from app.onestop.dossiers.queries.mine import own_code
from app.onestop.reorganisation.succession import agency_names
from app.onestop.slips.queries import slips_of
from app.refusals import Malformed, NotFound
from app.trail.reading import note
from infra.clock import today
from tenants.current import current

Code = Annotated[str, QueryParameter(name="ma", max_length=200)]


class NoSuchDossier(NotFound):
    """Nothing has this code."""

    message = (
        "Không có hồ sơ mang mã này. Vui lòng kiểm tra lại mã in trên giấy tiếp nhận"
        " hoặc trong tin nhắn."
    )


@get("/tra-cuu", opt={"public": True})
async def ask_for_code(request: Asked, code: Code = "") -> Response[bytes] | Redirect:
    """The box for the code; a code that is there leads to its page."""
    wanted = codes.read(code)
    if wanted and (present := await present_code(await _meant(request, wanted))):
        return Redirect(f"/tra-cuu/{present}", status_code=303)
    if not code.strip():
        return page("portal/track.html", here="/tra-cuu", code="", errors={})
    errors = {"ma": NoSuchDossier.message if wanted else _NO_CODE}
    status = 404 if wanted else 422
    return page("portal/track.html", here="/tra-cuu", code=code, errors=errors, status=status)


@get("/tra-cuu/{code:str}", opt={"public": True})
async def show_tracking(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """Status and dates, to anybody with the code; 304 when the reader has this version."""
    found = await tracking(await _meant(request, code))
    if found is None:
        raise NoSuchDossier
    if found.code != code:  # A former code of the dossier.
        return Redirect(f"/tra-cuu/{found.code}", status_code=303)
    if await _owns(request, found.code):
        return _page(track_view(found), own=True, receipt=await _receipt(found.code))
    tag = tag_of(found.version)
    headers = {"Cache-Control": CACHED, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return _plain_page(track_view(found), headers)


@post("/tra-cuu/{code:str}", opt={"public": True, "reads": "tracking"}, status_code=200)
async def show_details(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """The whole way of the dossier, to who knows the last four digits of the phone."""
    digits = (await texts(request)).get("so_cuoi", "").strip()
    code = await _meant(request, code)
    # Whichever code is asked by, guesses at one dossier are counted together.
    await count_guess(await present_code(code) or code)
    found = await tracking(code, digits)
    if found is None:
        raise NoSuchDossier
    own = await _owns(request, found.code)
    if found.details is None:
        fault = Malformed(fields={"so_cuoi": _WRONG_DIGITS})
        return _page(track_view(found), errors=fault.fields, status=422, own=own)
    if not own:
        note(await actor(request), "dossier", found.details.dossier_id, code=found.code)
    names = await agency_names(found.details.dossier_id, today())
    receipt = await _receipt(found.code) if own else ""
    return _page(track_view(found, names), own=own, receipt=receipt)


async def _meant(request: Asked, code: str) -> str:
    """The code as it is meant here: at the old address of a tenant that joined this one, where both
    had a dossier of the same code, that tenant's own."""
    former = current().former_at(request.url.hostname or "")
    if former is None:
        return code
    return await present_code(beside(code, former.slug)) or code


async def _owns(request: Asked, code: str) -> bool:
    """Whether the reader is signed in as the dossier's own citizen."""
    who = await actor(request)
    return who.kind == "citizen" and await own_code(who, code) is not None


async def _receipt(code: str) -> str:
    """Where the citizen's newest receipt is kept; the paper names more than a stranger may know."""
    return slip_address(code, await slips_of(code), "01")


_NO_CODE = (
    "Đây chưa phải là mã hồ sơ. Vui lòng nhập đủ mã như in trên giấy tiếp nhận, ví dụ "
    "H08.21583-260930-0012."
)
_WRONG_DIGITS = "Bốn số này không khớp với số điện thoại đã đăng ký. Vui lòng kiểm tra lại."


def _plain_page(view: TrackView, headers: dict[str, str]) -> Response[bytes]:
    """What anybody may see: the most visited page, so its frame is not drawn again each time."""
    words = {"code": view.code, "changed": view.changed}
    if view.due:
        words["due"] = view.due
    marked = msgspec.structs.replace(view, **stencil.marks(words))
    draw = stencil.filled(words, (view.status, "due" in words))
    return _page(marked, headers=headers, draw=draw)


def _page(
    view: TrackView,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    draw: Callable[..., str] | None = None,
    own: bool = False,
    receipt: str = "",
) -> Response[bytes]:
    return page(
        "portal/tracking.html",
        status=status,
        headers=headers,
        draw=draw,
        here="/tra-cuu",
        view=view,
        own=own,
        receipt=receipt,
        errors=errors or {},
    )
