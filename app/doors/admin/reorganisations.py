"""How agencies were and will be reorganised (sắp xếp cơ quan): the list, and one of them."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from app.doors.admin.entry import administrator
from app.doors.admin.reorganisations_view import Shown, after_view, before_view, line_view
from app.doors.asked import Asked
from app.doors.desk.inputs import uuid_or_none
from app.doors.render import page
from app.onestop.reorganisation import service
from app.onestop.reorganisation.queries import (
    ReorganisationRow,
    plan_of,
    preview,
    reorganisations,
)
from app.onestop.reorganisation.refusals import NoSuchReorganisation
from app.onestop.reorganisation.succession import followed

Which = Annotated[str, QueryParameter(name="xem", max_length=40)]
HERE = "/quan-tri/sap-xep"


@get(HERE)
async def list_reorganisations(request: Asked, which: Which = "") -> Response[bytes]:
    """All of them, the newest first; the one asked for with what it moves or has moved."""
    await administrator(request)
    rows = await reorganisations()
    return page(
        "admin/reorganisations.html",
        here=HERE,
        lines=[line_view(row) for row in rows],
        shown=await _shown(rows, which) if which else None,
    )


async def _shown(rows: list[ReorganisationRow], which: str) -> Shown:
    row = next((row for row in rows if row.id == uuid_or_none(which)), None)
    plan = await plan_of(row.id) if row else None
    if row is None or plan is None:
        raise NoSuchReorganisation
    if row.begun:
        return after_view(row, await followed(row.id))
    return before_view(row, await preview(plan, await service.faults_of(plan)))
