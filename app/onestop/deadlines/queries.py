"""Reading the tenant's working calendar."""

from collections import OrderedDict
from datetime import date
from uuid import UUID

import msgspec

from app.onestop.deadlines.calendar import BadCalendar, Calendar, Document, from_document, local
from infra.clock import now
from tenants import db
from tenants.current import current

_IN_FORCE = """
select version from work_calendar where valid_from <= $1 order by valid_from desc, version desc
limit 1
"""
_DOCUMENT = "select document::text as document, decision from work_calendar where version = $1"

# A version never changes, so what was parsed once stays true.
_parsed: OrderedDict[tuple[UUID, int], Calendar] = OrderedDict()
_KEPT = 256


async def calendar_in_force(on: date | None = None) -> Calendar:
    """The working calendar (lịch làm việc) that holds on a day, today by default.

    Raises BadCalendar when the tenant has none yet.
    """
    version = await db.tenant.fetch_value(_IN_FORCE, on or local(now()).date())
    if version is None:
        raise BadCalendar("Đơn vị chưa có lịch làm việc, chưa tính được ngày hẹn trả.")
    return await calendar_of(version)


async def calendar_of(version: int) -> Calendar:
    """One version, such as the one an earlier deadline was counted on."""
    key = (current().id, version)
    if key not in _parsed:
        row = await db.tenant.fetch_row(_DOCUMENT, version)
        if row is None:
            raise BadCalendar(f"Không có lịch làm việc phiên bản {version}.")
        document = msgspec.json.decode(row["document"], type=Document)
        _parsed[key] = from_document(document, version=version, decision=row["decision"])
        while len(_parsed) > _KEPT:
            _parsed.popitem(last=False)
    return _parsed[key]
