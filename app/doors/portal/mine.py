"""A citizen's own drafts and dossiers, and the page of one that was submitted."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.portal.mine_view import mine_lines
from app.doors.portal.sent_view import sent_view
from app.doors.render import page
from app.doors.sessions import actor, citizen_only
from app.onestop.codes.drawing import qr_svg
from app.onestop.dossiers.queries.asked import beside
from app.onestop.dossiers.queries.drafts import open_drafts
from app.onestop.dossiers.queries.mine import my_dossiers
from app.onestop.dossiers.queries.page import DossierPage, dossier_page
from app.onestop.slips.queries import slips_of
from app.refusals import NotFound, Refusal
from infra.settings import settings
from tenants.current import current

After = Annotated[str | None, QueryParameter(name="sau", max_length=200)]


@get("/ho-so-cua-toi", guards=[citizen_only])
async def list_mine(request: Asked, after: After = None) -> Response[bytes]:
    """Drafts to go on with, dossiers to follow."""
    citizen = await actor(request)
    mine = await my_dossiers(citizen, after=after)
    return page(
        "portal/mine.html",
        here="/ho-so-cua-toi",
        drafts=await open_drafts(citizen),
        lines=mine_lines(mine.lines),
        next=mine.next,
    )


@get("/da-nop/{code:str}", guards=[citizen_only], opt={"reads": "page"})
async def show_sent(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """The code, large, what is to be done or happens next, and in the end the result."""
    found = await dossier_page(code, await actor(request))
    if found is None:
        raise NotFound
    if found.code != code:  # A former code of the dossier.
        return Redirect(f"/da-nop/{found.code}", status_code=303)
    return await sent_page(found)


async def sent_page(found: DossierPage, fault: Refusal | None = None) -> Response[bytes]:
    """The page; with what was wrong with the papers just sent, beside them or above."""
    address = f"{settings().origin(current().host)}/tra-cuu/{found.code}"
    slips = await slips_of(found.code)
    return page(
        "portal/sent.html",
        status=fault.status if fault else 200,
        view=await sent_view(found, await beside(found), slips),
        qr=qr_svg(address, label="Mã QR để tra cứu hồ sơ"),
        slips=slips,
        errors=fault.fields if fault else {},
        refused=fault.message if fault and not fault.fields else "",
        limit=settings().upload_limit_bytes,
    )
