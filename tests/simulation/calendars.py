"""The calendars of the year: the province's own, and what was decided too late."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from app.onestop.deadlines.calendar import Calendar, Document, from_document
from app.onestop.deadlines.service import document_of
from app.onestop.recounting.rules import changed, countable, faults
from app.onestop.recounting.shapes import Change, NewHours, OtherDay, Swapped
from app.provinces.shapes import Province
from infra.clock import VIETNAM

YEAR = 2026
# When it was decided, by whom, and what: none of it known when the year begins.
CHANGES: tuple[tuple[datetime, str, Change], ...] = tuple(
    (datetime.combine(date(YEAR, month, day), time(16, 20), VIETNAM).astimezone(UTC), why, what)
    for month, day, why, what in (
        (4, 23, "Thông báo hoán đổi", Swapped(date(YEAR, 4, 29), date(YEAR, 5, 9))),
        (7, 6, "Giờ mùa hè", NewHours(date(YEAR, 7, 13), [1, 2, 3, 4, 5],
                                      [("07:00", "11:00"), ("13:30", "17:30")])),
        (9, 30, "Công điện về bão", OtherDay(date(YEAR, 9, 29), [], "nghỉ do bão")),
        (9, 30, "Công điện về bão", OtherDay(date(YEAR, 9, 30), [("07:00", "10:00")], "bão")),
        (11, 18, "Làm việc sáng thứ bảy", NewHours(date(YEAR, 11, 23), [1, 2, 3, 4, 5],
                                                   [("07:30", "11:30"), ("13:30", "17:00")],
                                                   [("07:30", "11:00")])),
        (12, 29, "Thông báo hoán đổi", Swapped(date(YEAR, 12, 31), date(YEAR + 1, 1, 10))),
    )
)  # fmt: skip


def first(province: Province) -> tuple[Document, Calendar]:
    """What is in force when the year begins."""
    document = document_of(province.calendar, first_year=YEAR)
    return document, from_document(document, version=1, decision=province.calendar.basis)


def later(document: Document, calendar: Calendar) -> Iterator[tuple[datetime, Calendar]]:
    """Each change at the moment it is approved; the product's own rules must agree to it."""
    for version, (at, decision, change) in enumerate(CHANGES, 2):
        today = at.astimezone(VIETNAM).date()
        assert faults(change, calendar, today) == {}, change
        assert countable(document, change) is None
        document = changed(document, change, decision)
        calendar = from_document(document, version=version, decision=decision)
        yield at, calendar
