"""Reads a plan (phương án sắp xếp) as somebody wrote it, and says where it cannot be read. Pure."""

import re

import msgspec

from app.onestop.reorganisation.shapes import Plan

MOST_BYTES = 500_000
_REASONS = (
    (re.compile(r"unknown field `(.+?)`"), "Có mục lạ “{}”. Hãy bỏ hoặc sửa tên."),
    (re.compile(r"missing required field `(.+?)`"), "Thiếu mục “{}”."),
    (re.compile(r"Invalid (?:enum )?value '?(.+?)'?(?: - at|$)"), "Không có từ “{}”."),
)
_PLACE = re.compile(r"at `\$\.?([^`]+)`")


def read_plan(text: str | bytes) -> Plan:
    """The plan a file describes. Raises msgspec.DecodeError, UnicodeDecodeError, RecursionError."""
    return msgspec.json.decode(text, type=Plan)


def reason_of(error: Exception) -> str:
    """Why a plan could not be read, and where, in Vietnamese."""
    said = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return "Tệp không phải là JSON đúng cú pháp, mã hóa UTF-8."
    place = _PLACE.search(said)
    for pattern, sentence in _REASONS:
        if found := pattern.search(said):
            return " ".join([sentence.format(found[1]), *_at(place)])
    return " ".join(["Có giá trị không đúng kiểu.", *_at(place)])


def _at(place: re.Match[str] | None) -> list[str]:
    return [f"Vị trí: {place[1]}."] if place else []
