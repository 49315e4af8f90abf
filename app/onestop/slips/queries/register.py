"""Form 07 (sổ theo dõi hồ sơ): the received dossiers of an agency, line by line."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.onestop.slips import rules, source
from app.onestop.slips.documents import Document
from app.onestop.slips.filling import frame
from app.onestop.slips.layout import Values
from app.onestop.slips.moments import short_day
from app.onestop.slips.printing import Print, copies_of
from app.onestop.slips.refusals import PeriodTooLong
from infra.clock import VIETNAM, now
from tenants import db
from tenants.current import current

# A print of more lines is no help to anybody and would hold a processor for seconds.
MOST = 2000
_WAYS = {"counter": "Trực tiếp", "electronic": "Bản điện tử", "postal": "Bưu chính công ích"}
_DAY = timedelta(days=1)

# Served by register_entry_by_day and progress_by_dossier.
_ENTRIES = """
select e.number, e.received_at, d.code, t.short_name as procedure, d.applicant_name,
       d.applicant->>'address' as address, d.phone, a.name as competent, d.due_at,
       d.finished_at, d.delivered_at, d.delivered_way, d.status,
       (select min(g.at) from progress g where g.dossier_id = d.id and g.act = 'hand_over')
         as passed_at,
       (select count(*) from slip s where s.dossier_id = d.id and s.form = '01') as receipts
from register_entry e
join dossier d on d.id = e.dossier_id
join agency a on a.id = d.agency_id
join procedure t on t.id = d.procedure_id
where e.agency_id = $1 and e.received_at >= $2 and e.received_at < $3
order by e.year, e.number limit $4
"""
_NOTES = {7: "Người nộp rút hồ sơ", 8: "Dừng giải quyết"}


class RegisterLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the register: its number of the year and how the dossier stands today."""

    number: int
    code: str
    procedure: str
    applicant: str
    contact: str
    agency: str
    received_on: date
    due_on: date | None
    passed_on: date | None
    finished_on: date | None
    delivered_on: date | None
    way: str
    note: str


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """The register of an agency from `first_day` through `last_day`."""

    agency: str
    first_day: date
    last_day: date
    lines: list[RegisterLine]


async def register(agency_id: UUID, first_day: date, last_day: date) -> Register:
    """The dossiers an agency received from `first_day` through `last_day` (days in Vietnam).

    The caller has made sure that the reader works there. Raises PeriodTooLong beyond `MOST` lines,
    LookupError for an agency that is not there.
    """
    agency = await db.tenant.fetch_value("select name from agency where id = $1", agency_id)
    if agency is None:
        raise LookupError("a register belongs to an agency")
    bounds = _midnight(first_day), _midnight(last_day + _DAY)
    rows = await db.tenant.fetch(_ENTRIES, agency_id, *bounds, MOST + 1)
    if len(rows) > MOST:
        raise PeriodTooLong(MOST)
    lines = [_line(row) for row in rows]
    return Register(agency=agency, first_day=first_day, last_day=last_day, lines=lines)


def register_print(found: Register, officer: str) -> Print:
    """The register as form 07, under the version in force on its last day or, if that is still to
    come, today; `officer` is who prints it."""
    today = rules.day_of(now())
    document = source.in_force(rules.REGISTER, min(found.last_day, today))
    return Print(
        form=rules.REGISTER,
        title=f"{document.name} {found.first_day:%d.%m.%Y}-{found.last_day:%d.%m.%Y}",
        size=document.size,
        landscape=document.landscape,
        made_on=today,
        copies=copies_of(document, _values(document, found, officer)),
    )


def _values(document: Document, found: Register, officer: str) -> Values:
    first, last = found.first_day, found.last_day
    years = f"{first.year}" if first.year == last.year else f"{first.year}-{last.year}"
    words = {
        **frame(
            document, found.agency, rules.desk_name(found.agency),
            rules.place_name(current().site.name), now(),
        ),
        "first_day": short_day(first),
        "last_day": short_day(last),
        "year": years,
        "total": str(len(found.lines)),
        "printed_by": officer,
    }  # fmt: skip
    return Values(words=words, tables={"entries": [_entry(line) for line in found.lines]})


def _entry(line: RegisterLine) -> dict[str, str]:
    return {
        "n": str(line.number),
        "code": line.code,
        "procedure": line.procedure,
        "sets": "01",
        "applicant": line.applicant,
        "contact": line.contact,
        "agency": line.agency,
        "received_on": short_day(line.received_on),
        "due_on": short_day(line.due_on),
        "passed_on": short_day(line.passed_on),
        "finished_on": short_day(line.finished_on),
        "delivered_on": short_day(line.delivered_on),
        "way": line.way,
        "signed": "",
        "note": line.note,
    }


def _line(row: asyncpg.Record) -> RegisterLine:
    contact = (row["address"], rules.phone_text(row["phone"]))
    return RegisterLine(
        number=row["number"],
        code=row["code"],
        procedure=row["procedure"],
        applicant=row["applicant_name"],
        contact=", ".join(part for part in contact if part),
        agency=row["competent"],
        received_on=rules.day_of(row["received_at"]),
        due_on=_day(row["due_at"]),
        passed_on=_day(row["passed_at"]),
        finished_on=_day(row["finished_at"]),
        delivered_on=_day(row["delivered_at"]),
        way=_WAYS.get(row["delivered_way"] or "", ""),
        note=_note(row),
    )


def _note(row: Any) -> str:
    notes = [_NOTES.get(row["status"], ""), "Đã cấp lại giấy tiếp nhận" * (row["receipts"] > 1)]
    return "; ".join(note for note in notes if note)


def _day(at: datetime | None) -> date | None:
    return rules.day_of(at) if at else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
