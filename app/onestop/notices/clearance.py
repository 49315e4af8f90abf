"""May this go out now? Asked once by sending, for every batch it has claimed.

What may not is held with a reason; what is held goes on by itself when its hour has come, or when
an administrator lets it go.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import msgspec

from app.onestop.notices import limit_book, templates, warnings
from app.onestop.notices.limits import (
    CODES,
    HOLD_NAMES,
    Due,
    Held,
    Hold,
    Number,
    Seen,
    Sieve,
    day_of,
    hour_of,
)
from app.onestop.notices.refusals import NotHeld
from app.onestop.notices.service import JOB
from app.onestop.notices.templates import BarredOver
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from infra import bell
from infra.clock import now
from tenants import db
from tenants.current import current
from tenants.work import after_commit, work

Barred = Mapping[tuple[str, int], BarredOver]
_USUAL_DAYS = 28
_AT_ONCE = 500
# A second attempt was counted at the first; a letter costs nothing and disturbs nobody.
_DUE = """
select id, event, template_version as version, phone, parts, cleared_at is not null as cleared,
       taken_at is not null as taken
from notice where id = any($1) and phone is not null order by next_at, id
"""
# One at a time for a province, so that two workers do not both take the last of a limit.
_LOCK = "select pg_advisory_xact_lock(hashtext('notice_limits'))"
# Served by notice_hour_pkey.
_HOURS = """
select coalesce(sum(parts) filter (where hour >= $2), 0) as day_parts,
       coalesce(sum(parts) filter (where hour = $1), 0) as hour_parts,
       coalesce(sum(strangers) filter (where hour = $1), 0) as strangers,
       coalesce(sum(parts) filter (where hour < $1 and extract(hour from hour at time zone 'UTC')
           = extract(hour from $1 at time zone 'UTC')), 0) as before,
       count(distinct hour::date) filter (where hour < $1) as days
from notice_hour where hour >= $3
"""
# Served by notice_by_number.
_NUMBERS = """
select phone, count(*) filter (where taken_at > $2) as hour, count(*) as day,
       count(*) filter (where taken_at > $2 and event = any($4)) as codes
from notice where phone = any($1) and taken_at > $3 group by phone
"""
_TAKE = "update notice set taken_at = $2 where id = any($1)"
_HOLD = """
update notice n set state = 'held', hold = h.why, next_at = coalesce(h.until, 'infinity'),
                    error = h.words, claimed_until = null, attempts = 0
from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) as h (id, why, until, words)
where n.id = h.id
"""
_COUNT = """
insert into notice_hour as h (hour, messages, parts, strangers) values ($1, $2, $3, $4)
on conflict (hour) do update set messages = h.messages + excluded.messages,
    parts = h.parts + excluded.parts, strangers = h.strangers + excluded.strangers
"""
# Served by notice_held.
_RELEASE = """
update notice set state = 'pending', hold = null, error = null
where id in (select id from notice where state = 'held' and next_at <= $1
             order by next_at limit $2 for update skip locked)
"""
_ANY_HELD = "select exists (select from notice where state = 'held' and next_at <= $1)"
_LET_GO = """
update notice set state = 'pending', hold = null, error = null, cleared_at = $2, next_at = $2
where id = any($1) and state = 'held' returning id
"""
_DROP = """
update notice set state = 'dropped', hold = null, error = $2 where id = any($1) and state = 'held'
returning id
"""
_HELD_FOR = "select id from notice where state = 'held' and hold = $1 limit 5000"
_WORDED = """
update notice set state = 'pending', hold = null, error = null, next_at = $2
where state = 'held' and hold = 'template' and event = $1
"""


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    event: str
    version: int
    phone: str
    parts: int
    cleared: bool
    taken: bool


class Cleared(NamedTuple):
    """What may not go out now, and over which providers the others may not."""

    held: Collection[UUID] = ()
    but: Mapping[UUID, tuple[str, ...]] = MappingProxyType({})


async def sift(claimed: Sequence[UUID]) -> Cleared:
    """Hold those of the claimed notices that may not go out now, each with its reason.

    Runs in the transaction that claimed them. The others are counted as sent.
    """
    rows = [_Row(**dict(row)) for row in await db.tenant.fetch(_DUE, list(claimed))]
    pairs = {(row.event, row.version) for row in rows}
    barred = await templates.barred(pairs) if rows else {}
    fresh = [row for row in rows if not row.taken]
    kept = await _sift(fresh, barred) if fresh else set()
    but = {row.id: barred[row.event, row.version].providers for row in rows if _bars(row, barred)}
    return Cleared(kept, but)


def _bars(row: _Row, barred: Barred) -> bool:
    return (row.event, row.version) in barred


async def _sift(rows: Sequence[_Row], barred: Barred) -> set[UUID]:
    await db.tenant.execute(_LOCK)
    moment = now()
    sieve = Sieve(await limit_book.current(), await _seen(rows, moment), moment)
    strangers = sieve.strangers
    held = sieve.sift(_due(rows, barred))
    kept = {one.id for one in held}
    passed = [row for row in rows if row.id not in kept]
    await db.tenant.execute(_TAKE, [row.id for row in passed], moment)
    counts = (sieve.messages, sum(row.parts for row in passed), sieve.strangers - strangers)
    await db.tenant.execute(_COUNT, hour_of(moment), *counts)
    await _hold(held, moment)
    return kept


def _due(rows: Sequence[_Row], barred: Barred) -> list[Due]:
    return [
        Due(
            id=row.id,
            event=row.event,
            phone=row.phone,
            parts=row.parts,
            cleared=row.cleared,
            barred=_bars(row, barred) and barred[row.event, row.version].everywhere,
        )
        for row in rows
    ]


async def _seen(rows: Sequence[_Row], moment: datetime) -> Seen:
    since = moment - timedelta(days=_USUAL_DAYS)
    hours = await db.tenant.fetch_row(_HOURS, hour_of(moment), day_of(moment), since)
    assert hours is not None
    numbers = await db.tenant.fetch(
        _NUMBERS,
        list({row.phone for row in rows}),
        moment - timedelta(hours=1),
        day_of(moment),
        list(CODES),
    )
    return Seen(
        hour_parts=int(hours["hour_parts"]),
        usual_parts=int(hours["before"]) // max(int(hours["days"]), 1),
        day_parts=int(hours["day_parts"]),
        hour_strangers=int(hours["strangers"]),
        numbers={row["phone"]: Number(row["hour"], row["day"], row["codes"]) for row in numbers},
    )


async def _hold(held: Sequence[Held], moment: datetime) -> None:
    if not held:
        return
    await db.tenant.execute(
        _HOLD,
        [one.id for one in held],
        [one.why.value for one in held],
        [one.until for one in held],
        [HOLD_NAMES[one.why] for one in held],
    )
    for why in {one.why for one in held}:
        await warnings.of_hold(why, moment)


async def release_held() -> bool:
    """Let those go on whose hour has come; whether more may be waiting."""
    async with work():
        released = int((await db.tenant.execute(_RELEASE, now(), _AT_ONCE)).split()[-1])
        if released:
            await after_commit(partial(bell.ring, JOB, current().slug))
    return released == _AT_ONCE


async def any_to_release() -> bool:
    """Whether the hour of a held message has come."""
    return bool(await db.tenant.fetch_value(_ANY_HELD, now()))


async def let_go(officer: Actor, notices: Collection[UUID]) -> int:
    """Send held messages after somebody looked at them; how many. Raises NotFound, NotHeld."""
    gone = await db.tenant.fetch(_LET_GO, list(notices), now())
    await _settled(officer, "notice.let_go", notices, gone)
    return len(gone)


async def give_up(officer: Actor, notices: Collection[UUID], reason: str) -> int:
    """Never send these held messages, for a reason; how many. Raises NotFound, NotHeld."""
    gone = await db.tenant.fetch(_DROP, list(notices), f"Không gửi: {reason}")
    await _settled(officer, "notice.give_up", notices, gone, reason=reason)
    return len(gone)


async def held_for(why: Hold) -> list[UUID]:
    """The messages held for one reason."""
    return [row["id"] for row in await db.tenant.fetch(_HELD_FOR, why.value)]


async def wording_changed(key: str) -> None:
    """Try those again that were held for their wording; called when an operator approved one."""
    await db.tenant.execute(_WORDED, key, now())


async def _settled(
    officer: Actor, act: str, asked: Collection[UUID], gone: Sequence[object], **detail: object
) -> None:
    if not gone:
        known = await db.tenant.fetch_value(
            "select 1 from notice where id = any($1) limit 1", list(asked)
        )
        raise NotHeld if known else NotFound
    first = next(iter(asked))
    await record(officer, act, ("notice", first), detail={"count": len(gone), **detail})
    await after_commit(partial(bell.ring, JOB, current().slug))
