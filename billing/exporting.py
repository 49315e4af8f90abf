"""A statement with everything it was computed from, for who wants to compute it again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from billing import queries
from billing.agreed import Contract
from billing.shapes import Credit, Statement
from tenants import db

FORMAT = "motcua-bang-ke/1"

# What is stated in the month, and all that was stated before of the months its late facts are of.
_FACTS = """
with late as (
    select distinct meter, date_trunc('month', occurred_at at time zone 'Asia/Ho_Chi_Minh') as month
    from usage where tenant_id = $1 and billed_in = $2
)
select u.source, u.id, u.meter, u.quantity, u.subject, u.occurred_at, u.billed_in
from usage u
where u.tenant_id = $1 and (u.billed_in = $2 or u.billed_in < $2 and exists (
    select from late l where l.meter = u.meter
    and l.month = date_trunc('month', u.occurred_at at time zone 'Asia/Ho_Chi_Minh')))
order by u.meter, u.occurred_at, u.source, u.id
"""


class ExportedFact(msgspec.Struct, frozen=True, kw_only=True):
    """One fact as the books hold it; `subject` is the code of its business row."""

    source: str
    id: str
    meter: str
    quantity: int
    subject: str
    occurred_at: datetime
    billed_in: date


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A statement, all that was agreed, and all that was counted for it."""

    contracts: list[Contract]
    facts: list[ExportedFact]
    credits: list[Credit]
    statement: Statement
    format: str = FORMAT


async def export(tenant_id: UUID, month: date) -> Export:
    """The statement of a month with its sources. Raises NoContract."""
    view = await queries.statement(tenant_id, month)
    rows: Any = await db.control.fetch(_FACTS, tenant_id, month)
    return Export(
        contracts=await queries.versions(tenant_id),
        facts=[msgspec.convert(dict(row), ExportedFact) for row in rows],
        credits=await queries.credits(tenant_id, month),
        statement=view.statement,
    )


def encoded(made: Export) -> bytes:
    """The export as JSON, the same bytes for the same export."""
    return msgspec.json.encode(made, order="deterministic") + b"\n"
