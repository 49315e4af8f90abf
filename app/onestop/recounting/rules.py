"""How a change makes a new calendar out of an old one, and when it makes sense. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from msgspec.structs import replace

from app.onestop.deadlines.calendar import (
    BadCalendar,
    Calendar,
    Document,
    NewWeek,
    SpecialDay,
    Swap,
    from_document,
)
from app.onestop.recounting.shapes import Change, Draft, NewHours, OtherDay, Swapped

SATURDAY = 6
DECISION_LENGTH = 200
REASON_LENGTH = 120
# A storm is over before the decision about it is signed.
LATEST_CLOSURE = timedelta(days=30)
FARTHEST = timedelta(days=730)


def changed(document: Document, change: Change, decision: str) -> Document:
    """The document with the change in it; what it said of the same day before gives way."""
    if isinstance(change, Swapped):
        days = [day for day in document.special if day.on not in (change.off, change.on)]
        swaps = [*document.swaps, Swap(change.off, change.on, decision)]
        return replace(document, swaps=swaps, special=days)
    if isinstance(change, OtherDay):
        days = [day for day in document.special if day.on != change.on]
        special = SpecialDay(change.on, change.periods, change.reason)
        return replace(document, special=[*days, special])
    weeks = [week for week in document.changes if week.from_on != change.from_on]
    return replace(document, changes=[*weeks, _week(change)])


def faults(change: Change, calendar: Calendar, today: date) -> dict[str, str]:
    """What is wrong with a change to this calendar, by the form's field; empty when it may be."""
    if isinstance(change, Swapped):
        return _swap_faults(change, calendar, today)
    if isinstance(change, OtherDay):
        return _day_faults(change, calendar, today)
    return _hours_faults(change, today)


def countable(document: Document, change: Change) -> str | None:
    """Why nothing can be counted on the changed calendar, in Vietnamese; None when it can."""
    try:
        from_document(changed(document, change, ""), version=0, decision="")
    except BadCalendar as error:
        return str(error)
    return None


def bases(draft: Draft, in_force: Mapping[UUID | None, int]) -> Mapping[UUID | None, int]:
    """Which calendars the draft changes, by whose they are: agency or None for everybody's.

    A day concerns everybody, also the agencies with hours of their own; new hours for everybody
    leave those alone. An agency without hours of its own begins with everybody's.
    """
    if draft.agency_id is not None:
        everybodys = in_force[None]
        return {draft.agency_id: in_force.get(draft.agency_id, everybodys)}
    if isinstance(draft.change, NewHours):
        return {None: in_force[None]}
    return in_force


def counted_on(
    agency_id: UUID,
    draft: Draft,
    in_force: Mapping[UUID | None, int],
    made: Mapping[UUID | None, Calendar],
) -> Calendar | None:
    """Which of the changed calendars counts an agency's dossiers; None when none does."""
    own = agency_id in in_force or agency_id == draft.agency_id
    return made.get(agency_id if own else None)


def _week(change: NewHours) -> NewWeek:
    hours = {SATURDAY: change.saturday} if change.saturday else {}
    return NewWeek(
        from_on=change.from_on, weekdays=change.weekdays, periods=change.periods, hours=hours
    )


def _swap_faults(change: Swapped, calendar: Calendar, today: date) -> dict[str, str]:
    found = {}
    if change.off < today:
        found["off"] = "Chọn ngày nghỉ từ hôm nay trở đi."
    elif not calendar.is_working_day(change.off):
        found["off"] = "Ngày này vốn đã là ngày nghỉ. Chọn một ngày làm việc."
    if change.on < today:
        found["on"] = "Chọn ngày làm bù từ hôm nay trở đi."
    elif calendar.is_working_day(change.on):
        found["on"] = "Ngày này vốn đã là ngày làm việc. Chọn một ngày nghỉ."
    return found or _far(change.off, "off", today) or _far(change.on, "on", today)


def _day_faults(change: OtherDay, calendar: Calendar, today: date) -> dict[str, str]:
    found = {}
    if change.on < today - LATEST_CLOSURE:
        found["on"] = f"Chọn ngày trong {LATEST_CLOSURE.days} ngày gần đây hoặc sắp tới."
    elif not change.periods and not calendar.is_working_day(change.on):
        found["on"] = "Ngày này vốn đã là ngày nghỉ. Chọn một ngày làm việc."
    if not change.reason:
        found["reason"] = "Ghi lý do, ví dụ: nghỉ do bão."
    elif len(change.reason) > REASON_LENGTH:
        found["reason"] = f"Rút gọn lý do còn tối đa {REASON_LENGTH} ký tự."
    return found or _far(change.on, "on", today)


def _hours_faults(change: NewHours, today: date) -> dict[str, str]:
    found = {}
    if change.from_on < today:
        found["from_on"] = "Chọn ngày áp dụng từ hôm nay trở đi."
    if not change.weekdays:
        found["weekdays"] = "Chọn ít nhất một ngày làm việc trong tuần."
    if not change.periods:
        found["morning"] = "Ghi giờ làm việc ít nhất một buổi."
    return found or _far(change.from_on, "from_on", today)


def _far(day: date, field: str, today: date) -> dict[str, str]:
    return {field: "Chọn ngày trong hai năm tới."} if day > today + FARTHEST else {}
