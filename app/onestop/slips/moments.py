"""Days and hours as administrative papers write them, in Vietnamese time. Pure."""

from datetime import date, datetime

from infra import dates
from infra.clock import VIETNAM


def day_in_words(day: date) -> str:
    """ngày 05 tháng 02 năm 2026."""
    return dates.day_in_words(_local(day))


def moment(at: datetime | None) -> str:
    """08 giờ 30 phút, ngày 05/02/2026, as the pages of the site say it; "" for none."""
    if at is None:
        return ""
    local = at.astimezone(VIETNAM)
    return f"{local.hour:02} giờ {local.minute:02} phút, ngày {local:%d/%m/%Y}"


def short_day(day: date | None, before: str = "") -> str:
    """05/02/2026 with `before` before it; "" for none."""
    return "" if day is None else f"{before}{_local(day):%d/%m/%Y}"


def _local(day: date) -> date:
    return day.astimezone(VIETNAM) if isinstance(day, datetime) else day
