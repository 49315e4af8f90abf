"""A plan's open questions as a sheet for those who decide, and their answers read back. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping

import msgspec

from app.merging import words
from app.merging.refusals import MergeRefused
from app.merging.shapes import Decision, Meeting, Plan

WORDS = {Decision.SAME: "gộp", Decision.KEEP: "giữ cả hai", Decision.STAY: "để lại"}
# What each word leads to, for those who choose.
MEANINGS = {
    Decision.SAME: (
        "Hai dòng là một. Dòng của đơn vị nhận được dùng cho cả hai; hồ sơ, công việc của đơn vị "
        "nhập vào chuyển sang dòng đó."
    ),
    Decision.KEEP: (
        "Hai dòng khác nhau, giữ cả hai. Dòng của đơn vị nhập vào mang thêm tên đơn vị để phân "
        "biệt; tên gọi hiện cho người dân không đổi."
    ),
    Decision.STAY: (
        "Chỉ dùng dòng của đơn vị nhận. Dòng của đơn vị nhập vào nằm lại trong dữ liệu cũ, không "
        "chuyển sang; khi tách thì dùng lại."
    ),
}
HEADINGS = (
    "Loại", "Trùng theo", "Đơn vị nhận đang có", "Đơn vị nhập vào đang có", "Được chọn", "Đề xuất",
    "Quyết định", "Bảng", "Dòng",
)  # fmt: skip
_ANSWER = ("Quyết định", "Bảng", "Dòng")
_CHOICE, _TABLE, _ROW = _ANSWER

Answer = Mapping[str, str]


def lines(plan: Plan) -> list[list[str]]:
    """One line for each question, the headings first; what is decided already stands in it."""
    return [list(HEADINGS), *(_line(meeting) for meeting in plan.meetings)]


def from_csv(content: bytes) -> list[Answer]:
    """The lines of a sheet saved as CSV, with whichever mark the spreadsheet put between cells.

    Raises MergeRefused for what is none.
    """
    try:
        text = content.decode("utf-8-sig")
        mark = max(",;\t", key=text.partition("\n")[0].count)
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark))
    except (UnicodeDecodeError, csv.Error):
        raise MergeRefused("Tệp không phải bảng tính CSV UTF-8: lưu lại, hoặc dùng XLSX.") from None


def taken(plan: Plan, rows: Iterable[Answer]) -> Plan:
    """The plan with the answers of a sheet; a line left open stays open. Raises MergeRefused for a
    word that is no decision or was not offered."""
    rows = list(rows)
    if rows and not set(_ANSWER) <= rows[0].keys():
        raise MergeRefused(f"Bảng tính thiếu một trong các cột {', '.join(_ANSWER)}.")
    said: dict[tuple[str, str], Decision] = {}
    known = {meeting.place for meeting in plan.meetings}
    for number, row in enumerate(rows, 2):
        if (row[_CHOICE] or "").strip():
            place, decision = (row[_TABLE], row[_ROW]), _decision(row, number)
            if place not in known:
                raise MergeRefused(f"Dòng {number} không thuộc phương án này: lấy lại bảng tính.")
            if said.setdefault(place, decision) is not decision:
                raise MergeRefused(f"Dòng {number} quyết định khác một dòng trước: chọn một.")
    meetings = [
        msgspec.structs.replace(meeting, decision=_offered(meeting, said.get(meeting.place)))
        for meeting in plan.meetings
    ]
    return msgspec.structs.replace(plan, meetings=meetings)


def _line(meeting: Meeting) -> list[str]:
    return [
        meeting.name,
        words.named(meeting.key),
        *words.sides(meeting.differs),
        " / ".join(WORDS[offer] for offer in meeting.offers),
        WORDS[meeting.proposed],
        WORDS[meeting.decision] if meeting.decision else "",
        meeting.table,
        meeting.theirs,
    ]


def _decision(row: Answer, number: int) -> Decision:
    word = row[_CHOICE].strip().lower()
    for decision, name in WORDS.items():
        if word == name:
            return decision
    chosen = ", ".join(WORDS.values())
    raise MergeRefused(f"Dòng {number}: ghi một trong các từ {chosen} thay cho “{word}”.")


def _offered(meeting: Meeting, said: Decision | None) -> Decision | None:
    if said is not None and said not in meeting.offers:
        told, offers = words.named(meeting.key), " hoặc ".join(WORDS[o] for o in meeting.offers)
        raise MergeRefused(f"{meeting.name}, {told}: chọn {offers}, không chọn “{WORDS[said]}”.")
    return said or meeting.decision
