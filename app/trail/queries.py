"""Reading the trail, newest first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tenants import db


class TrailLine(msgspec.Struct, frozen=True, kw_only=True):
    """One act as shown to those who may see the trail (nhật ký)."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_name: str
    act: str
    detail: dict[str, Any]
    basis: str | None
    on_behalf_of: str | None = None  # whom the actor stood in for


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Where a dossier was opened (lượt xem): the officer's agency, "" for who knew its digits."""

    place: str
    times: int
    last_at: datetime


# Served by trail_by_subject, joined_trail_by_subject and dossier_code_key.
_READERS = """
select coalesce(detail->>'agency', '') as place, count(*) as times, max(at) as last_at
from whole_trail
where subject_kind = 'dossier_reading' and subject_id = dossier_named($1)::text
group by 1 order by last_at desc
"""
# Served by the indexes trail_by_subject and joined_trail_by_subject.
_OF_SUBJECT = """
select id, at, actor_kind, actor_name, act, detail::text as detail, basis,
       on_behalf_of
from whole_trail
where subject_kind = $1 and subject_id = $2
  and ($3::uuid is null or (at, id) < (select at, id from whole_trail where id = $3))
order by at desc, id desc limit $4
"""


async def lines_of(
    subject: tuple[str, object], *, before: UUID | None = None, limit: int = 50
) -> list[TrailLine]:
    """The acts on one subject, newest first; `before` is the last id of the page already seen."""
    rows = await db.tenant.fetch(_OF_SUBJECT, subject[0], str(subject[1]), before, limit)
    return [
        TrailLine(**{**dict(row), "detail": msgspec.json.decode(row["detail"])}) for row in rows
    ]


async def readers_of(code: str) -> list[Reader]:
    """Where the dossier of that code was opened, the latest first."""
    return [Reader(**row) for row in await db.tenant.fetch(_READERS, code)]
