"""The other clocks beside the dossier's own: reception, supplement, apology, steps, agencies. Pure.

Sources: Decree 118/2025/NĐ-CP, Articles 17 and 19; Decree 309/2026/NĐ-CP for dossiers received at
another agency's desk.
"""

from datetime import datetime, timedelta

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines.calendar import DAY, Calendar, local
from app.onestop.deadlines.counting import add_working_time
from app.onestop.deadlines.rules import Due, due_at, start_at

# By when the desk answers an online filing; the rows of the ledger are counted from this.
RECEPTION_HOURS, RECEPTION_UNIT = 8, Unit.WORKING_HOURS
SUPPLEMENT_DAYS = 3
RECEPTION = "Điều 17 Nghị định số 118/2025/NĐ-CP"
ELSEWHERE = (
    "khoản 3 Điều 17 Nghị định số 118/2025/NĐ-CP (sửa đổi tại Điều 8 Nghị định số 309/2026/NĐ-CP)"
)
SUPPLEMENT = "khoản 4 Điều 19 Nghị định số 118/2025/NĐ-CP"
OPINION = "khoản 5 Điều 19 Nghị định số 118/2025/NĐ-CP"
TOGETHER = "khoản 6 Điều 19 Nghị định số 118/2025/NĐ-CP"
APOLOGY = "khoản 9 Điều 19 Nghị định số 118/2025/NĐ-CP"


def counts_from(
    received_at: datetime, competent_received_at: datetime | None, *, elsewhere: bool
) -> datetime | None:
    """From when the whole time is counted; None while the competent agency has not received it.

    A dossier received at another agency's desk (phi địa giới) is counted from the moment the
    competent agency receives it (Decree 118/2025 Article 17 clause 3).
    """
    return competent_received_at if elsewhere else received_at


def supplement_by(received_at: datetime, calendar: Calendar) -> Due:
    """By when a supplement may still be asked for: three working days from reception (Article 19
    clause 4)."""
    return due_at(received_at, SUPPLEMENT_DAYS, Unit.WORKING_DAYS, calendar)


def apology_by(due: datetime, calendar: Calendar) -> datetime:
    """By when a letter of apology must go out: at least one day before the deadline (Article 19
    clause 9), before the office closes; a day off moves it to the working day before."""
    day = local(due).date() - DAY
    while not calendar.is_working_day(day):
        day -= DAY
    return calendar.closes(day).astimezone(due.tzinfo)


def step_due(
    whole_minutes: int, percent: int, whole_due: datetime, calendar: Calendar, began_at: datetime
) -> datetime:
    """The deadline of a step begun at `began_at`: its percent of the whole's worked minutes,
    rounded down, and never later than the whole's own deadline."""
    share = timedelta(minutes=whole_minutes * max(percent, 0) // 100)
    return min(add_working_time(start_at(began_at, calendar), share, calendar), whole_due)
