"""Sending a batch: every message has its turn, and ends are recorded as they come.

A notice whose `claimed_until` is set has an attempt whose end was not recorded. Such a message is
never simply sent again: the provider of that attempt is asked for our reference first, and no
other provider sends it meanwhile.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import structlog

from app.onestop.notices import attempts, templates
from app.onestop.notices.attempts import End, Turn
from app.onestop.notices.choosing import Choosing
from app.onestop.notices.ends import GOOD, Result
from app.onestop.notices.gateways.shapes import Gateway, NotTaken, Outgoing, Refused, Unknown
from app.onestop.notices.providers import Provider
from app.onestop.notices.reports import report_address
from infra.clock import now
from tenants.current import current
from tenants.work import work

log = structlog.get_logger()

# Whatever has ended is recorded this often, so that a killed worker leaves few doubts.
_RECORD_SECONDS = 0.1
_AGAIN = (Result.LATER, Result.ABSENT, Result.SPARED)


class Sending:
    """A batch on its way; nothing new begins after `until` (the loop's time)."""

    def __init__(
        self,
        choosing: Choosing,
        gateways: Mapping[str, Gateway],
        lease: datetime,
        until: float,
    ) -> None:
        self._choosing, self._gateways = choosing, gateways
        self._lease, self._until = lease, until
        self._places = {
            name: asyncio.Semaphore(provider.lines) for name, provider in choosing.providers.items()
        }

    async def run(self, turns: list[Turn]) -> None:
        """Make these turns, and those that follow from them."""
        while turns:
            turns = await self._round(turns)

    async def _round(self, turns: list[Turn]) -> list[Turn]:
        waiting = {asyncio.ensure_future(self._one(turn)) for turn in turns}
        following: list[Turn] = []
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, timeout=_RECORD_SECONDS)
                following += await self._record([task.result() for task in done])
        finally:
            for task in waiting:
                task.cancel()
        return following

    async def _record(self, found: list[End]) -> list[Turn]:
        """Note the ends; the turns of those whom another provider may take."""
        if not found:
            return []
        moment = now()
        chosen = [(each, self._other(each)) for each in found]
        again = [(_after(each), name) for each, name in chosen if name]
        async with work():
            await attempts.end(found, self._choosing.prices(moment), moment)
            last = [each for each, name in chosen if not name]
            await attempts.become(last, self._lease, moment)
            return await attempts.begin(again, self._lease, moment)

    def _other(self, ended: End) -> str | None:
        if ended.result not in _AGAIN or ended.idle:
            return None
        turn = _after(ended)
        notice = turn.notice
        urgent = notice.event in templates.urgent_keys()
        return self._choosing.pick(
            notice.id, turn.number, notice.channel, urgent=urgent, but=turn.but
        )

    async def _one(self, turn: Turn) -> End:
        gateway = self._gateways.get(turn.provider)
        if gateway is None:
            # Nobody is there to send it, or the one to ask has been taken away.
            return End(turn=turn, result=Result.UNKNOWN if turn.ask else Result.LATER)
        async with self._places[turn.provider]:
            if turn.ask:
                return await self._ask(gateway, turn)
            late = asyncio.get_running_loop().time() > self._until
            if late or self._choosing.stopped(turn.provider):
                return End(turn=turn, result=Result.SPARED, idle=late)
            return await self._send(gateway, turn)

    async def _send(self, gateway: Gateway, turn: Turn) -> End:
        ended = await self._ended(gateway, turn)
        self._choosing.note(turn.provider, good=ended.result in GOOD)
        return ended

    async def _ask(self, gateway: Gateway, turn: Turn) -> End:
        tried_at = turn.notice.tried_at or now()
        if gateway.memory is None or now() - tried_at > gateway.memory:
            return End(turn=turn, result=Result.UNKNOWN, code="cannot be asked")
        return await self._ended(gateway, turn)

    async def _ended(self, gateway: Gateway, turn: Turn) -> End:
        message = outgoing(turn, self._choosing.providers[turn.provider])
        return await _made(gateway, turn, message)


async def _made(gateway: Gateway, turn: Turn, message: Outgoing) -> End:
    """Make one turn; whatever goes wrong is an end like another."""
    askable = gateway.memory is not None
    try:
        sent = await (gateway.settle(message) if turn.ask else gateway.send(message))
    except Refused as error:
        return End(turn=turn, result=Result.REFUSED, code=error.code, sentence=str(error))
    except NotTaken as error:
        # Nobody answered the question, so the doubt stays.
        result = Result.UNKNOWN if turn.ask else Result.LATER
        return End(turn=turn, result=result, code=error.code, askable=askable)
    except Unknown as error:
        log.warning("notice_in_doubt", notice=str(turn.notice.id), why=error.code)
        return End(turn=turn, result=Result.UNKNOWN, code=error.code, askable=askable)
    except Exception as error:  # A mistake of ours with one message must not hold up the others.
        log.exception("notice_attempt_broke", notice=str(turn.notice.id))
        return End(turn=turn, result=Result.UNKNOWN, code=type(error).__name__, askable=askable)
    if sent is None:
        return End(turn=turn, result=Result.ABSENT)
    return End(
        turn=turn, result=Result.TAKEN, code=sent.code, reference=sent.reference, parts=sent.parts
    )


def outgoing(turn: Turn, provider: Provider) -> Outgoing:
    """A notice as a provider is given it."""
    tenant, notice = current(), turn.notice
    ours = tenant.site.office if provider.channel == "email" else tenant.slug.upper()[:11]
    return Outgoing(
        reference=str(notice.id), to=notice.address, text=notice.text,
        brand=provider.brand or ours,
        unicode=notice.encoding == "UCS2",
        report_to=report_address(tenant, notice.id, turn.number),
        subject=notice.subject or "", host=tenant.host,
    )  # fmt: skip


def _after(ended: End) -> Turn:
    turn = ended.turn
    but = () if ended.result is Result.ABSENT else (*turn.but, turn.provider)
    return Turn(notice=turn.notice, number=turn.number, provider="", but=but)
