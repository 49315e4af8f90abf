"""Daily samples: what cannot be counted as it happens, such as bytes that merely stay stored."""

from datetime import date, timedelta

from billing import meter
from billing.months import day_start
from infra import clock
from storage.queries import bytes_stored
from tenants import db, parted
from tenants.current import current
from tenants.work import work

_METER = "storage.byte_day"


async def sample_storage(day: date) -> bool:
    """Count the bytes the current tenant had stored on a day, once; False when it was counted.

    The day must be over in Vietnam: raises ValueError otherwise. Opens its own unit of work.
    """
    if clock.now() < day_start(day + timedelta(days=1)):
        raise ValueError(f"{day} is not over yet")
    fact = f"storage:{day.isoformat()}"
    async with work():
        if await db.tenant.fetch_value("select 1 from usage_record where id = $1", fact):
            return False
        await meter.count(
            fact,
            _METER,
            quantity=await bytes_stored(day),
            subject="storage",
            occurred_at=day_start(day),
        )
    return True


async def sample_missing() -> list[date]:
    """Sample every day from the tenant's first to yesterday that has no sample; those days."""
    rows = await db.tenant.fetch(
        "select (occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as day"
        " from usage_record where meter = $1",
        _METER,
    )
    sampled = {row["day"] for row in rows}
    away = await _days_away()
    missing = [day for day in _days() if day not in sampled | away]
    return [day for day in missing if await sample_storage(day)]


async def _days_away() -> set[date]:
    """Days on whose end the tenant was part of another one, which counted what was stored."""
    found = set[date]()
    for begin, end in await parted.away(current().id):
        first, last = (at.astimezone(clock.VIETNAM).date() for at in (begin, end))
        found |= {first + timedelta(days=n) for n in range((last - first).days)}
    return found


def _days() -> list[date]:
    """Every day of the tenant's life that is over."""
    first = current().created_at.astimezone(clock.VIETNAM).date()
    today = clock.now().astimezone(clock.VIETNAM).date()
    return [first + timedelta(days=n) for n in range((today - first).days)]
