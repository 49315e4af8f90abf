"""The officers' lists: what waits at the desk, whose turn it is, what is ready to be given out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.deadlines.calendar import Calendar, local
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import Remaining, remaining
from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.rules import Status
from infra.clock import now
from tenants import db


class Group(StrEnum):
    """How soon a dossier is due; the order is the order on the page."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


GROUP_NAMES = {
    Group.OVERDUE: "Quá hạn",
    Group.TODAY: "Hôm nay",
    Group.SOON: "2 ngày tới",
    Group.LATER: "Còn lại",
}
_SOON_DAYS = 2


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What every list shows of a dossier."""

    id: UUID
    code: str
    version: int
    status: Status
    procedure_name: str
    summary: str
    applicant_name: str
    agency_name: str
    channel: str


class WaitingLine(Line, frozen=True, kw_only=True):
    """A dossier the desk has not got yet: filed online, or taken in by another agency's desk.

    `answer_by` is the end of the eight hours, as the ledger has it; None for the latter, of which
    `taken_in_by` names the agency.
    """

    filed_at: datetime
    answer_by: datetime | None
    remaining: Remaining | None
    taken_in_by: str | None


class TurnLine(Line, frozen=True, kw_only=True):
    """Open work of one of the posts asked for: `due_at` is the step's own deadline, `promised_at`
    the dossier's; `officer_name` the holder it is assigned to."""

    due_at: datetime
    promised_at: datetime
    pause: str | None
    step_name: str
    post_title: str
    officer_name: str | None
    group: Group
    remaining: Remaining


class ReadyLine(Line, frozen=True, kw_only=True):
    """A dossier with its result, waiting to be given out."""

    finished_at: datetime
    due_at: datetime | None
    wanted_way: str
    phone: str | None


class ReceptionQueue(msgspec.Struct, frozen=True, kw_only=True):
    """Dossiers waiting for the desk (chờ tiếp nhận), oldest first."""

    lines: list[WaitingLine]
    next: str | None


class InboxGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One group of the inbox; `total` counts all of it, `lines` is what is on this page."""

    group: Group
    name: str
    total: int
    lines: list[TurnLine]


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """Whose turn (hộp việc): Quá hạn, Hôm nay, 2 ngày tới, Còn lại; all four, also empty ones."""

    groups: list[InboxGroup]
    total: int
    next: str | None


class ReadyList(msgspec.Struct, frozen=True, kw_only=True):
    """Results to be given out (chờ trả kết quả), the longest waiting first."""

    lines: list[ReadyLine]
    next: str | None


class DeskCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The figures above the lists."""

    waiting: int
    turn: int
    overdue: int
    to_deliver: int


# How every list of officers begins; each adds what it shows.
LINE = """
select d.id, d.code, d.version, d.status, d.summary, d.applicant_name, d.channel,
       t.short_name as procedure_name, a.name as agency_name,
"""
FROM = """
from dossier d
join procedure t on t.id = d.procedure_id
join agency a on a.id = d.agency_id
"""
# Served by dossier_waiting and deadline_entry_by_dossier.
_WAITING = (
    LINE  # noqa: S608
    + "d.filed_at, (select e.due_at from deadline_entry e where e.dossier_id = d.id\n"
    + "  and e.clock = 'reception' order by e.seq desc limit 1) as answer_by, b.name as taken_in_by"
    + FROM
    + """
left join agency b on b.id = d.desk_agency_id
where d.agency_id = any($1) and d.status in (1, 2) and d.due_at is null
  and ($2::timestamptz is null or (d.filed_at, d.id) > ($2, $3::uuid))
order by d.filed_at, d.id limit $4
"""
)
_MINE = " and (k.officer_id is null or k.officer_id = $5)"
# Served by task_by_turn; a step is due by its own share of the time.
_TURN = (
    LINE
    + "k.due_at, d.due_at as promised_at, d.pause, p.title as post_title, k.name as step_name,\n"
    + "       o.full_name as officer_name"
    + FROM
    + """
join task k on k.dossier_id = d.id and k.state = 'open'
join post p on p.id = k.post_id
left join officer o on o.id = k.officer_id
where k.post_id = any($1)"""
    + _MINE
    + """
  and ($2::timestamptz is null or (k.due_at, d.id) > ($2, $3::uuid))
order by k.due_at, d.id limit $4
"""
)
# Served by task_by_turn.
_TURN_COUNTS = """
select count(*) filter (where due_at < $2) as overdue,
       count(*) filter (where due_at >= $2 and due_at < $3) as today,
       count(*) filter (where due_at >= $2 and due_at >= $3 and due_at < $4) as soon,
       count(*) filter (where due_at >= $2 and due_at >= $4) as later
from task where post_id = any($1) and state = 'open' and (officer_id is null or officer_id = $5)
"""
# Served by dossier_to_deliver and dossier_taken_in_for: either desk gives the result.
_READY = (
    LINE
    + "d.finished_at, d.due_at, d.wanted_way, d.phone"
    + FROM
    + """
where (d.agency_id = any($1) or d.desk_agency_id = any($1)) and d.status = 9
  and ($2::timestamptz is null or (d.finished_at, d.id) > ($2, $3::uuid))
order by d.finished_at, d.id limit $4
"""
)
# Served by dossier_waiting, task_by_turn, dossier_to_deliver and dossier_taken_in_for.
_COUNTS = """
select (select count(*) from dossier
        where agency_id = any($1) and status in (1, 2) and due_at is null) as waiting,
       (select count(*) from task where post_id = any($2) and state = 'open') as turn,
       (select count(*) from task
        where post_id = any($2) and state = 'open' and due_at < $3) as overdue,
       (select count(*) from dossier where (agency_id = any($1) or desk_agency_id = any($1))
          and status = 9) as to_deliver
"""


async def reception_queue(
    agencies: Sequence[UUID], *, after: str | None = None, limit: int = paging.PAGE
) -> ReceptionQueue:
    """Dossiers filed with those agencies, or taken in for them, which they have not got yet."""
    rows = await db.tenant.fetch(_WAITING, agencies, *paging.read(after), limit + 1)
    shown, following = paging.cut(rows, limit, "filed_at")
    calendar, moment = await calendar_in_force(), now()
    lines = [
        WaitingLine(**_common(row), remaining=_left(moment, row["answer_by"], calendar))
        for row in shown
    ]
    return ReceptionQueue(lines=lines, next=following)


async def inbox(
    posts: Sequence[UUID],
    *,
    mine: UUID | None = None,
    after: str | None = None,
    limit: int = paging.PAGE,
) -> Inbox:
    """Open work of those posts, the most urgent first, without what is another holder's.

    `mine` is the officer who looks.
    """
    rows = await db.tenant.fetch(_TURN, posts, *paging.read(after), limit + 1, mine)
    shown, following = paging.cut(rows, limit, "due_at")
    moment = now()
    tomorrow, later = _day_after(moment, 1), _day_after(moment, _SOON_DAYS + 1)
    counts = await db.tenant.fetch_row(_TURN_COUNTS, posts, moment, tomorrow, later, mine)
    assert counts is not None, "an aggregate always has one row"
    calendar = await calendar_in_force()
    lines = [_turn_line(row, moment, calendar) for row in shown]
    groups = [
        InboxGroup(
            group=group, name=GROUP_NAMES[group], total=counts[group.value],
            lines=[line for line in lines if line.group is group],
        )
        for group in Group
    ]  # fmt: skip
    return Inbox(groups=groups, total=sum(group.total for group in groups), next=following)


async def turns_at(posts: Sequence[UUID], most: int) -> list[TurnLine]:
    """Open work of those posts whoever it is assigned to, the most urgent first."""
    moment, calendar = now(), await calendar_in_force()
    rows = await db.tenant.fetch(_TURN.replace(_MINE, ""), posts, None, None, most)
    return [_turn_line(row, moment, calendar) for row in rows]


async def to_deliver(
    agencies: Sequence[UUID], *, after: str | None = None, limit: int = paging.PAGE
) -> ReadyList:
    """Dossiers of those agencies, or taken in by them, whose result waits for its citizen."""
    rows = await db.tenant.fetch(_READY, agencies, *paging.read(after), limit + 1)
    shown, following = paging.cut(rows, limit, "finished_at")
    return ReadyList(lines=[ReadyLine(**_common(row)) for row in shown], next=following)


async def desk_counts(agencies: Sequence[UUID], posts: Sequence[UUID]) -> DeskCounts:
    """How many dossiers wait in each list."""
    row = await db.tenant.fetch_row(_COUNTS, agencies, posts, now())
    assert row is not None, "four aggregates always make one row"
    return DeskCounts(**dict(row))


def group_of(due_at: datetime, moment: datetime) -> Group:
    """In which group of the inbox a dossier due then stands at that moment."""
    if due_at < moment:
        return Group.OVERDUE
    if due_at < _day_after(moment, 1):
        return Group.TODAY
    return Group.SOON if due_at < _day_after(moment, _SOON_DAYS + 1) else Group.LATER


def _turn_line(row: Any, moment: datetime, calendar: Calendar) -> TurnLine:
    due_at = row["due_at"]
    left = remaining(moment, due_at, calendar)
    return TurnLine(**_common(row), group=group_of(due_at, moment), remaining=left)


def _left(moment: datetime, by: datetime | None, calendar: Calendar) -> Remaining | None:
    return remaining(moment, by, calendar) if by else None


def _day_after(moment: datetime, days: int) -> datetime:
    """Midnight in Vietnam at the start of the day that many days on."""
    today = local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


def _common(row: Any) -> dict[str, Any]:
    return {**row, "status": Status(row["status"])}
