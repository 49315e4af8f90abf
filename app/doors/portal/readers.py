"""Ai đã xem hồ sơ: the citizen sees where one's own dossier was opened, how often, when last."""

from litestar import Response, get
from litestar.params import FromPath

from app.doors.asked import Asked
from app.doors.render import page
from app.doors.sessions import actor, citizen_only
from app.onestop.dossiers.queries.mine import own_code
from app.refusals import NotFound
from app.trail.queries import readers_of


@get("/da-nop/{code:str}/luot-xem", guards=[citizen_only], opt={"reads": "page"})
async def show_readers(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """Offices and not names, as on the citizen's other pages."""
    own = await own_code(await actor(request), code)
    if own is None:
        raise NotFound
    return page("portal/readers.html", code=own, readers=await readers_of(own))
