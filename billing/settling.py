"""From a closed statement to a paid one: each step once, in order, with who and when."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from billing import queries
from billing.refusals import (
    BooksRefuse,
    CreditKnown,
    CreditRefused,
    MonthClosed,
    ReferenceMissing,
    StepRefused,
)
from infra import clock
from infra.ids import uuid7
from tenants import db, provision
from tenants.work import WorkError, current_work

Side = Literal["vendor", "tenant"]
STEPS = ("sent", "accepted", "invoiced", "paid")
_BY: dict[str, tuple[Side, ...]] = {
    "sent": ("vendor",),
    "accepted": ("tenant", "vendor"),
    "invoiced": ("vendor",),
    "paid": ("vendor",),
}
_CREDIT = """
insert into statement_credit (id, tenant_id, month, penalty, cases, reason, entered_by, entered_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant_id, month, penalty, reason) do nothing returning id
"""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step a statement took; `reference` names the paper that proves it."""

    step: str
    reference: str
    side: Side
    done_by: str
    done_at: datetime


def next_step(done: Sequence[str]) -> str | None:
    """The step that follows those done; None after the last, which is final."""
    return STEPS[len(done)] if len(done) < len(STEPS) else None


def fault_of(done: Sequence[str], step: str, side: Side, reference: str) -> BooksRefuse | None:
    """Why a step cannot be taken now by that side; None when it can.

    The vendor's own word that the tenant accepted, an invoice and a payment name their paper.
    """
    if step != next_step(done) or side not in _BY[step]:
        return StepRefused()
    if not reference.strip() and side == "vendor" and step != "sent":
        return ReferenceMissing()
    return None


async def steps(tenant_id: UUID, month: date) -> list[Step]:
    """The steps a month's statement took, in order."""
    rows = await db.control.fetch(
        "select step, reference, side, done_by, done_at from statement_step"
        " where tenant_id = $1 and month = $2 order by done_at, array_position($3::text[], step)",
        *(tenant_id, month, list(STEPS)),
    )
    return [msgspec.convert(dict(row), Step) for row in rows]


async def advance(
    done_by: str, side: Side, tenant_id: UUID, month: date, step: str, reference: str = ""
) -> None:
    """Take the next step (gửi, nghiệm thu, xuất hóa đơn, thanh toán) of a closed statement.

    Raises StepRefused out of order or before it was closed, ReferenceMissing, and WorkError
    outside of a unit of work.
    """
    await _lock(tenant_id, "pg_advisory_xact_lock")
    closed = (await queries.statement(tenant_id, month)).closed_at is not None
    done = [each.step for each in await steps(tenant_id, month)]
    if not closed:
        raise StepRefused
    if refusal := fault_of(done, step, side, reference):
        raise refusal
    await db.control.execute(
        "insert into statement_step (tenant_id, month, step, reference, side, done_by, done_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(tenant_id, month, step, reference.strip()[:200], side, done_by, clock.now()),
    )
    await _note(done_by, f"statement.{step}", tenant_id, month=month, reference=reference[:200])


async def credit(
    entered_by: str, tenant_id: UUID, month: date, penalty: str, cases: int, reason: str
) -> None:
    """Enter breaches (vi phạm cam kết) of a month that is open; the contract says what they cost.

    Raises MonthClosed, CreditRefused, CreditKnown, NoContract, and WorkError outside of a unit of
    work.
    """
    await _lock(tenant_id, "pg_advisory_xact_lock_shared")
    if (await queries.statement(tenant_id, month)).closed_at is not None:
        raise MonthClosed
    contract = await queries.contract_for(tenant_id, month)
    known = {each.code for each in contract.penalties}
    if penalty not in known or not 1 <= cases <= 1000 or not 1 <= len(reason.strip()) <= 500:
        raise CreditRefused
    values = (uuid7(), tenant_id, month, penalty, cases, reason.strip(), entered_by, clock.now())
    if await db.control.fetch_value(_CREDIT, *values) is None:
        raise CreditKnown
    await _note(entered_by, "statement.credit", tenant_id, month=month, penalty=penalty)


async def _lock(tenant_id: UUID, how: str) -> None:
    """Hold off, or be held off by, who closes a month of the tenant."""
    if current_work() is None:
        raise WorkError("a step is taken in one transaction")
    await db.control.execute(f"select {how}(hashtextextended($1, 0))", f"books:{tenant_id}")


async def _note(actor: str, act: str, tenant_id: UUID, **detail: object) -> None:
    slug = await db.control.fetch_value("select slug from tenant where id = $1", tenant_id)
    await provision.note(actor, act, slug, **detail)
