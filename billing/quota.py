"""Limits of fair use (mức sử dụng hợp lý) by contract: warned of or refused, never silently.

What was used is read from the books, which follow the tenant within a minute.
"""

import asyncio
import time
from contextvars import Context
from datetime import date
from uuid import UUID

import msgspec

from billing import queries
from billing.agreed import FairUse
from billing.months import month_of
from billing.refusals import NoContract, OverQuota
from infra import clock
from tenants import db
from tenants.current import current
from tenants.work import work

LEVELS = (80, 100)
_FRESH_SECONDS = 10.0
_USED = """
select coalesce(sum(quantity), 0)::bigint from usage
where tenant_id = $1 and billed_in = $2 and meter = $3
"""
_WARN = """
insert into quota_warning (tenant_id, meter, month, percent, quantity, allowed, warned_at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
"""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """How far a meter's limit of this month is used up; the clause stands in `rule`."""

    rule: FairUse
    used: int

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.used >= self.rule.quantity


_seen: dict[tuple[UUID, str], tuple[float, Quota | None]] = {}


async def check(meter: str) -> Quota | None:
    """How the current tenant stands with a meter's limit; None where the contract sets none.

    Warnings are rows, at 80 and 100 percent, each once a month. Raises OverQuota where the
    contract says that more is refused. May be called inside a unit of work of the tenant: the
    books are asked beside it, at most every ten seconds.
    """
    key = (current().id, meter)
    at, quota = _seen.get(key, (0.0, None))
    if not at or time.monotonic() - at > _FRESH_SECONDS:
        # A context of its own: the caller's transaction is on another database.
        quota = await asyncio.create_task(_measure(*key), context=Context())
        _seen[key] = (time.monotonic(), quota)
    if quota and quota.over and quota.rule.beyond == "refuse":
        raise OverQuota
    return quota


async def warnings(tenant_id: UUID) -> list[dict[str, object]]:
    """A tenant's warnings, the latest first."""
    rows = await db.control.fetch(
        "select meter, month, percent, quantity, allowed, warned_at from quota_warning"
        " where tenant_id = $1 order by warned_at desc, percent desc limit 100",
        tenant_id,
    )
    return [dict(row) for row in rows]


async def _measure(tenant_id: UUID, meter: str) -> Quota | None:
    month = month_of(clock.now())
    try:
        contract = await queries.contract_for(tenant_id, month)
    except NoContract:
        return None
    rule = next((rule for rule in contract.fair_use if rule.meter == meter), None)
    if rule is None:
        return None
    used = await db.control.fetch_value(_USED, tenant_id, month, meter)
    await _warn(tenant_id, month, rule, used)
    return Quota(rule=rule, used=used)


async def _warn(tenant_id: UUID, month: date, rule: FairUse, used: int) -> None:
    reached = [level for level in LEVELS if used * 100 >= rule.quantity * level]
    if reached:
        rows = [
            (tenant_id, rule.meter, month, level, used, rule.quantity, clock.now())
            for level in reached
        ]
        async with work():
            await db.control.execute_many(_WARN, rows)
