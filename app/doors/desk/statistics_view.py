"""The report of figures as the page draws it and the file carries it."""

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from app.doors.words import so
from app.onestop.statistics.queries import Report
from app.onestop.statistics.shapes import Line

# The columns by their groups, after form 06 of Circular 01/2020/TT-VPCP.
GROUPS = (
    ("", (("opening", "Tồn kỳ trước"),)),
    ("Tiếp nhận", (("online", "Trực tuyến"), ("counter", "Trực tiếp"), ("postal", "Bưu chính"))),
    ("", (("moved", "Bàn giao (đến trừ đi)"),)),
    ("Đã giải quyết", (("early", "Trước hạn"), ("on_time", "Đúng hạn"), ("late", "Quá hạn"))),
    ("", (("ended", "Dừng, rút"), ("open", "Đang giải quyết"), ("delivered", "Đã trả kết quả"))),
    ("Không tiếp nhận", (("refused", "Từ chối"), ("cancelled", "Rút trước tiếp nhận"))),
)
_MONTH = re.compile(r"(0?[1-9]|1[0-2])/(20\d\d)")
_COLUMNS = [
    (figure, f"{group}: {words.lower()}" if group else words)
    for group, columns in GROUPS
    for figure, words in columns
]


class Row(msgspec.Struct, frozen=True):
    """One line; each figure with the words of its column."""

    name: str
    figures: list[tuple[str, str]]


class Table(msgspec.Struct, frozen=True):
    """The lines and their sum."""

    rows: list[Row]
    total: Row


def table_view(found: Report) -> Table:
    """The report as it is drawn."""
    return Table([_row(line) for line in found.lines], _row(found.total))


def header(by_agency: bool) -> list[str]:
    """The head of the file."""
    return [first_column(by_agency), *(words for _, words in _COLUMNS)]


def cells(line: Line) -> list[str | int]:
    """One line of the file."""
    return [line.name, *(getattr(line, figure) for figure, _ in _COLUMNS)]


def first_column(by_agency: bool) -> str:
    """What the lines are."""
    return "Cơ quan" if by_agency else "Lĩnh vực"


def read_month(text: str) -> date | None:
    """The first day of a month as typed, 11/2026; None when it is none."""
    found = _MONTH.fullmatch(text.strip())
    return date(int(found[2]), int(found[1]), 1) if found else None


def month_words(day: date) -> str:
    """A month as it is typed."""
    return f"{day.month:02}/{day.year}"


def faults_of(first: date | None, last: date | None) -> Mapping[str, str]:
    """What to mend in the months asked for, by field."""
    faults = {name: _NO_MONTH for name, day in (("tu", first), ("den", last)) if day is None}
    if first and last and last < first:
        faults["den"] = "Chọn tháng cuối không trước tháng đầu."
    return faults


def _row(line: Line) -> Row:
    return Row(line.name, [(words, so(getattr(line, figure))) for figure, words in _COLUMNS])


_NO_MONTH = "Ghi tháng theo dạng tháng/năm, ví dụ 11/2026."
