"""Correcting what the books hold: one person asks, another decides, and rows are only added."""

from datetime import datetime
from uuid import UUID

import msgspec

from billing import books
from billing.books import Why
from billing.refusals import CorrectionUnfit
from infra import clock
from infra.ids import uuid7
from tenants import db

_OPEN = """
select id, tenant_id, source, fact, quantity, reason, proposed_by, proposed_at
from usage_proposal where tenant_id = $1 and decided_at is null order by proposed_at
"""
_LOCK = """
select id, tenant_id, source, fact, quantity, reason, proposed_by, proposed_at
from usage_proposal where id = $1 and decided_at is null for update
"""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A correction (điều chỉnh) that was asked for; no quantity takes the fact away."""

    id: UUID
    tenant_id: UUID
    source: str
    fact: str
    quantity: int | None
    reason: str
    proposed_by: str
    proposed_at: datetime


async def propose(
    proposed_by: str, tenant_id: UUID, source: str, fact: str, quantity: int | None, reason: str
) -> UUID:
    """Ask for a fact to be taken back and, with a quantity, to be stated anew.

    Raises CorrectionUnfit for a fact the books do not hold, one that was corrected already or
    waits for a decision, and for a reason that is missing.
    """
    fit = reason.strip() and (quantity is None or 0 <= quantity <= 10**15)
    held = fit and await db.control.fetch_value(
        "select 1 from usage where tenant_id = $1 and source = $2 and id = $3"
        " and not exists (select from usage_proposal p where p.tenant_id = $1 and p.source = $2"
        " and p.fact = $3 and p.approved is not false)",
        *(tenant_id, source, fact),
    )
    if not held or fact.endswith(books.REVERSED):
        raise CorrectionUnfit
    proposal_id = uuid7()
    await db.control.execute(
        "insert into usage_proposal (id, tenant_id, source, fact, quantity, reason, proposed_by,"
        " proposed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(proposal_id, tenant_id, source, fact, quantity, reason.strip()[:500], proposed_by),
        clock.now(),
    )
    return proposal_id


async def waiting(tenant_id: UUID) -> list[Proposal]:
    """What was asked for and not decided, the oldest first."""
    rows = await db.control.fetch(_OPEN, tenant_id)
    return [msgspec.convert(dict(row), Proposal) for row in rows]


async def decide(decided_by: str, proposal_id: UUID, *, approved: bool) -> None:
    """Carry out a correction in the first open month, or turn it down; runs in the caller's unit.

    Raises CorrectionUnfit when it is decided already, or by the one who asked.
    """
    row = await db.control.fetch_row(_LOCK, proposal_id)
    if row is None or row["proposed_by"] == decided_by:
        raise CorrectionUnfit
    found = msgspec.convert(dict(row), Proposal)
    await db.control.execute(
        "update usage_proposal set decided_by = $2, decided_at = $3, approved = $4 where id = $1",
        *(proposal_id, decided_by, clock.now(), approved),
    )
    if not approved:
        return
    why = Why(found.reason, found.proposed_by, decided_by)
    # A fact in doubt was taken back when the doubt arose; then this adds nothing.
    await books.take_back(found.tenant_id, found.source, found.fact, why)
    if found.quantity is not None:
        await books.state_anew(found.tenant_id, found.source, found.fact, found.quantity, why)
