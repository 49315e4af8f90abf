"""A citizen's own drafts and dossiers, and the page after submitting."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.doors.asked import Asked
from app.doors.portal.sent_view import sent_view
from app.doors.render import page
from app.doors.sessions import actor, citizen_only
from app.onestop.codes.drawing import qr_svg
from app.onestop.dossiers.queries.drafts import open_drafts
from app.onestop.dossiers.queries.mine import my_dossier, my_dossiers
from app.onestop.slips.queries import slips_of
from app.refusals import NotFound
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
        # The engine takes an IntEnum for a bare number, so the words go beside the line.
        lines=[(line, line.status.title) for line in mine.lines],
        next=mine.next,
    )


@get("/da-nop/{code:str}", guards=[citizen_only])
async def show_sent(request: Asked, code: FromPath[str]) -> Response[bytes] | Redirect:
    """The code, large, what happens next, and in the end the result."""
    found = await my_dossier(await actor(request), code)
    if found is None:
        raise NotFound
    if found.code != code:  # A former code of the dossier.
        return Redirect(f"/da-nop/{found.code}", status_code=303)
    address = f"{settings().origin(current().host)}/tra-cuu/{found.code}"
    qr = qr_svg(address, label="Mã QR để tra cứu hồ sơ")
    slips = await slips_of(found.code)
    return page("portal/sent.html", view=sent_view(found), qr=qr, slips=slips)
