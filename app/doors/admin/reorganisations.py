"""How agencies were and will be reorganised (sắp xếp cơ quan): the list, and one of them."""

from datetime import timedelta
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from app.doors.admin.entry import administrator
from app.doors.admin.reorganisations_view import (
    Restated,
    Shown,
    after_view,
    before_view,
    line_view,
    restated_view,
)
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
from app.onestop.reorganisation.succession import counts_by_unit, followed
from app.onestop.workflows import shelf
from app.onestop.workflows.queries import organisation

Which = Annotated[str, QueryParameter(name="xem", max_length=40)]
HERE = "/quan-tri/sap-xep"


@get(HERE)
async def list_reorganisations(request: Asked, which: Which = "") -> Response[bytes]:
    """All of them, the newest first; the one asked for with what it moves or has moved."""
    await administrator(request)
    rows, house = await reorganisations(), await organisation()
    names = await shelf.agency_names()
    row = _asked(rows, which) if which else None
    return page(
        "admin/reorganisations.html",
        here=HERE,
        lines=[line_view(row) for row in rows],
        shown=await _shown(row) if row else None,
        restated=await _restated(row) if row and row.begun else [],
        keys=[(key, names[key]) for key in house.ids],
    )


def _asked(rows: list[ReorganisationRow], which: str) -> ReorganisationRow:
    row = next((row for row in rows if row.id == uuid_or_none(which)), None)
    if row is None:
        raise NoSuchReorganisation
    return row


async def _restated(row: ReorganisationRow) -> list[Restated]:
    before = await counts_by_unit(row.on_day - timedelta(days=1))
    return restated_view(row.on_day, before, await counts_by_unit(row.on_day))


async def _shown(row: ReorganisationRow) -> Shown:
    plan = await plan_of(row.id)
    if plan is None:
        raise NoSuchReorganisation
    if row.begun:
        return after_view(row, await followed(row.id))
    return before_view(row, await preview(plan, await service.faults_of(plan)))
