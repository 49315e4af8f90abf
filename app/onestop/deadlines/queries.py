"""Reading working calendars and the deadline's ledger."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.onestop.deadlines.calendar import BadCalendar, Calendar, Document, from_document, local
from app.onestop.deadlines.ledger import Fault, audit, fold, of
from app.onestop.deadlines.shapes import ClockName, Entry, Standing
from infra.clock import now
from tenants import db
from tenants.current import current

_IN_FORCE = """
select version from work_calendar
where valid_from <= $1 and (agency_id is null or agency_id = $2)
order by agency_id is null, valid_from desc, version desc limit 1
"""
# Everybody's calendar in force stands under null.
_EVERYWHERE = """
select distinct on (agency_id) agency_id, version from work_calendar where valid_from <= $1
order by agency_id, valid_from desc, version desc
"""
_DOCUMENT = "select document::text as document, decision from work_calendar where version = $1"
# Served by deadline_entry_by_dossier.
_ENTRIES = """
select dossier_id, kind, at, calendar_version, clock, subject_id, amount, unit, until_at, reason,
       note, basis, officer_id as actor_id, due_at, explanation::text as lines
from deadline_entry where dossier_id = any($1::uuid[]) order by seq
"""

# A version never changes, so what was parsed once stays true.
_parsed: OrderedDict[tuple[UUID, int], Calendar] = OrderedDict()
_KEPT = 256


async def calendar_in_force(on: date | None = None, agency_id: UUID | None = None) -> Calendar:
    """The working calendar (lịch làm việc) that holds on a day, today by default.

    An agency's own where it has one, else the tenant's. Raises BadCalendar when there is none yet.
    """
    version = await db.tenant.fetch_value(_IN_FORCE, on or local(now()).date(), agency_id)
    if version is None:
        raise BadCalendar("Đơn vị chưa có lịch làm việc, chưa tính được ngày hẹn trả.")
    return await calendar_of(version)


async def calendar_of(version: int) -> Calendar:
    """One version, such as the one an earlier deadline was counted on."""
    key = (current().id, version)
    if key not in _parsed:
        document, decision = await _stored(version)
        _parsed[key] = from_document(document, version=version, decision=decision)
        while len(_parsed) > _KEPT:
            _parsed.popitem(last=False)
    return _parsed[key]


async def calendars_in_force(on: date) -> dict[UUID | None, int]:
    """The versions that hold on a day: the tenant's under None, an agency's own under its id."""
    rows = await db.tenant.fetch(_EVERYWHERE, on)
    return {row["agency_id"]: row["version"] for row in rows}


async def document_of(version: int) -> Document:
    """What is stored of a version. Raises BadCalendar when there is none."""
    return (await _stored(version))[0]


async def entries_of(dossier_id: UUID) -> list[Entry]:
    """Every row of the dossier's ledger, of all its clocks, in the order they were written."""
    return (await ledgers_of([dossier_id]))[dossier_id]


async def ledgers_of(dossier_ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """The rows of several dossiers at once, as `entries_of` gives them."""
    found: dict[UUID, list[Entry]] = {dossier_id: [] for dossier_id in dossier_ids}
    for row in await db.tenant.fetch(_ENTRIES, list(dossier_ids)):
        lines = msgspec.json.decode(row["lines"], type=tuple[str, ...])
        found[row["dossier_id"]].append(msgspec.convert({**row, "lines": lines}, Entry))
    return found


async def calendars_of(entries: Sequence[Entry]) -> dict[int, Calendar]:
    """The calendars those rows were counted on, by version."""
    return {
        version: await calendar_of(version) for version in {e.calendar_version for e in entries}
    }


async def standing_of(
    dossier_id: UUID, clock: ClockName = ClockName.WHOLE, subject_id: UUID | None = None
) -> Standing | None:
    """Where a clock of the dossier stands; None when it was never started."""
    entries = of(await entries_of(dossier_id), clock, subject_id)
    return fold(entries, await calendars_of(entries)) if entries else None


async def audit_of(dossier_id: UUID) -> list[Fault]:
    """The rows of the dossier's ledger whose stored deadline is not what they add up to."""
    entries = await entries_of(dossier_id)
    calendars = await calendars_of(entries)
    names = dict.fromkeys((each.clock, each.subject_id) for each in entries)
    return [fault for name in names for fault in audit(of(entries, *name), calendars)]


async def _stored(version: int) -> tuple[Document, str]:
    row = await db.tenant.fetch_row(_DOCUMENT, version)
    if row is None:
        raise BadCalendar(f"Không có lịch làm việc phiên bản {version}.")
    return msgspec.json.decode(row["document"], type=Document), row["decision"]
