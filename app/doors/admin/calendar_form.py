"""The forms of a changed calendar: what was typed, as a change the rules can judge."""

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.doors.admin.entry import chosen, day_or_none
from app.onestop.forms import cleaning
from app.onestop.recounting.shapes import Change, NewHours, OtherDay, Swapped
from app.refusals import Malformed, NotFound

SWAP, DAY, HOURS = "hoan-doi", "ngay-rieng", "gio-lam-viec"
TITLES = {
    SWAP: "Hoán đổi ngày làm việc",
    DAY: "Ngày nghỉ hoặc giờ làm việc riêng một ngày",
    HOURS: "Giờ làm việc mới",
}
WEEKDAYS = {
    "thu-2": (1, "Thứ Hai"),
    "thu-3": (2, "Thứ Ba"),
    "thu-4": (3, "Thứ Tư"),
    "thu-5": (4, "Thứ Năm"),
    "thu-6": (5, "Thứ Sáu"),
    "thu-7": (6, "Thứ Bảy"),
    "chu-nhat": (7, "Chủ nhật"),
}
_HOURS = re.compile(
    r"(\d{1,2})(?:[:.hg](\d{2})?)?\s*(?:-|–|đến)\s*(\d{1,2})(?:[:.hg](\d{2})?)?", re.IGNORECASE
)
_WRONG_HOURS = "Ghi giờ theo mẫu 07:00-11:30, hoặc để trống."
_NO_DAY = "Ghi ngày theo mẫu 27/3/2027."


def read_change(kind: str, sent: Mapping[str, str]) -> Change:
    """What the form of that kind says. Raises NotFound for no such form, Malformed."""
    if kind == SWAP:
        off, on = _days(sent, "off", "on")
        return Swapped(off=off, on=on)
    if kind == DAY:
        (on,) = _days(sent, "on")
        reason = cleaning.one_line(sent.get("reason", ""))
        return OtherDay(on=on, periods=_periods(sent, "morning", "afternoon"), reason=reason)
    if kind == HOURS:
        (from_on,) = _days(sent, "from_on")
        return NewHours(
            from_on=from_on,
            weekdays=[number for name, (number, _) in WEEKDAYS.items() if sent.get(name)],
            periods=_periods(sent, "morning", "afternoon"),
            saturday=_periods(sent, "saturday"),
        )
    raise NotFound


def read_agency(sent: Mapping[str, str]) -> UUID | None:
    """Whose calendar it is; None for everybody's."""
    if not sent.get("agency_id"):
        return None
    return chosen(sent, "agency_id", "Chọn cơ quan trong danh sách.")


def _days(sent: Mapping[str, str], *names: str) -> list[date]:
    days, faults = [], {}
    for name in names:
        try:
            day = day_or_none(sent, name)
        except Malformed:
            day = None
        if day is None:
            faults[name] = _NO_DAY
        else:
            days.append(day)
    if faults:
        raise Malformed(fields=faults)
    return days


def _periods(sent: Mapping[str, str], *names: str) -> list[tuple[str, str]]:
    periods, faults = [], {}
    for name in names:
        text = sent.get(name, "").strip()
        found = _HOURS.fullmatch(text)
        if text and not found:
            faults[name] = _WRONG_HOURS
        if found:
            periods.append((_clock(found[1], found[2]), _clock(found[3], found[4])))
    if faults:
        raise Malformed(fields=faults)
    return periods


def _clock(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}"
