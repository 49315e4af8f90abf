"""Writing facts into the books (sổ): each once for ever, never changed, in no closed month.

Two facts with one id and another content are in doubt: neither is charged. The one that came first
is taken back by a reversing row, the other is set aside, and a person decides. So the books come
to the same whatever the order in which facts arrive.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Literal, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from billing import rules
from billing.months import day_start
from billing.shapes import OURS, Fact
from infra import clock
from tenants import db
from tenants.work import WorkError, current_work

REVERSED = "~reversed"
CORRECTED = "~corrected"

# The rows are sorted by id, so that those who write together never wait in a circle.
_ADD = """
insert into usage (tenant_id, source, collected_at, id, meter, quantity, subject, network,
                   occurred_at, recorded_at, billed_in, digest)
select $1, $2, $3, * from unnest($4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                                 $9::timestamptz[], $10::timestamptz[], $11::date[], $12::bytea[])
on conflict (tenant_id, source, id) do nothing
returning id
"""
# One look-up by the key for each id, whatever the planner believes about the tenant.
_HELD = """
select held.* from unnest($3::text[]) as asked (id) cross join lateral (
    select id, meter, quantity, subject, network, occurred_at, billed_in, digest from usage
    where tenant_id = $1 and source = $2 and id = asked.id limit 1
) held
"""
_SET_ASIDE = """
insert into usage_conflict (tenant_id, source, seen_at, id, digest, content)
select $1, $2, $3, * from unnest($4::text[], $5::bytea[], $6::jsonb[]) on conflict do nothing
"""
# What is written beside facts, in its own words: who asked for it and why.
_CORRECT = """
insert into usage (tenant_id, source, collected_at, recorded_at, reason, proposed_by, approved_by,
                   proposer, approver, id, meter, quantity, subject, network, occurred_at,
                   corrects, billed_in, digest)
select $1, $2, $3, $3, $4, $5, $6, $7::uuid, $8::uuid, *
from unnest($9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::timestamptz[],
            $15::text[], $16::date[], $17::bytea[])
on conflict (tenant_id, source, id) do nothing
"""

Outcome = Literal["booked", "adjustment", "known", "conflict"]


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact, and when its source recorded it."""

    fact: Fact
    recorded_at: datetime


class Entered(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of one fact: `month` is the one it is stated in.

    `adjustment` is a fact of a month that is closed; `known` was there before, word for word.
    """

    outcome: Outcome
    month: date


class _Row(NamedTuple):
    """A fact as the columns of `_ADD`."""

    id: str
    meter: str
    quantity: int
    subject: str
    network: str
    occurred_at: datetime
    recorded_at: datetime
    billed_in: date
    digest: bytes


class _Correction(NamedTuple):
    """A fact the books hold, and what is written beside it."""

    held: asyncpg.Record
    suffix: str
    quantity: int


class Why(NamedTuple):
    """The reason of a correction and the two who answer for it, by name and by account.

    The books themselves have no account.
    """

    reason: str
    proposed_by: str
    approved_by: str
    proposer: UUID | None = None
    approver: UUID | None = None


_IN_DOUBT = Why("The same id came with another content.", "books", "books: doubt is not charged")


async def enter(tenant_id: UUID, waiting: Sequence[Recorded], source: str = OURS) -> list[Entered]:
    """Write facts of one source into the books; what became of each, in their order.

    The same fact again changes nothing. Facts are checked before (`rules.fault_of`). Raises
    WorkError outside of a unit of work, which has to be one on the control database.
    """
    closed = await _closed_months(tenant_id)
    rows = [_row(each, closed) for each in waiting]
    ordered = sorted(rows, key=itemgetter(0))
    columns = map(list, zip(*ordered, strict=True)) if rows else [[]] * 9
    added = {
        row["id"] for row in await db.control.fetch(_ADD, tenant_id, source, clock.now(), *columns)
    }
    doubtful = await _settle_doubts(tenant_id, source, waiting, added, closed)
    return _told(waiting, [row.billed_in for row in rows], added, doubtful)


async def take_back(tenant_id: UUID, source: str, fact_id: str, why: Why) -> None:
    """Reverse one booked fact in the first open month; once, however often it is asked for."""
    held = (await _held(tenant_id, source, [fact_id])).get(fact_id)
    if held is None or fact_id.endswith(REVERSED):
        raise ValueError(f"the books hold no fact {fact_id!r} of {source!r} to take back")
    await _correct(tenant_id, source, [_reversing(held)], why, await _closed_months(tenant_id))


async def state_anew(tenant_id: UUID, source: str, fact_id: str, quantity: int, why: Why) -> None:
    """Put the right quantity of a fact that was taken back into the first open month."""
    held = (await _held(tenant_id, source, [fact_id])).get(fact_id)
    if held is None:
        raise ValueError(f"the books hold no fact {fact_id!r} of {source!r}")
    made = _Correction(held, CORRECTED, quantity)
    await _correct(tenant_id, source, [made], why, await _closed_months(tenant_id))


async def _closed_months(tenant_id: UUID) -> frozenset[date]:
    """The tenant's closed months, which stay as they are until this unit of work is over."""
    if current_work() is None:
        raise WorkError("the books are written in one transaction, which holds the closing off")
    # Closing a month takes this lock alone, so a fact is in that statement or in the next.
    await db.control.execute(
        "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", f"books:{tenant_id}"
    )
    rows = await db.control.fetch("select month from statement where tenant_id = $1", tenant_id)
    return frozenset(row["month"] for row in rows)


async def _held(tenant_id: UUID, source: str, ids: Collection[str]) -> dict[str, asyncpg.Record]:
    """What the books hold under these ids."""
    return {row["id"]: row for row in await db.control.fetch(_HELD, tenant_id, source, list(ids))}


async def _settle_doubts(
    tenant_id: UUID,
    source: str,
    waiting: Sequence[Recorded],
    added: set[str],
    closed: frozenset[date],
) -> set[str]:
    """The ids that came with another content than the books hold; neither is charged."""
    if len(added) == len(waiting):
        return set()  # Nothing came twice, and nothing was there before.
    often = Counter(recorded.fact.id for recorded in waiting)
    known = [each.fact for each in waiting if each.fact.id not in added or often[each.fact.id] > 1]
    held = await _held(tenant_id, source, {fact.id for fact in known})
    facts = [fact for fact in known if held[fact.id]["digest"] != rules.digest(fact)]
    doubtful = {fact.id for fact in facts}
    if doubtful:
        await _set_aside(tenant_id, source, facts)
        reversing = [_reversing(held[fact_id]) for fact_id in sorted(doubtful)]
        await _correct(tenant_id, source, reversing, _IN_DOUBT, closed)
    return doubtful


async def _set_aside(tenant_id: UUID, source: str, doubtful: list[Fact]) -> None:
    facts = sorted(doubtful, key=lambda fact: fact.id)
    await db.control.execute(
        _SET_ASIDE,
        *(tenant_id, source, clock.now(), [fact.id for fact in facts]),
        [rules.digest(fact) for fact in facts],
        [msgspec.json.encode(fact).decode() for fact in facts],
    )


def _reversing(held: asyncpg.Record) -> _Correction:
    return _Correction(held, REVERSED, -held["quantity"])


async def _correct(
    tenant_id: UUID,
    source: str,
    corrections: Sequence[_Correction],
    why: Why,
    closed: frozenset[date],
) -> None:
    """Rows that correct others: each of the same moment and meter, with another quantity."""
    rows = [_corrected(each, closed) for each in corrections]
    columns = map(list, zip(*rows, strict=True))
    await db.control.execute(_CORRECT, tenant_id, source, clock.now(), *why, *columns)


def _corrected(correction: _Correction, closed: frozenset[date]) -> tuple[object, ...]:
    """A correction as the columns of `_CORRECT`."""
    held, suffix, quantity = correction
    made = Fact(
        id=held["id"] + suffix,
        meter=held["meter"],
        quantity=quantity,
        subject=held["subject"],
        network=held["network"],
        occurred_at=held["occurred_at"],
    )
    return (
        *(made.id, made.meter, quantity, made.subject, made.network, made.occurred_at),
        *(held["id"], rules.first_open(held["billed_in"], closed), rules.digest(made)),
    )


def _row(recorded: Recorded, closed: frozenset[date]) -> _Row:
    fact = recorded.fact
    return _Row(
        *(fact.id, fact.meter, fact.quantity, fact.subject, fact.network, fact.occurred_at),
        *(recorded.recorded_at, rules.billed_in(fact, closed), rules.digest(fact)),
    )


def _told(
    waiting: Sequence[Recorded], months: Sequence[date], added: set[str], doubtful: set[str]
) -> list[Entered]:
    """Each fact's outcome; of equal ones in one batch, the first is the one that was booked."""
    told, left = [], set(added)
    start_at = {month: day_start(month) for month in set(months)}
    for fact, month in zip((recorded.fact for recorded in waiting), months, strict=True):
        outcome: Outcome = "known"
        if fact.id in doubtful:
            outcome = "conflict"
        elif fact.id in left:
            outcome = "adjustment" if fact.occurred_at < start_at[month] else "booked"
        left.discard(fact.id)
        told.append(Entered(outcome=outcome, month=month))
    return told
