"""Which agency does whose work on a day: lists and figures by the old units and by the new ones."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from tenants import db

# Served by agency_succession_pkey.
_SUCCESSORS = """
with recursive way as (
    select $1::uuid as at
    union select s.to_id from way join agency_succession s on s.from_id = way.at and s.on_day <= $2
)
select at from way
where not exists (select from agency_succession s where s.from_id = at and s.on_day <= $2)
"""
# Served by agency_succession_to.
_PREDECESSORS = """
with recursive way as (
    select $1::uuid as at
    union select s.from_id from way join agency_succession s on s.to_id = way.at and s.on_day > $2
)
select a.id from way join agency a on a.id = way.at
where a.valid_from <= $2 and (a.valid_to is null or a.valid_to >= $2) order by a.key
"""
# Where a dossier was on the day: with whom it was before its first later move, and who does that
# one's work on the day. Served by dossier_move_pkey.
_COUNTS = """
select a.id, a.key, a.name, count(*) as total,
       count(*) filter (where d.status not in (3, 7, 8, 10)) as open,
       count(*) filter (where d.status in (3, 7, 8, 10)) as finished
from dossier d
join units_on($1) u on u.agency_id = coalesce(
    (select m.from_id from dossier_move m where m.dossier_id = d.id and m.on_day > $1
     order by m.on_day limit 1), d.agency_id)
join agency a on a.id = u.unit_id
where ($2::timestamptz is null or d.filed_at >= $2) and ($3::timestamptz is null or d.filed_at < $3)
group by a.id order by a.name, a.key
"""
# What is said of the agency a dossier is with: who had it before, who does that work today.
_NAMES = """
select a.name,
  (select b.name from dossier_move m join agency b on b.id = m.from_id
    where m.dossier_id = d.id order by m.on_day desc limit 1) as moved_from,
  (select f.name from agency_former_name f
    where f.agency_id = a.id
      and f.until_on >= (d.filed_at at time zone 'Asia/Ho_Chi_Minh')::date
    order by f.until_on desc limit 1) as called_before,
  (select b.name from agency_succession s join agency b on b.id = s.to_id
    where s.from_id = a.id and s.is_main and s.on_day <= $2) as succeeded_by
from dossier d join agency a on a.id = d.agency_id where d.id = $1
"""


# Served by agency_succession_pkey; a reorganisation has some hundred lines.
_FOLLOWED = """
select a.name, b.name, (select count(*) from dossier_move m
    where m.reorganisation_id = $1 and m.from_id = a.id and m.to_id = b.id)
from agency_succession s join agency a on a.id = s.from_id join agency b on b.id = s.to_id
where s.reorganisation_id = $1 order by a.name, a.key, s.is_main desc, b.name
"""


class Followed(msgspec.Struct, frozen=True):
    """One agency that ended, one that follows it, and how many open dossiers it took over."""

    before: str
    after: str
    moved: int


class UnitCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many dossiers a unit has, by the organisation of one day."""

    id: UUID
    key: str
    name: str
    total: int
    open: int
    finished: int


class AgencyNames(msgspec.Struct, frozen=True, kw_only=True):
    """The agency of a dossier: its name, what it was before, and who does its work now."""

    name: str
    former: str | None
    successor: str | None


async def successors_on(agency_id: UUID, day: date) -> list[UUID]:
    """The agencies that do this one's work on the day; itself while nobody does."""
    return [row["at"] for row in await db.tenant.fetch(_SUCCESSORS, agency_id, day)]


async def predecessors_on(agency_id: UUID, day: date) -> list[UUID]:
    """The agencies that on that day did what this one does; itself where it was there."""
    return [row["id"] for row in await db.tenant.fetch(_PREDECESSORS, agency_id, day)]


async def counts_by_unit(
    day: date, *, filed_from: datetime | None = None, filed_before: datetime | None = None
) -> list[UnitCount]:
    """All dossiers by the units of that day: any day before a reform gives the old units.

    `filed_from` and `filed_before` are aware moments. A dossier filed after the day is counted with
    the unit it is with, where nobody can tell the older one; what was finished in an agency that
    was split is counted with the main successor. Every dossier is counted once.
    """
    rows = await db.tenant.fetch(_COUNTS, day, filed_from, filed_before)
    return [UnitCount(**dict(row)) for row in rows]


async def agency_names(dossier_id: UUID, today: date) -> AgencyNames | None:
    """How the dossier's agency is called, was called and is succeeded; None without a dossier."""
    row = await db.tenant.fetch_row(_NAMES, dossier_id, today)
    if row is None:
        return None
    former = row["moved_from"] or row["called_before"]
    return AgencyNames(name=row["name"], former=former, successor=row["succeeded_by"])


async def followed(reorganisation_id: UUID) -> list[Followed]:
    """Who took over from whom by one reorganisation, by the names of those that ended."""
    rows = await db.tenant.fetch(_FOLLOWED, reorganisation_id)
    return [Followed(*row) for row in rows]
