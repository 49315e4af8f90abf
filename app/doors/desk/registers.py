"""The register of dossiers (sổ theo dõi hồ sơ) of an officer's agency, to look at and to print."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import QueryParameter

from app.doors.asked import Asked
from app.doors.desk.inputs import uuid_or_none
from app.doors.desk.places import archives_of
from app.doors.desk.slips import print_page
from app.doors.pdf_answer import pdf_answer
from app.doors.render import page
from app.doors.sessions import actor
from app.onestop.forms.days import read_day
from app.onestop.slips.moments import short_day
from app.onestop.slips.queries import Register, register, register_print
from app.people.queries import agencies_named
from app.people.shapes import Actor
from app.refusals import Malformed, NotFound
from app.trail.reading import note
from infra.clock import today

HERE = "/can-bo/so-theo-doi"
Which = Annotated[str, QueryParameter(name="co-quan", max_length=40)]
From = Annotated[str, QueryParameter(name="tu", max_length=20)]
To = Annotated[str, QueryParameter(name="den", max_length=20)]


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Whose register is asked for, and from which day through which."""

    agency_id: UUID
    first_day: date
    last_day: date

    @property
    def query(self) -> str:
        """The same as it stands in an address."""
        said = {"co-quan": str(self.agency_id), "tu": self.first_day, "den": self.last_day}
        return urlencode(said)


@get(HERE, opt={"reads": "page"})
async def show_register(
    request: Asked, which: Which = "", first: From = "", last: To = ""
) -> Response[bytes]:
    """The lines of a period, this month when not said."""
    officer = await actor(request)
    agency_id = _agency(officer, which)
    try:
        period = _period(agency_id, first, last)
        found = await _read(officer, period)
    except Malformed as refusal:
        return await _page(officer, agency_id, first, last, refusal=refusal)
    days = short_day(period.first_day), short_day(period.last_day)
    return await _page(officer, agency_id, *days, found=found, query=period.query)


@get(f"{HERE}/in", opt={"reads": "slip"})
async def print_register(
    request: Asked, which: Which = "", first: From = "", last: To = ""
) -> Response[bytes]:
    """Form 07 of a period, to print."""
    officer = await actor(request)
    period = _period(_agency(officer, which), first, last)
    found = await _read(officer, period)
    return print_page(
        register_print(found, officer.name),
        f"{HERE}?{period.query}",
        pdf=f"{HERE}/pdf?{period.query}",
    )


@get(f"{HERE}/pdf", opt={"reads": "pdf"})
async def register_pdf(
    request: Asked, which: Which = "", first: From = "", last: To = ""
) -> Response[bytes]:
    """The same as PDF/A."""
    officer = await actor(request)
    period = _period(_agency(officer, which), first, last)
    found = await _read(officer, period)
    return await pdf_answer(register_print(found, officer.name))


async def _read(officer: Actor, period: Period) -> Register:
    days = {"from": str(period.first_day), "to": str(period.last_day)}
    note(officer, "register", period.agency_id, **days)
    return await register(period.agency_id, period.first_day, period.last_day)


def _agency(officer: Actor, which: str) -> UUID:
    """The agency asked for, the officer's first one when none is; NotFound for any but the
    officer's own and the ended ones they took over."""
    agencies = archives_of(officer)
    chosen = uuid_or_none(which) if which else next(iter(agencies), None)
    if chosen is None or chosen not in agencies:
        raise NotFound
    return chosen


def _period(agency_id: UUID, first: str, last: str) -> Period:
    """The days asked for. Raises Malformed for what is no day, or ends before it begins."""
    now = today()
    first_day = read_day(first.strip()) if first.strip() else now.replace(day=1)
    last_day = read_day(last.strip()) if last.strip() else now
    faults = {}
    if first_day is None:
        faults["tu"] = _NO_DAY
    if last_day is None:
        faults["den"] = _NO_DAY
    if first_day and last_day and last_day < first_day:
        faults["den"] = "Chọn ngày cuối không trước ngày đầu."
    if faults or first_day is None or last_day is None:
        raise Malformed(fields=faults)
    return Period(agency_id=agency_id, first_day=first_day, last_day=last_day)


async def _page(
    officer: Actor,
    agency_id: UUID,
    first: str,
    last: str,
    *,
    found: Register | None = None,
    query: str = "",
    refusal: Malformed | None = None,
) -> Response[bytes]:
    names = await agencies_named(archives_of(officer))
    return page(
        "desk/register.html",
        status=refusal.status if refusal else 200,
        here=HERE,
        agencies=[(str(key), name) for key, name in names],
        agency=str(agency_id),
        first=first,
        last=last,
        found=found,
        query=query,
        errors=refusal.fields if refusal else {},
    )


_NO_DAY = "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026."
