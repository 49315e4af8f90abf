"""What the vendor is told when a tenant nears a volume its contract includes; each level once."""

from datetime import date
from uuid import UUID

from infra import clock
from tenants import db

_WARN = """
insert into quota_warning (tenant_id, meter, month, percent, quantity, allowed, warned_at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
"""


async def warn(
    tenant_id: UUID, meter: str, month: date, percent: int, seen: tuple[int, int]
) -> None:
    """Note that a tenant has reached `percent` of a month's volume; `seen` is used and allowed."""
    await db.control.execute(_WARN, tenant_id, meter, month, percent, *seen, clock.now())
