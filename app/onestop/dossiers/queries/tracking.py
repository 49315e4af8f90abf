"""Following a dossier by its code (tra cứu hồ sơ): the page everybody opens, one keyed read."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.dossiers.applicants import masked_name
from app.onestop.dossiers.rules import Status
from tenants import db


class TrackedStep(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline (tiến trình)."""

    status: int
    title: str
    agency_name: str
    at: datetime


class TrackedResult(msgspec.Struct, frozen=True, kw_only=True):
    """A result that may be fetched by who knows the second factor."""

    id: UUID
    name: str
    file_name: str | None


class TrackingDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What only somebody who knows the applicant's last four digits is shown."""

    dossier_id: UUID
    procedure_code: str
    procedure_name: str
    agency_name: str
    agency_address: str
    applicant_name: str  # masked
    channel: str
    wanted_way: str
    filed_at: datetime
    received_at: datetime | None
    finished_at: datetime | None
    delivered_at: datetime | None
    pause: str | None  # why the clock stands still
    reply_by: datetime | None  # until when papers are waited for
    steps: list[TrackedStep]
    results: list[TrackedResult]


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dossier stands. `version` changes with every act: the page's validator (ETag)."""

    code: str
    version: int
    status: Status
    changed_at: datetime
    due_at: datetime | None
    details: TrackingDetails | None = None


# Served by dossier_code_key, progress_by_dossier, paper_by_dossier, primary keys and
# supplement_request_dossier_id_round_key. The inner selects run only when the second factor fits.
# Without a telephone the personal number serves. Word of another system changes no status and no
# version, so that it must not change the page everybody may keep.
_TRACKING = """
select d.code, d.version, d.status, d.due_at,
  (select p.at from progress p where p.dossier_id = d.id and p.act <> 'exchange'
    order by p.at desc limit 1) as changed_at,
  case when right(coalesce(d.phone, d.applicant->>'id_number'), 4) = $2 then (
    select json_build_object(
      'dossier_id', d.id, 'procedure_code', t.code,
      'procedure_name', t.short_name,
      'agency_name', a.name, 'agency_address', a.address,
      'applicant_name', d.applicant_name, 'channel', d.channel, 'wanted_way', d.wanted_way,
      'filed_at', d.filed_at, 'received_at', d.received_at,
      'finished_at', d.finished_at, 'delivered_at', d.delivered_at, 'pause', d.pause,
      'reply_by', (select max(q.reply_by) from supplement_request q
                    where q.dossier_id = d.id and q.answered_at is null and d.status = 5),
      'steps', (select json_agg(json_build_object(
                  'status', p.status, 'title', p.title, 'agency_name', p.agency_name,
                  'at', p.at) order by p.at, p.id)
                from progress p where p.dossier_id = d.id),
      'results', coalesce((select json_agg(json_build_object(
                  'id', r.id, 'name', r.name, 'file_name', r.file_name) order by r.added_at)
                from paper r where r.dossier_id = d.id and r.kind = 'result'
                  and r.object_id is not null and d.status in (9, 10)), '[]'))
    from procedure t, agency a where t.id = d.procedure_id and a.id = d.agency_id
  )::text end as details
from dossier d where d.id = dossier_named($1)
"""


async def tracking(code: str, last_digits: str | None = None) -> Tracking | None:
    """Where the dossier of that code stands; None when there is none.

    `last_digits` are the last four of the applicant's telephone number (of the personal number
    where no telephone was given): with them `details` is filled, without them only status and
    dates are told. The door limits how often they may be guessed. Officers' opinions are never
    shown here.
    """
    row = await db.tenant.fetch_row(_TRACKING, code, last_digits or "")
    if row is None:
        return None
    return Tracking(
        code=row["code"],
        version=row["version"],
        status=Status(row["status"]),
        changed_at=row["changed_at"],
        due_at=row["due_at"],
        details=_details(row["details"]),
    )


async def version_of(code: str) -> int | None:
    """The version of the dossier of that code, which every act raises; None when there is none."""
    # Served by dossier_code_key.
    version: int | None = await db.tenant.fetch_value(
        "select version from dossier where id = dossier_named($1)", code
    )
    return version


def _details(text: str | None) -> TrackingDetails | None:
    if text is None:
        return None
    found = msgspec.json.decode(text, type=TrackingDetails)
    return msgspec.structs.replace(found, applicant_name=masked_name(found.applicant_name))
