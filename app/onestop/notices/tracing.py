"""One message's way (các lần gửi của một tin): every attempt, how it ended, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.notices import providers, rules, templates
from app.onestop.notices.ends import Result
from app.onestop.notices.rules import Report, State
from app.onestop.notices.trouble import advice_of
from tenants import db

PAGE = 50
DOUBLED_NAMES = {
    "perhaps": "Có thể đã gửi lặp",
    "surely": "Đã gửi lặp, chỉ tính một lần",
}
RESULT_NAMES = {
    None: "Chưa có kết quả",
    Result.TAKEN: "Nhà cung cấp đã nhận",
    Result.REFUSED: "Nhà cung cấp từ chối",
    Result.LATER: "Chưa gửi được",
    Result.UNKNOWN: "Chưa rõ đã nhận hay chưa",
    Result.ABSENT: "Hỏi lại: nhà cung cấp không có tin này",
    Result.SPARED: "Không gửi qua đây",
}
_REASONS = {
    Result.REFUSED: "Nhà cung cấp không nhận số điện thoại, nội dung hoặc tên định danh này.",
    Result.LATER: "Nhà cung cấp không trả lời hoặc đang bận; tin chắc chắn chưa được nhận.",
    Result.UNKNOWN: "Mất liên lạc khi đang gửi. Hệ thống không gửi lại trước khi hỏi được.",
    Result.SPARED: "Nhà cung cấp vừa lỗi nhiều lần liên tiếp nên tin được chuyển đi ngay.",
}
REPORT_NAMES = {
    Report.ACCEPTED: "Nhà mạng đã nhận",
    Report.DELIVERED: "Đã đến máy người nhận",
    Report.FAILED: "Không đến được máy người nhận",
    Report.REJECTED: "Nhà mạng từ chối",
}
_ABOUT = """
select n.id, n.event, n.channel, coalesce(n.phone, n.email) as phone, n.parts, n.state, n.hold,
       n.error, n.doubled, n.created_at, n.sent_at, d.code
from notice n left join dossier d on d.id = n.dossier_id
"""
_ONE = f"{_ABOUT} where n.id = $1"
# Served by notice_trouble and notice_doubled.
_TO_CHECK = f"""{_ABOUT}
where (n.state = 'in_doubt' or n.doubled is not null) and (n.created_at, n.id) < ($1, $2)
order by n.created_at desc, n.id desc limit $3
"""
_ATTEMPTS = """
select number, provider, at, ended_at, result, code, parts, cost, report, report_code, reported_at
from notice_attempt where notice_id = $1 order by number
"""
_LATEST = (datetime.fromisoformat("9999-01-01T00:00:00+00:00"), UUID(int=0))


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message, without its text: what it was about, and how it stands."""

    id: UUID
    title: str
    channel: str
    phone: str  # masked
    parts: int
    state: State
    state_name: str
    reason: str
    advice: str
    doubled: str  # words, or nothing
    created_at: datetime
    sent_at: datetime | None
    code: str | None  # of the dossier


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One time the message was handed to a provider; `cost` in đồng where a price is known."""

    number: int
    provider: str
    at: datetime
    ended_at: datetime | None
    result: Result | None
    result_name: str
    reason: str
    code: str  # the provider's own reply, long numbers hidden
    parts: int | None
    cost: int | None
    report: str
    report_code: str
    reported_at: datetime | None


class ToCheck(msgspec.Struct, frozen=True):
    """A page of messages in doubt or doubled, newest first; `before` opens the following page."""

    lines: list[Message]
    before: tuple[datetime, UUID] | None


async def one(notice_id: UUID) -> Message | None:
    """The message, or None."""
    row = await db.tenant.fetch_row(_ONE, notice_id)
    return None if row is None else _message(dict(row))


async def attempts_of(notice_id: UUID) -> list[Attempt]:
    """Every attempt of a message in its order."""
    known = await providers.of_tenant()
    labels = {name: each.label for name, each in known.items() if each.label}
    rows = await db.tenant.fetch(_ATTEMPTS, notice_id)
    return [_attempt(dict(row), labels) for row in rows]


async def to_check(before: tuple[datetime, UUID] | None = None) -> ToCheck:
    """Messages of which nobody knows whether they came, or that came twice."""
    rows = await db.tenant.fetch(_TO_CHECK, *(before or _LATEST), PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    lines = [_message(dict(row)) for row in rows[:PAGE]]
    return ToCheck(lines, (last["created_at"], last["id"]) if last else None)


def _message(row: dict[str, Any]) -> Message:
    state, hold = State(row.pop("state")), row.pop("hold")
    return Message(
        title=templates.title_of(row.pop("event")),
        phone=rules.masked_phone(row.pop("phone") or ""),
        state=state,
        state_name=rules.STATE_NAMES[state],
        reason=row.pop("error") or "",
        advice=advice_of(state, hold),
        doubled=DOUBLED_NAMES.get(row.pop("doubled"), ""),
        **row,
    )


def _attempt(row: dict[str, Any], labels: dict[str, str]) -> Attempt:
    result = Result(row.pop("result")) if row["result"] else row.pop("result")
    report, name = row.pop("report"), row.pop("provider")
    return Attempt(
        provider=labels.get(name, name),
        result=result,
        result_name=RESULT_NAMES[result],
        reason=_REASONS.get(result, "") if result else "",
        code=rules.masked(row.pop("code") or ""),
        report=REPORT_NAMES[Report(report)] if report else "",
        report_code=rules.masked(row.pop("report_code") or ""),
        **row,
    )
