"""What the databases hold when the play is over, read by the product's own roles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.needs import limit_for
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import due_at
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from infra.clock import VIETNAM
from tenants import db


class Change(msgspec.Struct, frozen=True):
    """One change of status or step."""

    status: int
    act: str
    title: str
    at: datetime


class Paper(msgspec.Struct, frozen=True):
    """A stored file of the dossier."""

    kind: str
    slot: str
    file: str
    digest: str
    size: int


class Told(msgspec.Struct, frozen=True):
    """A notice; `id` is the reference the gateway got."""

    id: UUID
    event: str
    phone: str
    text: str
    encoding: str
    parts: int
    state: str


class Used(msgspec.Struct, frozen=True):
    """A usage record."""

    id: str
    meter: str
    quantity: int
    subject: str
    occurred_at: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the tenant's database says of one dossier."""

    id: UUID
    code: str
    channel: str
    status: int
    applicant: str
    received_at: datetime
    due_at: datetime
    due_counted_again: datetime
    due_is_working_day: bool
    rating: int | None
    changes: list[Change]
    papers: list[Paper]
    notices: list[Told]
    usage: list[Used]
    trail: list[str]
    receipts: int


_DOSSIER = """
select d.id, d.code, d.channel, d.status, d.applicant_name as applicant, d.received_at, d.due_at,
       d.procedure_id, d.case_id, (select score from rating where dossier_id = d.id) as rating,
       (select count(*) from slip where dossier_id = d.id and form = '01') as receipts
from dossier d where d.id = dossier_named($1)
"""
_CHANGES = "select status, act, title, at from progress where dossier_id = $1 order by at, id"
_PAPERS = """
select p.kind, p.slot, p.file_name as file, encode(o.sha256, 'hex') as digest, o.size
from paper p join stored_object o on o.id = p.object_id where p.dossier_id = $1 order by o.stored_at
"""
_NOTICES = """
select id, event, phone, text, encoding, parts, state from notice where dossier_id = $1
order by created_at, id
"""
_USAGE = """
select id, meter, quantity, subject, occurred_at from usage_record
where id = 'dossier:' || $1::text || ':received'
   or split_part(id, ':', 2) in (select n.id::text from notice n where n.dossier_id = $1::uuid)
order by occurred_at, id
"""
_TRAIL = """
select act from trail where subject_kind = 'dossier' and subject_id = $1 order by at, id
"""


async def held(code: str) -> Held:
    """All about the current tenant's dossier of that code."""
    row = dict(await _one(_DOSSIER, code))
    identity = str(row["id"])
    calendar = await calendar_in_force()
    return Held(
        due_counted_again=await _count_again(row),
        due_is_working_day=calendar.is_working_day(_local(row["due_at"])),
        changes=await _all(Change, _CHANGES, row["id"]),
        papers=await _all(Paper, _PAPERS, row["id"]),
        notices=await _all(Told, _NOTICES, row["id"]),
        usage=await _all(Used, _USAGE, identity),
        trail=[line["act"] for line in await db.tenant.fetch(_TRAIL, identity)],
        **{name: row[name] for name in row if name not in {"procedure_id", "case_id"}},
    )


async def _count_again(row: dict[str, Any]) -> datetime:
    """The deadline from the procedure and the calendar alone."""
    procedure = await catalog.document(row["procedure_id"])
    limit = limit_for(procedure, KIND_OF_CHANNEL[row["channel"]], row["case_id"])
    assert limit is not None, "both procedures publish their time"
    return due_at(row["received_at"], limit.qty, limit.unit, await calendar_in_force()).at


async def _one(sql: str, *values: object) -> Any:
    row = await db.tenant.fetch_row(sql, *values)
    assert row is not None, values
    return row


async def _all(shape: type[Any], sql: str, *values: object) -> list[Any]:
    return [msgspec.convert(dict(row), shape) for row in await db.tenant.fetch(sql, *values)]


def _local(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
