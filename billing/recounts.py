"""What the nightly recounts of one tenant found: equal, or on which days not."""

from datetime import date
from uuid import UUID

import msgspec

from billing.months import period
from billing.rebuild import Checked, Difference
from tenants import db

# Served by the primary keys of both; a night keeps at most a thousand differing days.
_NIGHTS = """
select checked_at, facts, differing from usage_check
where tenant_id = $1 and checked_at >= $2 and checked_at < $3 order by checked_at desc
"""
_LINES = """
select checked_at, against, meter, day, source_facts, source_quantity::bigint, book_facts,
       book_quantity::bigint from usage_difference
where tenant_id = $1 and checked_at >= $2 and checked_at < $3 order by day, meter, against
"""


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """One recount (đối chiếu); `differing` counts the days that differ, `checked` names them."""

    checked: Checked
    differing: int


async def of_month(tenant_id: UUID, month: date) -> list[Night]:
    """The recounts made in a month (Vietnam), the latest first."""
    begin, end = period(month)
    nights = await db.control.fetch(_NIGHTS, tenant_id, begin, end)
    rows = [dict(row) for row in await db.control.fetch(_LINES, tenant_id, begin, end)]
    lines = [(row.pop("checked_at"), msgspec.convert(row, Difference)) for row in rows]
    return [
        Night(
            checked=Checked(
                checked_at=night["checked_at"],
                facts=night["facts"],
                differences=[line for at, line in lines if at == night["checked_at"]],
            ),
            differing=night["differing"],
        )
        for night in nights
    ]
