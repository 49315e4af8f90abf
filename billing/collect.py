"""Carries usage from a tenant's own database into the books, exactly once in effect.

Two databases take part, so no transaction spans them. The order makes every point safe to be
killed at: the books get the facts first (again = nothing new), then the tenant's notes go.
"""

from datetime import date, datetime

from billing import books
from billing.books import Recorded
from billing.months import day_start
from billing.shapes import Fact
from tenants import db
from tenants.current import current
from tenants.work import work


async def collect(limit: int = 500) -> int:
    """Collect at most `limit` waiting facts of the current tenant; how many were taken.

    A result equal to `limit` means that more may wait. Opens its own units of work, one for each
    database; any number of collectors may run at the same time.
    """
    waiting = await pending(limit)
    if waiting:
        await book(waiting)
        await settle(waiting)
    return len(waiting)


async def pending(limit: int) -> list[Recorded]:
    """The next facts the books have not confirmed, in the order of their ids."""
    # Served by the primary keys of both: the notes first, or all records might be walked along.
    rows = await db.tenant.fetch(
        "select id, meter, quantity, subject, occurred_at, network, recorded_at"
        " from (select id from usage_pending order by id limit $1) p"
        " join usage_record r using (id) order by id",
        limit,
    )
    return [_recorded(*row) for row in rows]


async def book(waiting: list[Recorded]) -> None:
    """Write facts into the books; what is there already stays, another content is set aside."""
    async with work():
        await books.enter(current().id, waiting)


async def settle(waiting: list[Recorded]) -> None:
    """Strike confirmed facts off the tenant's list."""
    async with work():
        await db.tenant.execute(
            "delete from usage_pending where id in"
            " (select id from usage_pending where id = any($1) order by id for update)",
            [recorded.fact.id for recorded in waiting],
        )


async def requeue(since: date) -> int:
    """Put every fact recorded since a day (00:00 in Vietnam) back on the list; how many.

    For the day the books had to be restored from an older copy: collecting again is harmless.
    """
    async with work():
        tag = await db.tenant.execute(
            "insert into usage_pending (id) select id from usage_record where recorded_at >= $1"
            " order by id on conflict do nothing",
            day_start(since),
        )
    return int(tag.rpartition(" ")[2])


def _recorded(
    id_: str,
    meter: str,
    quantity: int,
    subject: str,
    occurred_at: datetime,
    network: str,
    recorded_at: datetime,
) -> Recorded:
    fact = Fact(
        id=id_,
        meter=meter,
        quantity=quantity,
        subject=subject,
        occurred_at=occurred_at,
        network=network,
    )
    return Recorded(fact=fact, recorded_at=recorded_at)
