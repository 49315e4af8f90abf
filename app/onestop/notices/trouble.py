"""Messages somebody should look at (tin cần xem): failed, in doubt, held or not sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from app.onestop.notices import rules, templates
from app.onestop.notices.limits import HOLD_ADVICE, Hold
from app.onestop.notices.rules import State
from infra.clock import now
from tenants import db

PAGE = 50
TROUBLES = (State.FAILED, State.IN_DOUBT, State.HELD, State.DROPPED)
_ADVICE = {
    State.FAILED: "Kiểm tra số điện thoại trong hồ sơ rồi gửi lại; nếu vẫn không được, gọi điện"
    " cho người nộp.",
    State.IN_DOUBT: "Hỏi người nhận trước khi gửi lại: gửi lại có thể làm họ nhận hai tin.",
    State.DROPPED: "Tin này không gửi. Nếu cần báo ngay, gọi điện cho người nộp.",
}

# Served by notice_trouble; the dossier by its key.
_TROUBLES = """
select n.id, n.event, n.text, coalesce(n.phone, n.email) as phone, n.parts, n.state, n.hold,
       n.error, n.created_at,
       case when n.next_at < 'infinity' then n.next_at end as goes_at, d.code
from notice n left join dossier d on d.id = n.dossier_id
where n.state = any($1) and n.created_at >= $2 and n.created_at < $3
  and ($4::uuid[] is null or d.agency_id = any($4) or d.desk_agency_id = any($4))
  and ($5::text is null or n.event = $5)
order by n.created_at desc, n.id desc limit $6
"""
_COUNTS = """
select hold, count(*) as count from notice where state = 'held' group by hold order by hold
"""
_MINE = """
select 1 from notice n join dossier d on d.id = n.dossier_id
where n.id = $1 and (d.agency_id = any($2) or d.desk_agency_id = any($2))
"""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One message, why it did not arrive, and what to do."""

    id: UUID
    title: str
    text: str
    phone: str  # masked
    parts: int
    state: State
    state_name: str
    reason: str
    advice: str
    created_at: datetime
    goes_at: datetime | None  # when a held one goes on by itself
    code: str | None  # of the dossier
    may_resend: bool


class Troubles(msgspec.Struct, frozen=True):
    """A page of them, newest first; `before` opens the following page."""

    lines: list[Trouble]
    before: datetime | None


async def troubles(
    agencies: Sequence[UUID] | None,
    *,
    states: Sequence[State] = TROUBLES,
    event: str | None = None,
    days: int = 30,
    before: datetime | None = None,
) -> Troubles:
    """The troubles of these agencies' dossiers, or of the whole province for None."""
    moment = now()
    rows = await db.tenant.fetch(
        _TROUBLES,
        [state.value for state in states],
        moment - timedelta(days=days),
        before or moment + timedelta(minutes=1),
        None if agencies is None else list(agencies),
        event,
        PAGE + 1,
    )
    lines = [_trouble(dict(row)) for row in rows[:PAGE]]
    return Troubles(lines, lines[-1].created_at if len(rows) > PAGE else None)


async def held_counts() -> dict[Hold, int]:
    """How many messages are held, by reason."""
    return {Hold(row["hold"]): row["count"] for row in await db.tenant.fetch(_COUNTS)}


async def is_of(notice_id: UUID, agencies: Sequence[UUID]) -> bool:
    """Whether the message is about a dossier of these agencies."""
    return bool(await db.tenant.fetch_value(_MINE, notice_id, list(agencies)))


def advice_of(state: State, hold: str | None) -> str:
    """What to do about a message; empty when there is nothing to do."""
    return HOLD_ADVICE[Hold(hold)] if hold else _ADVICE.get(state, "")


def _trouble(row: dict[str, object]) -> Trouble:
    state, hold = State(str(row.pop("state"))), row.pop("hold")
    values = {
        **row,
        "title": templates.title_of(str(row.pop("event"))),
        "text": rules.without_key(str(row["text"])),
        "phone": rules.masked_phone(str(row["phone"] or "")),
        "state": state,
        "state_name": rules.STATE_NAMES[state],
        "reason": row.pop("error") or "",
        "advice": advice_of(state, str(hold) if hold else None),
        "may_resend": state in (State.FAILED, State.IN_DOUBT),
    }
    values.pop("event")
    values.pop("error")
    return Trouble(**values)  # type: ignore[arg-type]
