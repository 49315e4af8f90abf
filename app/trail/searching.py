"""Searching the whole trail (nhật ký) for those who answer for it, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.trail.heads import Head
from tenants import db

PAGE = 50
_MOST_PEOPLE = 100


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None or empty does not narrow. `acts` are patterns of LIKE."""

    person: str = ""
    code: str = ""
    acts: Sequence[str] = ()
    but: Sequence[str] = ()  # patterns of acts that are left out
    from_at: datetime | None = None
    before_at: datetime | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the trail as the administrator sees it; `sealed`: a seal covers it."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_name: str
    on_behalf_of: str | None
    act: str
    subject_kind: str
    code: str | None
    how: str | None
    basis: str | None
    address: str | None
    port: int | None
    sealed: bool


class Page(msgspec.Struct, frozen=True):
    """Some rows, and the id of the last one when there are more."""

    lines: list[Found]
    next: UUID | None


class SealLine(msgspec.Struct, frozen=True, kw_only=True):
    """A seal in the list of the newest."""

    seq: int
    rows: int
    first_at: datetime
    last_at: datetime
    sealed_at: datetime
    digest: bytes


# Served by trail_by_subject, trail_by_actor or trail_by_time, as what is asked narrows most.
_FOUND = """
select t.id, t.at, t.actor_kind, t.actor_name, t.on_behalf_of, t.act, t.subject_kind,
       coalesce(d.code, t.detail->>'code') as code, t.detail->>'how' as how, t.basis, t.address,
       t.port, coalesce((t.tx, t.id) <= (s.to_tx, s.to_id), t.joined_id is not null) as sealed
from (select * from whole_trail t where {where} order by t.at desc, t.id desc limit {limit}) t
left join dossier d on d.id = case
    when t.subject_kind in ('dossier', 'dossier_reading') then t.subject_id::uuid end
left join lateral (select to_tx, to_id from trail_seal
                   where cluster = t.cluster and t.joined_id is null
                   order by seq desc limit 1) s on true
order by t.at desc, t.id desc
"""
_PEOPLE = """
select id::text from officer where full_name ilike $1 or username ilike $1
union select id::text from citizen where full_name ilike $1 limit $2
"""
_SEALS = """
select seq, rows, first_at, last_at, sealed_at, digest from trail_seal order by seq desc limit $1
"""


async def search(asked: Asked, *, after: UUID | None = None, limit: int = PAGE) -> Page:
    """The rows that answer, newest first; `after` is the last id of the page already seen."""
    where, values = await _conditions(asked)
    if after:
        place = f"(t.at, t.id) < (select at, id from whole_trail where id = ${len(values) + 1})"  # noqa: S608
        where.append(place)
        values.append(after)
    sql = _FOUND.format(where=" and ".join(where) or "true", limit=limit + 1)
    rows = await db.tenant.fetch(sql, *values)
    lines = [Found(**row) for row in rows[:limit]]
    return Page(lines, lines[-1].id if len(rows) > limit else None)


async def newest_seals(most: int = 10) -> list[SealLine]:
    """The newest seals."""
    return [SealLine(**row) for row in await db.tenant.fetch(_SEALS, most)]


async def sealed_at(head: Head) -> datetime:
    """When a seal was made."""
    made: datetime = await db.tenant.fetch_value(
        "select sealed_at from trail_seal where seq = $1", head.seq
    )
    return made


async def _conditions(asked: Asked) -> tuple[list[str], list[Any]]:
    said: list[tuple[str, Any]] = []
    if asked.person:
        people = await db.tenant.fetch(_PEOPLE, _like(asked.person), _MOST_PEOPLE)
        said.append(("t.actor_id = any(?)", [row["id"] for row in people]))
    if asked.code:
        # An id of nobody where no dossier has the code: nothing is found then.
        found = await db.tenant.fetch_value("select dossier_named($1)", asked.code)
        kinds = "t.subject_kind in ('dossier', 'dossier_reading')"
        said.append((f"{kinds} and t.subject_id = ?", str(found)))
    if asked.acts:
        said.append(("t.act like any(?)", list(asked.acts)))
    if asked.but:
        said.append(("not t.act like any(?)", list(asked.but)))
    if asked.from_at:
        said.append(("t.at >= ?", asked.from_at))
    if asked.before_at:
        said.append(("t.at < ?", asked.before_at))
    where = [text.replace("?", f"${n}") for n, (text, _) in enumerate(said, 1)]
    return where, [value for _, value in said]


def _like(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
