"""Draining notices: claim in a short transaction, send outside of any, record in another.

A row whose `claimed_until` is set has an attempt whose end was not recorded. Such a message is
never simply sent again: the gateway is asked for our reference first.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog

from app.onestop.notices import clearance, templates
from app.onestop.notices.gateways import (
    Gateway,
    NotTaken,
    Outgoing,
    Refused,
    Sent,
    Unknown,
    gateway,
)
from app.onestop.notices.reports import report_address
from app.onestop.notices.sending import allowed, fail, note_sent, put_off, wait_in_doubt
from infra.clock import now
from tenants import db
from tenants.current import current
from tenants.work import work

log = structlog.get_logger()

BATCH = 40
_AT_ONCE = 8
# Longer than a whole batch may take: five rounds of asking and sending at ten seconds each.
LEASE = timedelta(minutes=3)

# Served by notice_due. At night only what is urgent is claimed, even if its hour came by day.
_CLAIM = """
with due as (
    select id, claimed_until from notice
    where state = 'pending' and next_at <= $1 and (claimed_until is null or claimed_until < $1)
      and ($4 or event = any($5::text[]))
    order by next_at limit $2 for update skip locked
)
update notice n set claimed_until = $3, attempts = n.attempts + 1
from due where n.id = due.id
returning n.id, n.phone, n.text, n.encoding, n.attempts, due.claimed_until is not null as doubtful
"""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A notice this worker holds for the length of the lease."""

    id: UUID
    phone: str
    text: str
    encoding: str
    attempts: int
    doubtful: bool


async def send_notices() -> bool:
    """Send one batch of the current tenant's due notices; whether more may be waiting."""
    claimed = await claim()
    if not claimed:
        return False
    turns = asyncio.Semaphore(_AT_ONCE)
    async with gateway() as through:

        async def one(notice: Claimed) -> None:
            async with turns:
                await _send(through, notice)

        ended = await asyncio.gather(*(one(notice) for notice in claimed), return_exceptions=True)
    if errors := [error for error in ended if isinstance(error, BaseException)]:
        raise errors[0]
    return len(claimed) == BATCH


async def claim(limit: int = BATCH) -> list[Claimed]:
    """Take due notices for the length of the lease, in a transaction of their own."""
    moment = now()
    by_day = allowed(moment) == moment
    async with work():
        rows = await db.tenant.fetch(
            _CLAIM, moment, limit, moment + LEASE, by_day, list(templates.urgent_keys())
        )
        held = (await clearance.sift([row["id"] for row in rows])).held
    return [Claimed(**dict(row)) for row in rows if row["id"] not in held]


async def _send(through: Gateway, notice: Claimed) -> None:
    try:
        sent = await _settled_before(through, notice) or await through.send(_outgoing(notice))
    except Refused as error:
        await fail(notice.id, str(error))
    except NotTaken as error:
        log.warning("notice_not_taken", notice=str(notice.id), why=str(error))
        await put_off(notice.id, notice.attempts, doubtful=notice.doubtful)
    except Unknown as error:
        log.warning("notice_in_doubt", notice=str(notice.id), why=str(error))
        if through.can_find:
            await put_off(notice.id, notice.attempts, doubtful=True)
        else:
            await wait_in_doubt(notice.id)
    else:
        await note_sent(notice.id, sent)


async def _settled_before(through: Gateway, notice: Claimed) -> Sent | None:
    """What an attempt with an unrecorded end came to."""
    if not notice.doubtful:
        return None
    if not through.can_find:
        raise Unknown("an earlier attempt was not recorded and cannot be asked for")
    return await through.find(str(notice.id))


def _outgoing(notice: Claimed) -> Outgoing:
    tenant = current()
    return Outgoing(
        reference=str(notice.id),
        to=notice.phone,
        text=notice.text,
        brand=tenant.slug.upper()[:11],
        unicode=notice.encoding == "UCS2",
        report_to=report_address(tenant, notice.id),
    )
