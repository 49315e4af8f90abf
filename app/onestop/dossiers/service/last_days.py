"""Until when somebody is asked to do something: a day that can still be kept. Pure."""

from datetime import date, datetime

from app.onestop.deadlines.calendar import local
from app.refusals import Malformed

_MOST_DAYS = 366
_GONE = "Chọn ngày từ hôm nay trở đi và trong vòng một năm."


def last_day(moment: datetime, field: str, now: datetime) -> date:
    """The day of the moment in Vietnam. Raises Malformed for the form's `field` when the day is
    gone or more than a year away: a slip of the pen that would be printed and sent."""
    day = local(moment).date()
    if not 0 <= (day - local(now).date()).days <= _MOST_DAYS:
        raise Malformed(fields={field: _GONE})
    return day
