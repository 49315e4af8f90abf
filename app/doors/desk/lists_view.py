"""The lines of the desk's lists as the templates draw them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from app.doors.words import gio, gio_ngay, ngay
from app.onestop.deadlines.rules import Remaining
from app.onestop.dossiers.queries.desk import InboxGroup, Line, ReadyLine, TurnLine, WaitingLine
from app.onestop.dossiers.queries.finding import FoundLine, PassingLine
from app.onestop.dossiers.rules import Status
from app.onestop.dossiers.shapes import CHANNEL_NAMES, WAY_NAMES

# Two hours left of eight is when somebody should get up.
_SOON_MINUTES = 120
_SOON_DAY_MINUTES = 480
# Where a dossier is while it is no post's turn.
_NOBODY = {Status.REGISTERED: "Chờ tiếp nhận", Status.FINISHED: "Chờ trả kết quả"}

L = TypeVar("L", bound=Line)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier of a list. `kind` and `left` are its deadline tag; `cells` the list's own."""

    code: str
    applicant: str
    procedure: str
    about: str
    agency: str
    status: str = ""
    kind: str = ""  # ok | soon | late
    left: str = ""
    cells: tuple[str, ...] = ()


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One list with the names of its own columns, and the key of the next page."""

    columns: tuple[str, ...]
    rows: list[Row]
    next: str | None
    empty: str
    left_title: str = "Còn lại"
    hint: str = ""


class GroupView(msgspec.Struct, frozen=True):
    """One group of the inbox (hộp việc)."""

    name: str
    total: int
    rows: list[Row]


def waiting(lines: Sequence[WaitingLine], following: str | None, *, several: bool) -> Queue:
    """Dossiers waiting for the desk, those filed online with the eight hours' clock."""

    def draw(line: WaitingLine) -> Row:
        way = f"Từ {line.taken_in_by}" if line.taken_in_by else CHANNEL_NAMES[line.channel]
        cells = (short_moment(line.filed_at), way)
        return _row(line, several, line.remaining, cells, _SOON_MINUTES)

    return Queue(
        columns=("Nộp lúc", "Đến bằng cách"),
        rows=_rows(lines, draw),
        next=following,
        empty="Không có hồ sơ nào chờ tiếp nhận.",
        left_title="Hạn tiếp nhận",
        hint="Hồ sơ trực tuyến được tiếp nhận hoặc trả lời trong 8 giờ làm việc kể từ khi nộp. "
        "Hồ sơ do cơ quan khác tiếp nhận hộ: xác nhận đã nhận để bắt đầu tính thời hạn.",
    )


def passing(lines: Sequence[PassingLine], following: str | None, *, several: bool) -> Queue:
    """Dossiers received and not yet handed over."""

    def draw(line: PassingLine) -> Row:
        cells = (short_moment(line.received_at), short_moment(line.due_at))
        return _row(line, several, line.remaining, cells, _SOON_MINUTES)

    return Queue(
        columns=("Tiếp nhận lúc", "Hẹn trả"),
        rows=_rows(lines, draw),
        next=following,
        empty="Không có hồ sơ nào chờ chuyển đến bộ phận chuyên môn.",
        left_title="Hạn chuyển",
    )


def ready(lines: Sequence[ReadyLine], following: str | None, *, several: bool) -> Queue:
    """Results waiting for their citizens."""

    def draw(line: ReadyLine) -> Row:
        way = WAY_NAMES.get(line.wanted_way, line.wanted_way)
        return _row(line, several, None, (short_moment(line.finished_at), way))

    return Queue(
        columns=("Có kết quả lúc", "Cách nhận kết quả"),
        rows=_rows(lines, draw),
        next=following,
        empty="Không có kết quả nào chờ trả.",
        left_title="",
    )


def found(lines: Sequence[FoundLine], *, several: bool) -> Queue:
    """What a search found."""

    def draw(line: FoundLine) -> Row:
        cells = (
            short_moment(line.filed_at),
            short_moment(line.due_at) if line.due_at else "–",
            line.post_title or _NOBODY.get(line.status, "–"),
        )
        return _row(line, several, None, cells)

    return Queue(
        columns=("Nộp lúc", "Hẹn trả", "Đang ở"),
        rows=_rows(lines, draw),
        next=None,
        empty="",
        left_title="",
    )


def groups(found_groups: Sequence[InboxGroup], *, several: bool) -> list[GroupView]:
    """The groups of the inbox that have something in them."""

    def draw(line: TurnLine) -> Row:
        cells = (line.step_name, short_moment(line.promised_at))
        return _row(line, several, line.remaining, cells, _SOON_DAY_MINUTES)

    return [
        GroupView(group.name, group.total, _rows(group.lines, draw))
        for group in found_groups
        if group.total
    ]


def short_moment(value: datetime) -> str:
    """16:20 ngày 23/11/2026."""
    return f"{gio(value)} ngày {ngay(value)}"


def long_moment(value: datetime | None) -> str:
    """16 giờ 20 phút, ngày 23/11/2026."""
    return gio_ngay(value)


def deadline_kind(left: Remaining, soon: int = _SOON_DAY_MINUTES) -> str:
    """The tag of a deadline: ok, soon or late; `soon` is in working minutes."""
    if left.overdue:
        return "late"
    return "soon" if left.working_minutes <= soon else "ok"


def _rows(lines: Sequence[L], draw: Callable[[L], Row]) -> list[Row]:
    return [draw(line) for line in lines]


def _row(
    line: Line,
    several: bool,
    left: Remaining | None,
    cells: tuple[str, ...],
    soon: int = _SOON_DAY_MINUTES,
) -> Row:
    channel = CHANNEL_NAMES.get(line.channel, line.channel)
    about = line.summary.removeprefix(line.procedure_name).lstrip(" :.-")
    return Row(
        code=line.code,
        applicant=line.applicant_name,
        procedure=line.procedure_name,
        about=about or channel,
        agency=line.agency_name if several else "",
        status=line.status.title,
        kind=deadline_kind(left, soon) if left else "",
        left=left.text if left else "",
        cells=cells,
    )
