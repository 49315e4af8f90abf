"""The slips a citizen was given, to keep as PDF."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from app.doors.asked import Asked
from app.doors.pdf_answer import pdf_answer
from app.doors.sessions import actor, citizen_only
from app.onestop.dossiers.queries.mine import own_code
from app.onestop.slips.queries import slip_of, view_of
from app.refusals import NotFound


@get("/da-nop/{code:str}/phieu/{slip_id:uuid}", guards=[citizen_only], opt={"reads": "pdf"})
async def my_slip(request: Asked, code: FromPath[str], slip_id: FromPath[UUID]) -> Response[bytes]:
    """The citizen's copy (liên) of a slip of one's own dossier."""
    own = await own_code(await actor(request), code)
    slip = await slip_of(own, slip_id) if own else None
    if slip is None:
        raise NotFound
    return await pdf_answer(view_of(slip, copies=1))
