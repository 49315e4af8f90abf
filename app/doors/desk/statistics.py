"""The figures of dossiers (thống kê) by month, agency and field, to look at and to save."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from app.doors.asked import Asked as Request
from app.doors.csv_answer import csv_answer
from app.doors.desk.inputs import uuid_or_none
from app.doors.desk.places import archives_of, leaderships_of
from app.doors.desk.statistics_view import (
    GROUPS,
    cells,
    faults_of,
    first_column,
    header,
    month_words,
    read_month,
    table_view,
)
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.statistics.queries import Asked, agencies_under, counted_agencies, fields, report
from app.people.queries import agencies_named
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound
from infra.clock import today

HERE = "/can-bo/thong-ke"
From = Annotated[str, QueryParameter(name="tu", max_length=20)]
To = Annotated[str, QueryParameter(name="den", max_length=20)]
Which = Annotated[str, QueryParameter(name="co-quan", max_length=40)]
Field = Annotated[str, QueryParameter(name="linh-vuc", max_length=200)]
By = Annotated[str, QueryParameter(name="theo", max_length=20)]
_AGENCY = "co-quan"
_ALL = ("", "Tất cả")


class Typed(msgspec.Struct, frozen=True):
    """What was asked for, as it stands in the address."""

    first: str
    last: str
    agency: str
    field: str
    by: str

    @property
    def query(self) -> str:
        """The same as it stands in an address."""
        return urlencode({"tu": self.first, "den": self.last, "co-quan": self.agency,
                          "linh-vuc": self.field, "theo": self.by})  # fmt: skip


@get(HERE)
async def show_statistics(
    request: Request, first: From = "", last: To = "", which: Which = "", field: Field = "",
    by: By = "",
) -> Response[bytes]:  # fmt: skip
    """The report of the months, this month when not said."""
    typed, scope = _typed(first, last, which, field, by), await _scope(await actor(request))
    try:
        asked = _asked(typed, scope)
    except Malformed as refusal:
        return await _page(typed, scope, refusal=refusal)
    return await _page(typed, scope, asked=asked)


@get(f"{HERE}/csv")
async def download_statistics(
    request: Request, first: From = "", last: To = "", which: Which = "", field: Field = "",
    by: By = "",
) -> Response[bytes]:  # fmt: skip
    """The same report as a file for a spreadsheet."""
    typed, scope = _typed(first, last, which, field, by), await _scope(await actor(request))
    asked = _asked(typed, scope)
    found = await report(asked)
    name = f"thong-ke-{asked.first:%Y-%m}-{asked.last:%Y-%m}"
    rows = [cells(line) for line in (*found.lines, found.total)]
    return csv_answer(name, header(asked.by_agency), rows)


async def _scope(officer: Actor) -> list[UUID] | None:
    """Whose figures the officer may read; None: all. A leader's post opens those beneath it."""
    if officer.holds("administrator") is not None:
        return None
    own, led = archives_of(officer), leaderships_of(officer)
    if not own:
        raise NotAllowed
    return list(dict.fromkeys([*own, *await agencies_under(led)]))


def _typed(first: str, last: str, which: str, field: str, by: str) -> Typed:
    this = month_words(today())
    return Typed(first.strip() or this, last.strip() or first.strip() or this, which, field, by)


def _asked(typed: Typed, scope: Sequence[UUID] | None) -> Asked:
    """Raises Malformed for what is no month, NotFound for an agency not in the scope."""
    first, last = read_month(typed.first), read_month(typed.last)
    faults = faults_of(first, last)
    if faults or first is None or last is None:
        raise Malformed(fields=dict(faults))
    chosen = uuid_or_none(typed.agency)
    if typed.agency and (chosen is None or (scope is not None and chosen not in scope)):
        raise NotFound
    agencies = [chosen] if chosen else scope
    return Asked(
        first=first,
        last=last,
        agencies=list(agencies) if agencies is not None else None,
        field=typed.field or None,
        by_agency=typed.by == _AGENCY,
    )


async def _page(
    typed: Typed,
    scope: Sequence[UUID] | None,
    *,
    asked: Asked | None = None,
    refusal: Malformed | None = None,
) -> Response[bytes]:
    named = await agencies_named(await counted_agencies(scope))
    return page(
        "desk/statistics.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        typed=typed,
        agencies=[_ALL, *((str(key), name) for key, name in named)],
        fields=[_ALL, *((each, each) for each in await fields(scope))],
        ways=[("linh-vuc", "Lĩnh vực"), (_AGENCY, "Cơ quan")],
        groups=GROUPS,
        first_column=first_column(typed.by == _AGENCY),
        table=table_view(await report(asked)) if asked else None,
        query=typed.query,
        errors=refusal.fields if refusal else {},
    )
