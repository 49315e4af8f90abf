"""The page of one dossier for the officers who handle it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.desk.decisions import DONE
from app.doors.desk.dossier_view import dossier_view
from app.doors.desk.far_view import far_view
from app.doors.desk.others import others_of
from app.doors.desk.places import desks_of, handling_posts_of
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.codes.aliases import former_codes, present_code
from app.onestop.dossiers import queries
from app.onestop.slips.queries import slips_of
from app.people.shapes import Actor
from app.refusals import NotFound, Overtaken, Refusal
from app.trail.queries import TrailLine, lines_of
from infra.clock import now

Done = Annotated[str, QueryParameter(name="xong", max_length=20)]
_JUST = timedelta(minutes=2)
# Sending a message once more is no act on the dossier.
_UNTRACED = "gui-lai"


@get("/can-bo/ho-so/{code:str}", opt={"reads": "page"})
async def show_dossier(
    request: Asked, code: FromPath[str], done: Done = ""
) -> Response[bytes] | Redirect:
    """Facts, papers, the decisions open to this officer, and everything that happened."""
    present = await present_code(code)
    if present not in (None, code):
        return Redirect(f"/can-bo/ho-so/{present}", status_code=303)
    return await dossier_response(await actor(request), code, done=done)


async def dossier_response(
    officer: Actor,
    code: str,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    sent: Mapping[str, str] | None = None,
    path: str = "",
) -> Response[bytes]:
    """The page as it is now; with a refusal of the act of `path` it says why and keeps what was
    typed."""
    shown = await queries.dossier_page(code, officer)
    if shown is None:
        raise NotFound
    far = await far_view(shown, officer)
    trail = await lines_of(("dossier", shown.id))
    said = DONE.get(done, "") if _just_did(officer, trail) or done == _UNTRACED else ""
    beside = await queries.around(code, desks_of(officer), handling_posts_of(officer))
    return page(
        "desk/dossier.html",
        status=refusal.status if refusal else 200,
        former=", ".join(await former_codes(shown.id)),
        view=dossier_view(shown, trail, sent or {}, far),
        far=far,
        answers=shown.answers,
        done=said,
        offer_print=bool(said) and done == "tiep-nhan",
        beside=beside,
        refused=_reason(refusal) if refusal else "",
        kept=(sent or {}).get("note", ""),
        errors=refusal.fields if refusal else {},
        others=await others_of(shown, far.works, sent or {}, path),
        path=path,
        slips=await slips_of(shown.code),
        may_replace=officer.holds("reception", shown.agency_id) is not None,
    )


def _just_did(officer: Actor, trail: Sequence[TrailLine]) -> bool:
    """Whether the officer acted on the dossier a moment ago: the address that says what was done
    may be opened again, or sent to somebody else."""
    newest = [line.at for line in trail if line.actor_name == officer.name][:1]
    return any(now() - at < _JUST for at in newest)


def _reason(refusal: Refusal) -> str:
    """The refusal in words that fit a page already showing what is new."""
    if not isinstance(refusal, Overtaken):
        return refusal.message
    said = refusal.message.removesuffix(" Vui lòng tải lại trang để xem nội dung mới.")
    return f"{said} Dưới đây là nội dung mới nhất; phần ông/bà đã nhập vẫn được giữ."
