"""Reads about people: who acts, who works where, who a citizen is."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

import asyncpg
import msgspec

from app.people.shapes import Actor, Citizen, HeldPost, Operator, PostKind
from infra.clock import today
from tenants import db

# Indexes: officer_pkey, post_holding_by_officer, agency_succession_to.
_ACTOR = """
select o.id, o.full_name, p.id as post_id, p.kind, p.title,
       a.id as agency_id, a.name as agency_name, i.full_name as instead_of,
       array(with recursive before as (
           select s.from_id from agency_succession s where s.to_id = a.id and s.on_day <= $2
           union
           select s.from_id from before b join agency_succession s on s.to_id = b.from_id
       ) select from_id from before) as before
from officer o
left join post_holding h on h.officer_id = o.id
     and h.from_on <= $2 and (h.to_on is null or h.to_on >= $2)
left join post p on p.id = h.post_id and (p.valid_to is null or p.valid_to >= $2)
left join agency a on a.id = p.agency_id
left join officer i on i.id = h.instead_of
where o.id = $1 and o.dismissed_at is null
order by h.from_on, p.title
"""

_OFFICERS = """
select o.id, o.username, o.full_name, o.email, o.subject is not null as has_signed_in, o.issuer,
       o.dismissed_at, coalesce(o.entered_at, o.admitted_at) as since,
       coalesce(json_agg(json_build_object(
           'holding_id', h.id, 'title', p.title, 'agency_name', a.name,
           'from_on', h.from_on, 'to_on', h.to_on, 'instead_of', i.full_name,
           'decision', h.decision) order by h.from_on)
           filter (where h.id is not null), '[]') as posts
from officer o
left join post_holding h on h.officer_id = o.id and (h.to_on is null or h.to_on >= $1)
left join post p on p.id = h.post_id
left join agency a on a.id = p.agency_id
left join officer i on i.id = h.instead_of
group by o.id
order by o.dismissed_at is not null, o.username
"""

_ADMINISTRATORS = """
select distinct o.full_name || ', ' || a.name as words
from officer o
join post_holding h on h.officer_id = o.id
     and h.from_on <= $1 and (h.to_on is null or h.to_on >= $1)
join post p on p.id = h.post_id and p.kind = 'administrator'
join agency a on a.id = p.agency_id
where o.dismissed_at is null
order by words limit 3
"""

_POSTS = """
select p.id, p.kind, p.title, p.agency_id, a.name as agency_name
from post p join agency a on a.id = p.agency_id
where ($1::uuid is null or p.agency_id = $1)
  and (a.valid_to is null or a.valid_to >= $2) and (p.valid_to is null or p.valid_to >= $2)
order by a.name, p.title
"""
# The one in the highest agency comes first.
_ADMINISTRATORS_POST = """
with recursive under as (
    select id, 0 as depth from agency where parent_id is null
    union all select a.id, u.depth + 1 from agency a join under u on a.parent_id = u.id
)
select p.id, p.kind, p.title, p.agency_id, a.name as agency_name
from post p join agency a on a.id = p.agency_id join under u on u.id = a.id
where p.kind = 'administrator' and ($1 = '' or a.key = $1)
  and (a.valid_to is null or a.valid_to >= $2) and (p.valid_to is null or p.valid_to >= $2)
order by u.depth, a.name, p.title limit 1
"""
# Served by agency_pkey.
_NAMED = """
select id, name, case when valid_to < $2 then valid_to end as ended_on
from agency where id = any($1) order by array_position($1, id)
"""


class HoldingRow(msgspec.Struct, frozen=True):
    """One post an officer holds, or will hold."""

    holding_id: UUID
    title: str
    agency_name: str
    from_on: date
    to_on: date | None
    instead_of: str | None = None
    decision: str | None = None


class OfficerRow(msgspec.Struct, frozen=True):
    """One line of the administrators' list of officers."""

    id: UUID
    username: str
    full_name: str
    email: str | None
    has_signed_in: bool
    issuer: str | None  # bound at the first sign-in, or named before
    dismissed_at: datetime | None
    since: datetime  # last signed in, or admitted
    posts: list[HoldingRow]


class PostRow(msgspec.Struct, frozen=True):
    """One post of an agency."""

    id: UUID
    kind: PostKind
    title: str
    agency_id: UUID
    agency_name: str


async def actor_for_officer(
    officer_id: UUID,
    on: date | None = None,
    *,
    address: str | None = None,
    port: int | None = None,
    request_id: str | None = None,
) -> Actor | None:
    """An admitted officer with the posts held that day (today when not said), in one query.

    `address`, `port` and `request_id` say where the request came from, for the trail.
    """
    rows = await db.tenant.fetch(_ACTOR, officer_id, on or today())
    if not rows:
        return None
    posts = tuple(
        HeldPost(
            *(row["post_id"], row["kind"], row["title"], row["agency_id"], row["agency_name"]),
            tuple(row["before"]),
            row["instead_of"],
        )
        for row in rows
        if row["post_id"]
    )
    return Actor(
        kind="officer",
        id=officer_id,
        name=rows[0]["full_name"],
        posts=posts,
        address=address,
        port=port,
        request_id=request_id,
    )


async def officers() -> list[OfficerRow]:
    """Everybody ever admitted, those at work first, with their present and coming posts."""
    rows = await db.tenant.fetch(_OFFICERS, today())
    return [
        OfficerRow(
            **{name: row[name] for name in row.keys() if name != "posts"},  # noqa: SIM118
            posts=msgspec.json.decode(row["posts"], type=list[HoldingRow]),
        )
        for row in rows
    ]


async def administrators() -> list[str]:
    """Up to three administrators of today, each with the agency, as one turns to them."""
    return [row["words"] for row in await db.tenant.fetch(_ADMINISTRATORS, today())]


async def posts(agency_id: UUID | None = None) -> list[PostRow]:
    """All posts, or those of one agency, without those that have ended."""
    rows = await db.tenant.fetch(_POSTS, agency_id, today())
    return [PostRow(**dict(row)) for row in rows]


async def administrators_post(agency_key: str = "") -> PostRow | None:
    """The administrator's post of that agency, or of the highest that has one."""
    row = await db.tenant.fetch_row(_ADMINISTRATORS_POST, agency_key, today())
    return PostRow(**dict(row)) if row else None


async def agencies_named(agencies: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """Those agencies as lists of choices name them, in that order; an ended one with its last
    day."""
    rows = await db.tenant.fetch(_NAMED, list(agencies), today())
    return [(row["id"], _named(row["name"], row["ended_on"])) for row in rows]


async def citizen(citizen_id: UUID) -> Citizen | None:
    """A citizen as the issuer last described them."""
    row = await db.tenant.fetch_row(
        "select id, full_name, id_number, phone, email, birth_on from citizen where id = $1",
        citizen_id,
    )
    return citizen_of(row) if row else None


async def operator(operator_id: UUID) -> Operator | None:
    """An active operator of the vendor; reads the control database."""
    row = await db.control.fetch_row(
        "select id, username, full_name from operator where id = $1 and active", operator_id
    )
    return Operator(**dict(row)) if row else None


def citizen_of(row: asyncpg.Record) -> Citizen:
    """A citizen's row as a Struct."""
    return Citizen(**cast("dict[str, object]", dict(row)))  # type: ignore[arg-type]


def _named(name: str, ended_on: date | None) -> str:
    return f"{name} (đến ngày {ended_on:%d/%m/%Y})" if ended_on else name
