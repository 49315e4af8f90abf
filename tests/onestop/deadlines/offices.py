"""Calendars the deadline tests count on."""

from datetime import datetime

from app.onestop.deadlines.calendar import Calendar, Document, SpecialDay, Swap, from_document
from infra.clock import VIETNAM

WEEK = [1, 2, 3, 4, 5]
PERIODS = [("07:00", "11:30"), ("13:30", "17:00")]

# The Government moved Friday 2 January 2026 to Saturday 10 January and Monday 31 August to
# Saturday 22 August.
DOCUMENT = Document(
    weekdays=WEEK,
    periods=PERIODS,
    swaps=[
        Swap(moment.date(), other.date())
        for moment, other in [
            (datetime(2026, 1, 2, tzinfo=VIETNAM), datetime(2026, 1, 10, tzinfo=VIETNAM)),
            (datetime(2026, 8, 31, tzinfo=VIETNAM), datetime(2026, 8, 22, tzinfo=VIETNAM)),
        ]
    ],
    special=[
        SpecialDay(datetime(2026, 12, 31, tzinfo=VIETNAM).date(), [("07:00", "11:30")], ""),
        SpecialDay(datetime(2026, 11, 18, tzinfo=VIETNAM).date(), [], "Nghỉ do bão"),
    ],
)


def office(document: Document = DOCUMENT) -> Calendar:
    """Quy Nhơn's reception desk: 07:00-11:30 and 13:30-17:00, Monday to Friday."""
    return from_document(document, version=1, decision="Quyết định thử")


def at(text: str) -> datetime:
    """A moment in Vietnam: "2026-02-13 19:05"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)
