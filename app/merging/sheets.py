"""A plan's open questions as a sheet for those who decide, and their answers read back. Pure."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import msgspec

from app.merging.refusals import MergeRefused
from app.merging.shapes import Decision, Meeting, Plan

WORDS = {Decision.SAME: "gộp", Decision.KEEP: "giữ cả hai", Decision.STAY: "để lại"}
HEADINGS = (
    "loại", "trùng theo", "đơn vị nhận đang có", "đơn vị vào đang có", "được chọn", "đề xuất",
    "quyết định", "bảng", "dòng",
)  # fmt: skip
_MOST = 120


def lines(plan: Plan) -> list[list[str]]:
    """One line for each question, the headings first; what is decided already stands in it."""
    return [list(HEADINGS), *(_line(meeting) for meeting in plan.meetings)]


def taken(plan: Plan, content: bytes) -> Plan:
    """The plan with the answers of a sheet; a line left open stays open. Raises MergeRefused for a
    word that is no decision or was not offered."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if rows and not {"quyết định", "bảng", "dòng"} <= rows[0].keys():
        raise MergeRefused(f"this sheet lacks one of the columns {', '.join(HEADINGS)}")
    said = {
        (row["bảng"], row["dòng"]): _decision(row, number)
        for number, row in enumerate(rows, 2)
        if row["quyết định"].strip()
    }
    meetings = [
        msgspec.structs.replace(meeting, decision=_offered(meeting, said.get(meeting.place)))
        for meeting in plan.meetings
    ]
    return msgspec.structs.replace(plan, meetings=meetings)


def _line(meeting: Meeting) -> list[str]:
    return [
        meeting.name,
        _told(meeting.key),
        _told({name: ours for name, (ours, _) in meeting.differs.items()}),
        _told({name: theirs for name, (_, theirs) in meeting.differs.items()}),
        " / ".join(WORDS[offer] for offer in meeting.offers),
        WORDS[meeting.proposed],
        WORDS[meeting.decision] if meeting.decision else "",
        meeting.table,
        meeting.theirs,
    ]


def _told(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}: {_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _decision(row: Mapping[str, str], number: int) -> Decision:
    word = row["quyết định"].strip().lower()
    for decision, name in WORDS.items():
        if word == name:
            return decision
    raise MergeRefused(f"line {number}: {word!r} is none of {', '.join(WORDS.values())}")


def _offered(meeting: Meeting, said: Decision | None) -> Decision | None:
    if said is not None and said not in meeting.offers:
        raise MergeRefused(f"{meeting.table} {meeting.key}: {WORDS[said]!r} was not offered")
    return said or meeting.decision
