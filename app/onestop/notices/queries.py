"""Reading notices: what officers see of the messages to people."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.notices import rules, templates
from app.onestop.notices.trouble import advice_of
from infra.clock import now
from tenants import db


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """One message (tin báo) as an officer sees it, without what is the citizen's alone."""

    id: UUID
    title: str
    text: str
    phone: str
    parts: int
    state: rules.State
    state_name: str
    error: str | None
    advice: str  # what to do about it
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    may_resend: bool


_COLUMNS = (
    "id, event, text, coalesce(phone, email) as phone, parts, state, hold, error, attempts,"
    " created_at, sent_at"
)
# Served by notice_by_dossier.
_OF_DOSSIER = f"select {_COLUMNS} from notice where dossier_id = $1 order by created_at, id"  # noqa: S608
# Served by notice_due, whose rows are few.
_DUE = "select exists (select from notice where state = 'pending' and next_at <= $1)"


async def notices_of(dossier_id: UUID) -> list[NoticeView]:
    """All messages about one dossier, oldest first."""
    return [_view(dict(row)) for row in await db.tenant.fetch(_OF_DOSSIER, dossier_id)]


async def any_due() -> bool:
    """Whether the current tenant has messages that should be on their way by now."""
    return bool(await db.tenant.fetch_value(_DUE, now()))


def _view(row: dict[str, object]) -> NoticeView:
    state, hold = rules.State(str(row.pop("state"))), row.pop("hold")
    values = {
        **row,
        "title": templates.title_of(str(row.pop("event"))),
        "text": rules.without_key(str(row["text"])),
        "phone": rules.masked_phone(str(row["phone"])),
        "state": state,
        "state_name": rules.STATE_NAMES[state],
        "advice": advice_of(state, str(hold) if hold else None),
        "may_resend": state in (rules.State.FAILED, rules.State.IN_DOUBT),
    }
    values.pop("event", None)
    return NoticeView(**values)  # type: ignore[arg-type]
