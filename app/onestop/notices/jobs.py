"""Draining notices: claim in a short transaction, send outside of any, record in another."""

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from app.onestop.notices import attempts, choosing, clearance, templates
from app.onestop.notices.allowing import allowed
from app.onestop.notices.attempts import Claimed, Turn
from app.onestop.notices.choosing import Choosing
from app.onestop.notices.clearance import Cleared
from app.onestop.notices.gateways import opened
from app.onestop.notices.sending import Sending
from infra.clock import now
from tenants import db
from tenants.work import work

BATCH = 600
# Longer than a batch takes: nothing begins after the first minute, and no call lasts half of one.
LEASE = timedelta(minutes=3)
_BEGIN_SECONDS = 60.0

# Served by notice_due. At night only what is urgent is claimed, even if its hour came by day.
_CLAIM = """
with due as (
    select id, claimed_until from notice
    where state = 'pending' and next_at <= $1 and (claimed_until is null or claimed_until < $1)
      and ($4 or event = any($5::text[]))
    order by next_at limit $2 for update skip locked
), held as (
    update notice n set claimed_until = $3, attempts = n.attempts + 1
    from due where n.id = due.id
    returning n.id, n.event, n.channel, coalesce(n.email, n.phone) as address, n.subject, n.text,
      n.encoding, n.parts, n.attempts, n.tried, due.claimed_until is not null as unrecorded
)
select h.id, h.event, h.channel, h.address, h.subject, h.text, h.encoding, h.parts, h.attempts,
       h.tried, h.unrecorded and a.provider is not null
         and coalesce(a.result, 'unknown') in ('unknown') as doubtful,
       a.provider, a.at as tried_at
from held h left join notice_attempt a
  on h.unrecorded and a.notice_id = h.id and a.number = h.tried
"""


class Batch(NamedTuple):
    """What was claimed: the turns to make, and through whom."""

    turns: list[Turn]
    choosing: Choosing
    lease: datetime
    full: bool


async def send_notices() -> bool:
    """Send one batch of the current tenant's due notices; whether more may be waiting."""
    batch = await claim()
    if batch is None:
        return False
    until = asyncio.get_running_loop().time() + _BEGIN_SECONDS
    async with opened(batch.choosing.providers) as gateways:
        await Sending(batch.choosing, gateways, batch.lease, until).run(batch.turns)
    return batch.full


async def claim(limit: int | None = None) -> Batch | None:
    """Take due notices for the length of the lease and begin their attempts; None without any."""
    moment, most = now(), limit or BATCH
    lease, by_day = moment + LEASE, allowed(moment) == moment
    async with work():
        rows = await db.tenant.fetch(
            _CLAIM, moment, most, lease, by_day, list(templates.urgent_keys())
        )
        if not rows:
            return None
        cleared = await clearance.sift([row["id"] for row in rows])
        through = await choosing.read()
        held = [
            msgspec.convert(dict(row), Claimed) for row in rows if row["id"] not in cleared.held
        ]
        turns = await _begin(held, through, cleared, lease, moment)
    return Batch(turns, through, lease, len(rows) == most)


async def _begin(
    held: list[Claimed], through: Choosing, cleared: Cleared, lease: datetime, moment: datetime
) -> list[Turn]:
    """Whom to ask about what is in doubt, and who gets the rest."""
    asking = [
        Turn(notice=each, number=each.tried, provider=each.provider or "", ask=True)
        for each in held
        if each.doubtful
    ]
    urgent = templates.urgent_keys()
    chosen, nobody = [], []
    for each in (one for one in held if not one.doubtful):
        but = cleared.but.get(each.id, ())  # Their operators have not approved its wording.
        turn = Turn(notice=each, number=0, provider="", but=but)
        name = through.pick(each.id, each.tried, each.channel, urgent=each.event in urgent, but=but)
        (chosen.append((turn, name)) if name else nobody.append(turn))
    return asking + nobody + await attempts.begin(chosen, lease, moment)
