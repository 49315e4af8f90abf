"""The forms of a changed calendar: what was typed, as a change the rules can judge."""

import re
from collections.abc import Mapping, Sequence
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
_NO_DAY = "Ghi ngày theo mẫu 27/03/2027."


def read_change(kind: str, sent: Mapping[str, str]) -> Change:
    """What the form of that kind says. Raises NotFound for no such form, Malformed with every
    field that cannot be read."""
    if kind not in TITLES:
        raise NotFound
    faults: dict[str, str] = {}
    change = _READ[kind](sent, faults)
    if not sent.get("decision", "").strip():
        faults["decision"] = "Ghi số, ngày của quyết định hoặc văn bản thông báo."
    if faults:
        raise Malformed(fields=faults)
    return change


def read_agency(sent: Mapping[str, str]) -> UUID | None:
    """Whose calendar it is; None for everybody's."""
    if not sent.get("agency_id"):
        return None
    return chosen(sent, "agency_id", "Chọn cơ quan trong danh sách.")


def _swap(sent: Mapping[str, str], faults: dict[str, str]) -> Change:
    return Swapped(off=_day(sent, "off", faults), on=_day(sent, "on", faults))


def _other_day(sent: Mapping[str, str], faults: dict[str, str]) -> Change:
    return OtherDay(
        on=_day(sent, "on", faults),
        periods=_periods(sent, ("morning", "afternoon"), faults),
        reason=cleaning.one_line(sent.get("reason", "")),
    )


def _new_hours(sent: Mapping[str, str], faults: dict[str, str]) -> Change:
    return NewHours(
        from_on=_day(sent, "from_on", faults),
        weekdays=[number for name, (number, _) in WEEKDAYS.items() if sent.get(name)],
        periods=_periods(sent, ("morning", "afternoon"), faults),
        saturday=_periods(sent, ("saturday",), faults),
    )


_READ = {SWAP: _swap, DAY: _other_day, HOURS: _new_hours}


def _day(sent: Mapping[str, str], name: str, faults: dict[str, str]) -> date:
    try:
        day = day_or_none(sent, name)
    except Malformed:
        day = None
    if day is None:
        faults[name] = _NO_DAY
    return day or date.min


def _periods(
    sent: Mapping[str, str], names: Sequence[str], faults: dict[str, str]
) -> list[tuple[str, str]]:
    periods = []
    for name in names:
        text = sent.get(name, "").strip()
        found = _HOURS.fullmatch(text)
        if text and not found:
            faults[name] = _WRONG_HOURS
        if found:
            periods.append((_clock(found[1], found[2]), _clock(found[3], found[4])))
    return periods


def _clock(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}"
