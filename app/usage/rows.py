"""What the business rows themselves say was used, for the books to be checked against."""

from datetime import UTC, date, datetime

import asyncpg

from billing.months import day_start
from billing.rebuild import Rows, Sum, Sums
from tenants import db

_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_RECEIVED = """
select (received_at at time zone 'Asia/Ho_Chi_Minh')::date as day, count(*) as facts,
       count(*) as quantity
from dossier where received_at < $1 and channel <> 'linked'
  and (carried_at is null or received_at >= carried_at) group by 1
"""
_PARTS = """
select (sent_at at time zone 'Asia/Ho_Chi_Minh')::date as day, sum(parts) as facts,
       sum(parts) as quantity
from notice where sent_at < $1 and channel = 'sms' group by 1
"""


async def dossiers_received(before: date) -> dict[date, Sum]:
    """Dossiers by the day they were received; those of another system are that system's, and so
    are those it had before they were carried over."""
    return await _by_day(_RECEIVED, before)


async def notice_parts(before: date) -> dict[date, Sum]:
    """Parts of text messages by the day an operator took them."""
    return await _by_day(_PARTS, before)


SUMS = {"dossier.received": _RECEIVED, "notice.part": _PARTS}
ROWS: Rows = {"dossier.received": dossiers_received, "notice.part": notice_parts}


async def all_days(connection: asyncpg.Connection) -> Sums:
    """What the rows of a database say, whoever's it is, by meter and day."""
    return {
        (meter, row["day"]): Sum(row["facts"], row["quantity"])
        for meter, sql in SUMS.items()
        for row in await connection.fetch(sql, _EVER)
    }


async def _by_day(sql: str, before: date) -> dict[date, Sum]:
    rows = await db.tenant.fetch(sql, day_start(before))
    return {row["day"]: Sum(row["facts"], row["quantity"]) for row in rows}
