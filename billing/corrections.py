"""Correcting what the books hold: one account asks, another decides, and rows are only added."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from billing import books
from billing.books import Why
from billing.months import period
from billing.refusals import CorrectionUnfit, OwnCorrection
from infra import clock
from infra.ids import uuid7
from tenants import db, provision

_COLUMNS = (
    "id, tenant_id, source, fact, quantity, reason, proposer, proposed_by, proposed_at, decider,"
    " decided_by, decided_at, approved"
)
# Everything that waits, and what was decided in a month, beside the fact itself.
_OF_MONTH = """
select p.id, p.tenant_id, p.source, p.fact, p.quantity, p.reason, p.proposer, p.proposed_by,
       p.proposed_at, p.decider, p.decided_by, p.decided_at, p.approved, u.meter,
       u.quantity as held, u.occurred_at
from usage_proposal p join usage u
  on u.tenant_id = p.tenant_id and u.source = p.source and u.id = p.fact
where p.tenant_id = $1 and (p.decided_at is null or p.decided_at >= $2 and p.decided_at < $3)
order by p.decided_at desc nulls first, p.proposed_at
"""
_HELD = """
select source, id, meter, quantity, subject, occurred_at from usage
where tenant_id = $1 and source = $2 and id = $3
"""
_LOCK = f"""
select {_COLUMNS} from usage_proposal
where id = $1 and tenant_id = $2 and decided_at is null for update
"""  # noqa: S608
# Served by usage_proposal_once. A fact is corrected once; its corrected row may be again.
_FREE = """
select 1 from usage where tenant_id = $1 and source = $2 and id = $3
and not exists (select from usage_proposal p where p.tenant_id = $1 and p.source = $2
and p.fact = $3 and p.approved is not false)
"""
_PROPOSE = """
insert into usage_proposal (id, tenant_id, source, fact, quantity, reason, proposer, proposed_by,
                            proposed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, source, fact) where approved is not false do nothing returning id
"""
_DECIDE = """
update usage_proposal set decider = $2, decided_by = $3, decided_at = $4, approved = $5
where id = $1
"""
MOST = 10**15


class Account(NamedTuple):
    """An operator who is signed in (tài khoản vận hành): who he is, and his name of today."""

    id: UUID
    name: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A correction (điều chỉnh) that was asked for; no quantity takes the fact away."""

    id: UUID
    tenant_id: UUID
    source: str
    fact: str
    quantity: int | None
    reason: str
    proposer: UUID
    proposed_by: str
    proposed_at: datetime
    decider: UUID | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    approved: bool | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal beside what the books hold of its fact."""

    proposal: Proposal
    meter: str
    held: int
    occurred_at: datetime


class HeldFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as the books hold it."""

    source: str
    id: str
    meter: str
    quantity: int
    subject: str
    occurred_at: datetime


async def propose(
    by: Account, tenant_id: UUID, source: str, fact: str, quantity: int | None, reason: str
) -> UUID:
    """Ask for a fact to be taken back and, with a quantity, to be stated anew.

    Raises CorrectionUnfit for a fact the books do not hold, one that was corrected already or
    waits for a decision, and for a reason that is missing.
    """
    reason = reason.strip()
    fit = 0 < len(reason) <= 500 and (quantity is None or 0 <= quantity <= MOST)
    held = fit and await db.control.fetch_value(_FREE, tenant_id, source, fact)
    if not held or fact.endswith(books.REVERSED):
        raise CorrectionUnfit
    proposal_id = uuid7()
    values = (proposal_id, tenant_id, source, fact, quantity, reason, by.id, by.name, clock.now())
    if await db.control.fetch_value(_PROPOSE, *values) is None:  # Somebody asked this very moment.
        raise CorrectionUnfit
    await _note(by, "usage.propose", tenant_id, proposal=proposal_id, fact=fact, quantity=quantity)
    return proposal_id


async def of_month(tenant_id: UUID, month: date) -> list[Asked]:
    """What waits for a decision, the oldest first, then what was decided in a month."""
    rows = [dict(row) for row in await db.control.fetch(_OF_MONTH, tenant_id, *period(month))]
    return [
        Asked(
            proposal=msgspec.convert(row, Proposal),
            **{name: row[name] for name in ("meter", "held", "occurred_at")},
        )
        for row in rows
    ]


async def held(tenant_id: UUID, source: str, fact: str) -> HeldFact | None:
    """The fact of that id, or None where the books have none."""
    row = await db.control.fetch_row(_HELD, tenant_id, source, fact)
    return None if row is None else msgspec.convert(dict(row), HeldFact)


async def decide(by: Account, tenant_id: UUID, proposal_id: UUID, *, approved: bool) -> None:
    """Carry out a correction in the first open month, or turn it down; runs in the caller's unit.

    Raises CorrectionUnfit when it is not there or decided already, OwnCorrection for the account
    that asked.
    """
    row = await db.control.fetch_row(_LOCK, proposal_id, tenant_id)
    if row is None:
        raise CorrectionUnfit
    found = msgspec.convert(dict(row), Proposal)
    if found.proposer == by.id:
        raise OwnCorrection
    await db.control.execute(_DECIDE, proposal_id, by.id, by.name, clock.now(), approved)
    if approved:
        await _carry_out(found, by)
    await _note(by, "usage.decide", tenant_id, proposal=proposal_id, approved=approved)


async def _carry_out(found: Proposal, by: Account) -> None:
    why = Why(found.reason, found.proposed_by, by.name, found.proposer, by.id)
    # A fact in doubt was taken back when the doubt arose; then this adds nothing.
    await books.take_back(found.tenant_id, found.source, found.fact, why)
    if found.quantity is not None:
        await books.state_anew(found.tenant_id, found.source, found.fact, found.quantity, why)


async def _note(by: Account, act: str, tenant_id: UUID, **detail: object) -> None:
    slug = await db.control.fetch_value("select slug from tenant where id = $1", tenant_id)
    await provision.note(by.name, act, slug, account=by.id, **detail)
