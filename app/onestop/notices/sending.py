"""Recording what became of an attempt, each in a short transaction of its own."""

from datetime import datetime
from uuid import UUID

import structlog

from app.onestop.notices import rules
from app.onestop.notices.gateways import Sent
from billing import meter
from infra.clock import now
from infra.settings import settings
from tenants import db
from tenants.work import work

log = structlog.get_logger()

_SENT = """
update notice set state = 'sent', provider = $2, provider_ref = $3, sent_at = $4,
                  claimed_until = null, error = null
where id = $1 and sent_at is null returning parts
"""
_FAIL = """
update notice set state = 'failed', error = $2, claimed_until = null
where id = $1 and state in ('pending', 'in_doubt')
"""
# A doubtful attempt keeps its mark until the next one, which will ask before sending.
_PUT_OFF = """
update notice set next_at = $2, claimed_until = case when $3 then $4::timestamptz end
where id = $1 and state = 'pending'
"""
_DOUBT = """
update notice set state = 'in_doubt', error = $2, claimed_until = $3
where id = $1 and state = 'pending'
"""


def allowed(moment: datetime, *, urgent: bool = False) -> datetime:
    """When a message due at `moment` may go out in this deployment."""
    return rules.next_allowed(moment, urgent=urgent or settings().sms_at_night)


async def note_sent(notice_id: UUID, sent: Sent) -> None:
    """The gateway took it: note it and count its parts, together and only once."""
    moment = now()
    async with work():
        parts = await db.tenant.fetch_value(_SENT, notice_id, sent.provider, sent.reference, moment)
        if parts is not None:
            await count_parts(notice_id, parts, moment)
    if parts is not None and sent.parts not in (None, parts):
        log.warning("notice_parts_differ", notice=str(notice_id), ours=parts, theirs=sent.parts)


async def fail(notice_id: UUID, reason: str) -> None:
    """It will not be sent; `reason` is a Vietnamese sentence for the officer."""
    async with work():
        await db.tenant.execute(_FAIL, notice_id, reason)


async def put_off(notice_id: UUID, attempts: int, *, doubtful: bool) -> None:
    """Try again later, or give up after too many attempts."""
    delay = rules.retry_after(attempts)
    if delay is None:
        await (wait_in_doubt(notice_id) if doubtful else _give_up(notice_id, attempts))
        return
    moment = now()
    async with work():
        await db.tenant.execute(_PUT_OFF, notice_id, allowed(moment + delay), doubtful, moment)


async def wait_in_doubt(notice_id: UUID) -> None:
    """Nobody knows whether it went out; a report of the gateway or the officer will tell."""
    reason = "Mất liên lạc với nhà mạng khi đang gửi, chưa rõ tin đã đến hay chưa."
    async with work():
        await db.tenant.execute(_DOUBT, notice_id, reason, now())


async def count_parts(notice_id: UUID, parts: int, moment: datetime) -> None:
    """Count each part that was handed to the operator; runs in the caller's transaction."""
    for number in range(1, parts + 1):
        await meter.count(
            f"notice:{notice_id}:part:{number}",
            "notice.part",
            subject=str(notice_id),
            occurred_at=moment,
        )


async def _give_up(notice_id: UUID, attempts: int) -> None:
    await fail(notice_id, f"Nhà mạng không nhận tin sau {attempts} lần gửi. Có thể gửi lại sau.")
