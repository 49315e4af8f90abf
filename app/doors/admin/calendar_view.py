"""Working calendars and their drafts as the administrators' pages draw them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.doors.desk.lists_view import short_moment
from app.doors.words import khoang, so
from app.onestop.deadlines.calendar import DAY, Calendar, Periods
from app.onestop.deadlines.words import day as named_day
from app.onestop.recounting.queries import Done
from app.onestop.recounting.shapes import Change, Draft, Moved, NewHours, OtherDay, Pairs, Swapped

_WEEK = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_AHEAD_DAYS = 365
EVERYBODY = "Mọi cơ quan"


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """One draft; `kind` and `state` make its tag."""

    id: UUID
    what: str
    whose: str
    decision: str
    drafted: str
    approved: str
    kind: str
    state: str
    open: bool
    applied: bool


class MovedRow(msgspec.Struct, frozen=True):
    """One dossier whose deadline moves."""

    code: str
    agency: str
    old: str
    new: str
    by: str


class CalendarView(msgspec.Struct, frozen=True):
    """The calendar in force: hours of the week, and what is out of the ordinary ahead."""

    decision: str
    hours: list[tuple[str, str]]
    ahead: list[tuple[str, str]]


def calendar_view(calendar: Calendar, today: date) -> CalendarView:
    """The calendar as it holds today, with the coming year's days off and make-up days."""
    week = zip(_WEEK, calendar.week_on(today), strict=True)
    hours = [(name, _hours(periods)) for name, periods in week]
    days = [today + n * DAY for n in range(_AHEAD_DAYS)]
    ahead = [(named_day(day), words) for day in days if (words := _special(day, calendar))]
    newer = [(named_day(since), "Giờ làm việc mới") for since, _ in calendar.later if since > today]
    return CalendarView(calendar.decision, hours, [*newer, *ahead])


def draft_line(draft: Draft) -> DraftLine:
    """One draft as a row of the list and as the head of its page."""
    kind, state = _state(draft)
    approved = ""
    if draft.approved_at:
        approved = f"{draft.approved_by}, {short_moment(draft.approved_at)}"
    return DraftLine(
        id=draft.id,
        what=change_words(draft.change),
        whose=draft.agency_name or EVERYBODY,
        decision=draft.decision,
        drafted=f"{draft.drafted_by}, {short_moment(draft.drafted_at)}",
        approved=approved,
        kind=kind,
        state=state,
        open=draft.open,
        applied=draft.recounted_at is not None,
    )


def change_words(change: Change) -> str:
    """What a change does, in one line."""
    if isinstance(change, Swapped):
        return f"Nghỉ {named_day(change.off)}, làm bù {named_day(change.on)}"
    if isinstance(change, OtherDay):
        hours = f"Làm việc {_pairs(change.periods)}" if change.periods else "Nghỉ cả ngày"
        return f"{hours} {named_day(change.on)}: {change.reason}"
    return _new_hours(change)


def moved_rows(moved: Sequence[Moved]) -> list[MovedRow]:
    """The dossiers with the old date, the new one and the working time between."""
    return [
        MovedRow(
            one.code,
            one.agency,
            short_moment(one.old_due_at),
            short_moment(one.new_due_at),
            f"{'muộn hơn' if one.new_due_at > one.old_due_at else 'sớm hơn'} "
            f"{khoang(one.working_minutes)}",
        )
        for one in moved
    ]


def done_words(done: Done) -> str:
    """How far an approved draft is applied."""
    return f"Đã tính lại {so(done.recounted)} hồ sơ, {so(done.moved)} hồ sơ đổi ngày hẹn trả."


def _new_hours(change: NewHours) -> str:
    days = ", ".join(_WEEK[number - 1].lower() for number in change.weekdays)
    words = f"Từ {named_day(change.from_on)}: {_pairs(change.periods)} các ngày {days}"
    return f"{words}; thứ bảy {_pairs(change.saturday)}" if change.saturday else words


def _state(draft: Draft) -> tuple[str, str]:
    if draft.discarded_at:
        return "done", "Đã hủy"
    if draft.approved_at is None:
        return "soon", "Chờ phê duyệt"
    return ("ok", "Đã áp dụng") if draft.recounted_at else ("paused", "Đang tính lại hạn")


def _special(day: date, calendar: Calendar) -> str:
    reason, usual = calendar.reason_off(day), calendar.week_on(day)[day.weekday()]
    if reason:
        return reason
    periods = calendar.periods_on(day)
    return f"Làm việc {_hours(periods)}" if periods != usual else ""


def _hours(periods: Periods) -> str:
    return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in periods) or "Nghỉ"


def _pairs(periods: Pairs) -> str:
    return ", ".join(f"{start}–{end}" for start, end in periods)
