"""Dates and moments of old records. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta

from infra.clock import VIETNAM

FIRST_YEAR = 1990
USUAL = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%d/%m/%Y", "%d-%m-%Y")
# A date alone: an event counts from the opening of the office, an appointment to its closing.
OPENING, CLOSING = time(7, 0), time(17, 0)
_EXCEL_BEGAN = date(1899, 12, 30)
_SERIAL = re.compile(r"[2-5]\d{4}(\.\d+)?")
_HAS_DAY = ("%d", "%m", "%Y")


def moment(
    text: str, forms: tuple[str, ...] | list[str], *, alone: time = OPENING
) -> datetime | None:
    """The moment, aware, in UTC; None when no form fits or the year cannot be.

    A text without an hour stands for `alone` on that day, one without a zone for Vietnam's time.
    """
    plain = " ".join(text.split())
    found = _by_form(plain, [*forms, *USUAL], alone) or _iso(plain, alone) or _serial(plain, alone)
    if found is None or not FIRST_YEAR <= found.year <= date.max.year - 1:
        return None
    return found.astimezone(UTC)


def form_fault(form: str) -> bool:
    """Whether a form of dates lacks day, month or a year of four digits."""
    return any(part not in form for part in _HAS_DAY)


def _by_form(text: str, forms: list[str], alone: time) -> datetime | None:
    for form in forms:
        try:
            found = datetime.strptime(text, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
        return found if "%H" in form else datetime.combine(found.date(), alone, VIETNAM)
    return None


def _iso(text: str, alone: time) -> datetime | None:
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), alone, VIETNAM)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found
    return found.replace(tzinfo=VIETNAM)


def _serial(text: str, alone: time) -> datetime | None:
    """A spreadsheet's own count of days, left over where a cell lost its form."""
    if not _SERIAL.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    day = datetime.combine(_EXCEL_BEGAN + timedelta(days=int(whole)), time(), VIETNAM)
    if not part:
        return datetime.combine(day.date(), alone, VIETNAM)
    return day + timedelta(seconds=round(float(f"0.{part}") * 86_400))
