"""Rows that lie with one tenant and are counted by another, since the two were one and parted."""

from uuid import UUID

from billing.rebuild import Sums
from tenants import db
from tenants.work import work

_WRITE = """
insert into usage_apart (tenant_id, merger_id, meter, day, facts, quantity)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
"""


async def note(merger: UUID, holder: UUID, counter: UUID, rows: Sums) -> None:
    """Write down what rows came to `holder` (below zero: went from it) that `counter` has counted;
    what was counted is stated where it was. Said again it counts once."""
    lines: list[tuple[object, ...]] = []
    for (meter, day), each in rows.items():
        lines.append((holder, merger, meter, day, each.facts, each.quantity))
        lines.append((counter, merger, meter, day, -each.facts, -each.quantity))
    async with work():
        await db.control.execute_many(_WRITE, lines)
