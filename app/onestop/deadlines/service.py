"""Publishing a working calendar: a new version, never a change to an old one."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.deadlines import national
from app.onestop.deadlines.calendar import Calendar, Document, from_document
from app.people.shapes import Actor
from app.trail.service import record
from tenants import db

YEARS_AHEAD = 3

_INSERT = """
insert into work_calendar (version, document, valid_from, decision, agency_id)
select coalesce(max(version), 0) + 1, $1::jsonb, $2, $3, $4 from work_calendar
returning version
"""


def document_of(calendar: Any, *, first_year: int) -> Document:
    """A province's configured calendar with the national holidays of the coming years frozen in.

    `calendar` is any Struct or mapping with the fields of Document that configuration knows. The
    years are the one before `first_year`, itself and the next three; later ones are computed.
    """
    configured = msgspec.convert(msgspec.to_builtins(calendar), Document)
    years = list(range(first_year - 1, first_year + YEARS_AHEAD + 1))
    known = [national.year_of(year) for year in years]
    return msgspec.structs.replace(
        configured,
        years=years,
        holidays={day: name for year in known for day, name in year.off.items()},
        worked=sorted(day for year in known for day in year.worked),
    )


async def publish(
    actor: Actor,
    document: Document,
    *,
    valid_from: date,
    decision: str,
    agency_id: UUID | None = None,
) -> Calendar:
    """Write a new version of the working calendar (lịch làm việc) and return it.

    `agency_id` makes it that agency's own. Raises BadCalendar when nothing can be counted on it.
    """
    from_document(document, version=0, decision=decision)
    text = msgspec.json.encode(document).decode()
    version = await db.tenant.fetch_value(_INSERT, text, valid_from, decision, agency_id)
    await record(actor, "calendar.publish", ("work_calendar", version), basis=decision)
    return from_document(document, version=version, decision=decision)
