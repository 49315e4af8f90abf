"""Limits of a contract (hạn mức): warned of, charged or refused as it says, never silently.

What was used is read from the books, which follow the tenant within a minute, by the month the
facts happened in: what comes late counts against its own month. There are two levels, 80 and 100
percent; each is told once a month, and tenant and vendor read the same row.
"""

import asyncio
import time
from collections.abc import Sequence
from contextvars import Context
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from billing import queries
from billing.limits import Kind, Limit, Standing, limits_of
from billing.months import month_of, period
from billing.refusals import NoContract, OverQuota
from infra import clock
from storage.queries import bytes_coming, bytes_stored
from tenants import db
from tenants.current import current
from tenants.work import work

STORED = "storage.byte_day"
_FRESH_SECONDS = 10.0
# Served by usage_by_month; a month's late facts and corrections stand in later ones.
_USED = """
with counted as (
    select meter, (occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
           sum(quantity) as quantity
    from usage
    where tenant_id = $1 and meter = any($2) and billed_in >= $3
      and occurred_at >= $4 and occurred_at < $5
    group by 1, 2
)
select meter, sum(quantity)::bigint as month,
       (array_agg(quantity order by day desc))[1]::bigint as last_day
from counted group by meter
"""
_WARN = """
insert into quota_warning (tenant_id, meter, month, kind, percent, quantity, allowed, warned_at)
select $1, meter, $2, kind, percent, quantity, allowed, $3
from unnest($4::text[], $5::text[], $6::smallint[], $7::bigint[], $8::bigint[])
     as w(meter, kind, percent, quantity, allowed)
on conflict do nothing returning meter, percent
"""
_WARNINGS = """
select meter, month, kind, percent, quantity, allowed, warned_at from quota_warning
where tenant_id = $1 and ($2::date is null or month = $2)
order by month desc, warned_at desc, percent desc limit 100
"""


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """One warning: what was used and allowed at the moment the level was seen."""

    meter: str
    month: date
    kind: Kind
    percent: int
    quantity: int
    allowed: int
    warned_at: datetime


_seen: dict[tuple[UUID, str], tuple[float, Any]] = {}


async def check(meter: str) -> Standing | None:
    """How the current tenant stands with the fair use of a meter; None where none is agreed.

    Raises OverQuota where the contract says that more is refused. May be called inside a unit of
    work of the tenant: the books are asked beside it, at most every ten seconds.
    """
    found: list[Standing] = await _fresh(meter, _measured)
    if any(standing.refused for standing in found):
        raise OverQuota
    return next((each for each in found if each.limit.kind == "fair_use"), None)


async def room(size: int) -> None:
    """Make sure that the current tenant may keep `size` bytes more.

    Raises OverQuota where its contract refuses what goes beyond, which is warned of at once; files
    on their way count. The stored ones are added up at most every ten seconds. Called outside of
    units of work.
    """
    limits: list[Limit] = await _fresh("", _refusing)
    for limit in limits:
        stored: int = await _fresh("stored", _stored)
        wanted = stored + await bytes_coming() + size
        if wanted > limit.quantity:
            refused = Standing(limit=limit, used=wanted)
            await _warn(current().id, month_of(clock.now()), [refused])
            raise OverQuota


async def watch() -> list[tuple[str, int]]:
    """Leave a warning wherever a limit of the current tenant has reached a level.

    Returns the meters and percents of those that are news.
    """
    tenant_id, month = current().id, month_of(clock.now())
    return await _warn(tenant_id, month, await standings(tenant_id, month))


async def standings(tenant_id: UUID, month: date, meter: str | None = None) -> list[Standing]:
    """How far a tenant's limits of a month are used up, as of now; of one meter, or of all."""
    try:
        contract = await queries.contract_for(tenant_id, month)
    except NoContract:
        return []
    limits = [each for each in limits_of(contract, month) if meter in (None, each.meter)]
    if not limits:
        return []
    meters = [limit.meter for limit in limits]
    rows = await db.control.fetch(_USED, tenant_id, meters, month, *period(month))
    used = {row["meter"]: (row["month"], row["last_day"]) for row in rows}
    return [
        Standing(limit=limit, used=used.get(limit.meter, (0, 0))[limit.on_a_day])
        for limit in limits
    ]


async def warnings(tenant_id: UUID, month: date | None = None) -> list[Warned]:
    """A tenant's warnings of a month or of all, the latest first."""
    rows = await db.control.fetch(_WARNINGS, tenant_id, month)
    return [msgspec.convert(dict(row), Warned) for row in rows]


async def _fresh(name: str, measure: Any) -> Any:
    """What was measured less than ten seconds ago, or is now."""
    key = (current().id, name)
    at, found = _seen.get(key, (0.0, None))
    if not at or time.monotonic() - at > _FRESH_SECONDS:
        found = await measure(*key)
        _seen[key] = (time.monotonic(), found)
    return found


async def _measured(tenant_id: UUID, meter: str) -> list[Standing]:
    async def measure() -> list[Standing]:
        month = month_of(clock.now())
        found = await standings(tenant_id, month, meter)
        await _warn(tenant_id, month, found)
        return found

    # A context of its own: the caller's transaction is on another database.
    return await asyncio.create_task(measure(), context=Context())


async def _refusing(tenant_id: UUID, _: str) -> list[Limit]:
    """The limits of what may be kept at a time that refuse."""
    month = month_of(clock.now())
    try:
        limits = limits_of(await queries.contract_for(tenant_id, month), month)
    except NoContract:
        return []
    return [each for each in limits if (each.meter, each.beyond) == (STORED, "refuse")]


async def _stored(*_: object) -> int:
    return await bytes_stored(clock.now().astimezone(clock.VIETNAM).date())


async def _warn(tenant_id: UUID, month: date, found: Sequence[Standing]) -> list[tuple[str, int]]:
    rows = [
        (each.limit.meter, each.limit.kind, level, each.used, each.limit.quantity)
        for each in found
        for level in each.levels
    ]
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    async with work():
        news = await db.control.fetch(_WARN, tenant_id, month, clock.now(), *columns)
    return [(row["meter"], row["percent"]) for row in news]
