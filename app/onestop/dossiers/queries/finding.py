"""Finding a dossier at the desk by what was typed, and what the desk has yet to pass on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog.rules import normalise
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import Remaining, hand_over_by, remaining
from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.queries.desk import FROM, LINE, Line
from app.onestop.dossiers.rules import Status
from app.onestop.forms import cleaning, identity
from infra.clock import now
from tenants import db

MOST_FOUND = 30


class FoundLine(Line, frozen=True, kw_only=True):
    """A dossier that answers a search; `post_title` is whose turn it is."""

    filed_at: datetime
    due_at: datetime | None
    post_title: str | None


class FoundList(msgspec.Struct, frozen=True, kw_only=True):
    """The newest dossiers that answer a search; `more`: there are others, the search is wide."""

    lines: list[FoundLine]
    more: bool


class PassingLine(Line, frozen=True, kw_only=True):
    """A dossier received and not yet handed over; `by`: until when it should be."""

    received_at: datetime
    due_at: datetime
    by: datetime
    remaining: Remaining


class PassingQueue(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk has received and has to pass on (chờ chuyển), the most urgent first."""

    lines: list[PassingLine]
    next: str | None


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The dossiers beside one in the officer's list; `then` is what waits for the officer next."""

    previous: str | None
    next: str | None
    then: str | None


# The narrow index dossier_search is read alone, newest first, until enough are found; only those
# are then looked up whole. What was taken in for other agencies is little: dossier_taken_in_for.
_FOUND = (
    LINE  # noqa: S608
    + "d.filed_at, d.due_at, p.title as post_title"
    + FROM
    + """
left join lateral (
    select string_agg(p.title, ', ' order by k.opened_at) as title
    from task k join post p on p.id = k.post_id where k.dossier_id = d.id and k.state = 'open'
) p on true
where d.id in (
    (select id from dossier where agency_id = any($1) and (
        ($2 <> '' and normal like '%' || $2 || '%') or ($3 <> '' and strpos(code, $3) > 0)
        or phone = $4 or id_number = $5)
     order by filed_at desc, id desc limit $6)
    union all
    (select id from dossier where desk_agency_id = any($1) and (
        ($2 <> '' and normal like '%' || $2 || '%') or ($3 <> '' and strpos(code, $3) > 0)
        or phone = $4 or id_number = $5)
     order by filed_at desc, id desc limit $6)
    union all
    select id from dossier
    where id = dossier_named($3) and (agency_id = any($1) or desk_agency_id = any($1)))
order by d.filed_at desc, d.id desc limit $6
"""
)
# Served by task_by_turn.
_PASSING = (
    LINE
    + "coalesce(d.competent_received_at, d.received_at) as received_at, d.due_at"
    + FROM
    + """
where d.status = 2 and d.pause is null and exists (
    select from task k where k.dossier_id = d.id and k.state = 'open' and k.post_id = any($1))
  and ($2::timestamptz is null or (d.due_at, d.id) > ($2, $3::uuid))
order by d.due_at, d.id limit $4
"""
)
# The lists are as long as one desk's day. Served by dossier_waiting and task_by_turn.
_AROUND = """
with waiting as (
    select code, filed_at as at, id from dossier
    where agency_id = any($1) and status in (1, 2) and due_at is null
), turn as (
    select d.code, k.due_at as at, d.id from task k join dossier d on d.id = k.dossier_id
    where k.state = 'open' and k.post_id = any($2)
), line as (
    select code, lag(code) over o as previous, lead(code) over o as next
    from waiting window o as (order by at, id)
    union all
    select code, lag(code) over o, lead(code) over o from turn window o as (order by at, id)
)
select (select previous from line where code = $3) as previous,
       (select next from line where code = $3) as next,
       (select code from turn where code <> $3 order by at, id limit 1) as first_turn,
       (select code from waiting where code <> $3 order by at, id limit 1) as first_waiting
"""
_PASSING_COUNT = """
select count(*) from task k join dossier d on d.id = k.dossier_id
where k.post_id = any($1) and k.state = 'open' and d.status = 2 and d.pause is null
"""
_LEAST_DIGITS = 4


async def find_dossiers(text: str, agencies: Sequence[UUID]) -> FoundList:
    """Dossiers of those agencies by a part of the code, by name with or without marks, by the
    words of the summary, by telephone or by personal number; the newest first."""
    rows = await db.tenant.fetch(_FOUND, agencies, *_asked(text), MOST_FOUND + 1)
    lines = [FoundLine(**_common(row)) for row in rows[:MOST_FOUND]]
    return FoundList(lines=lines, more=len(rows) > MOST_FOUND)


async def hand_over_queue(
    posts: Sequence[UUID], *, after: str | None = None, limit: int = paging.PAGE
) -> PassingQueue:
    """Dossiers received at those posts and still lying there."""
    rows = await db.tenant.fetch(_PASSING, posts, *paging.read(after), limit + 1)
    shown, following = paging.cut(rows, limit, "due_at")
    calendar, moment = await calendar_in_force(), now()
    lines = []
    for row in shown:
        by = hand_over_by(row["received_at"], calendar).at
        left = remaining(moment, by, calendar)
        lines.append(PassingLine(**_common(row), by=by, remaining=left))
    return PassingQueue(lines=lines, next=following)


async def hand_over_count(posts: Sequence[UUID]) -> int:
    """How many dossiers lie at those posts, received and not handed over."""
    return int(await db.tenant.fetch_value(_PASSING_COUNT, posts))


async def around(code: str, desks: Sequence[UUID], posts: Sequence[UUID]) -> Around:
    """What stands before and after a dossier in the reception queue or the inbox it is in."""
    row = await db.tenant.fetch_row(_AROUND, desks, posts, code)
    assert row is not None, "scalar subqueries always make one row"
    then = row["next"] or row["first_turn"] or row["first_waiting"]
    return Around(previous=row["previous"], next=row["next"], then=then)


def _asked(text: str) -> tuple[str, str, str | None, str | None]:
    """What is compared: words, a part of a code, a telephone number, a personal number."""
    plain = cleaning.plain_digits(text)
    words = "%".join(normalise(plain).split())
    digits = sum(letter.isdigit() for letter in plain)
    part = plain.upper() if digits >= _LEAST_DIGITS else ""
    return words, part, identity.phone(plain), identity.id_number(plain)


def _common(row: Any) -> dict[str, Any]:
    return {**row, "status": Status(row["status"])}
