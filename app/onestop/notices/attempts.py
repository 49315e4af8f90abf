"""Attempts as rows: begun before the provider is called, ended in one statement for many."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.notices import ends, templates
from app.onestop.notices.allowing import allowed, parts_of
from app.onestop.notices.ends import Result, Step
from app.onestop.notices.rules import State
from billing import meter
from tenants import db


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A notice this worker holds for the length of the lease.

    `provider` and `tried_at` are those of its last attempt; `doubtful` that this one's end was not
    recorded or not known.
    """

    id: UUID
    event: str
    channel: str
    address: str  # E.164 or an e-mail address
    subject: str | None
    text: str
    encoding: str
    parts: int  # as we count them
    attempts: int
    tried: int
    doubtful: bool
    provider: str | None
    tried_at: datetime | None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to be made or asked for; `but` are the providers that said no before."""

    notice: Claimed
    number: int
    provider: str
    ask: bool = False
    but: tuple[str, ...] = ()


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a turn ended, in the provider's words and ours."""

    turn: Turn
    result: Result
    code: str = ""
    reference: str | None = None
    parts: int | None = None
    sentence: str = ""
    askable: bool = False
    idle: bool = False

    @property
    def step(self) -> Step:
        """What the notice becomes when nobody else stands ready."""
        return ends.step(
            self.result, attempts=self.turn.notice.attempts, askable=self.askable,
            sentence=self.sentence, idle=self.idle,
        )  # fmt: skip


# Only whoever holds the lease begins: a slow worker finds its notice in other hands.
_BEGIN = """
with begun as (
  update notice n set tried = n.tried + 1, provider = b.provider
  from unnest($1::uuid[], $2::text[]) as b(id, provider)
  where n.id = b.id and n.state = 'pending' and n.claimed_until = $3
  returning n.id, n.tried, n.provider
)
insert into notice_attempt (notice_id, number, provider, at)
select id, tried, provider, $4 from begun returning notice_id, number
"""
_END = """
update notice_attempt a set result = e.result, ended_at = $8, code = e.code, parts = e.parts,
  reference = coalesce(e.reference, a.reference), cost = coalesce(e.cost, a.cost)
from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::smallint[], $6::text[],
            $7::bigint[])
     as e(notice_id, number, result, code, parts, reference, cost)
where a.notice_id = e.notice_id and a.number = e.number
"""
# What was taken is true whoever says it; the rest is for the holder of the lease to say.
_BECOME = """
update notice n set state = e.state, error = e.error, claimed_until = e.claimed_until,
  next_at = coalesce(e.next_at, n.next_at), attempts = n.attempts - e.spared,
  sent_at = case when e.state = 'sent' then $8::timestamptz end,
  provider_ref = coalesce(e.reference, n.provider_ref)
from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
            $6::text[], $7::smallint[])
     as e(id, state, error, next_at, claimed_until, reference, spared)
where n.id = e.id and n.sent_at is null and n.state in ('pending', 'in_doubt')
  and (e.state = 'sent' or n.claimed_until = $9)
returning n.id, n.state, n.channel, n.parts, n.phone
"""
# Two attempts that both came through are one message too many; it is never hidden.
_DOUBLED = """
update notice n set doubled = 'surely'
from unnest($1::uuid[], $2::smallint[]) as e(id, number)
where n.id = e.id and n.tried > 1 and exists (
  select from notice_attempt a where a.notice_id = e.id and a.number <> e.number
    and (a.result = 'taken' or a.report in ('accepted', 'delivered', 'failed')))
"""


async def begin(
    chosen: Sequence[tuple[Turn, str]], lease: datetime, moment: datetime
) -> list[Turn]:
    """Note that these notices go to these providers now; the turns that may really be made."""
    if not chosen:
        return []
    ids = [turn.notice.id for turn, _ in chosen]
    rows = await db.tenant.fetch(_BEGIN, ids, [name for _, name in chosen], lease, moment)
    numbers = {row["notice_id"]: row["number"] for row in rows}
    return [
        msgspec.structs.replace(turn, number=numbers[turn.notice.id], provider=name, ask=False)
        for turn, name in chosen
        if turn.notice.id in numbers
    ]


async def end(found: Sequence[End], prices: Mapping[str, int | None], moment: datetime) -> None:
    """Note how attempts ended, and what those taken cost; runs in the caller's unit of work.

    `prices` are those of a part, by provider, in đồng.
    """
    rows = [
        (
            *(e.turn.notice.id, e.turn.number, e.result.value, e.code, e.parts, e.reference),
            _cost(e, prices.get(e.turn.provider)),
        )
        for e in found
    ]
    await db.tenant.execute(_END, *_columns(rows, 7), moment)


async def become(found: Sequence[End], lease: datetime, moment: datetime) -> None:
    """Carry the ends over to the notices and count what was taken, together and only once."""
    if not found:
        return
    rows = [_becoming(each, each.step, moment) for each in found]
    changed = await db.tenant.fetch(_BECOME, *_columns(rows, 7), moment, lease)
    taken = [row for row in changed if row["state"] == State.SENT and row["channel"] == "sms"]
    await meter.count_many([fact for row in taken for fact in parts_of(dict(row), moment)])
    twice = [e for e in found if e.result is Result.TAKEN and e.turn.number > 1]
    if twice:
        ids, numbers = [e.turn.notice.id for e in twice], [e.turn.number for e in twice]
        await db.tenant.execute(_DOUBLED, ids, numbers)


def _cost(each: End, price: int | None) -> int | None:
    if each.result is not Result.TAKEN or price is None:
        return None
    return price * (each.parts or each.turn.notice.parts)


def _becoming(each: End, step: Step, moment: datetime) -> tuple[object, ...]:
    urgent = each.turn.notice.event in templates.urgent_keys()
    at = allowed(moment + step.wait, urgent=urgent) if step.state is State.PENDING else None
    return (
        each.turn.notice.id, step.state.value, step.error, at,
        moment if step.doubtful else None, each.reference, int(each.idle),
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[object]], count: int) -> tuple[list[object], ...]:
    return tuple([row[number] for row in rows] for number in range(count))
