"""Days and hours as administrative papers write them (Decree 30/2020/NĐ-CP, Appendix I). Pure.

Days below ten and the months January and February take a leading nought, so that nobody adds a
digit to them later. All of it is Vietnamese time.
"""

from datetime import date, datetime

from infra.clock import VIETNAM


def day_in_words(day: date) -> str:
    """ngày 05 tháng 02 năm 2026."""
    at = _local(day)
    month = f"{at.month:02}" if at.month <= 2 else str(at.month)
    return f"ngày {at.day:02} tháng {month} năm {at.year}"


def moment(at: datetime | None) -> str:
    """08 giờ 30 phút, ngày 5/2/2026, word for word as the pages of the site say it; "" for none."""
    if at is None:
        return ""
    local = at.astimezone(VIETNAM)
    day = f"{local.day}/{local.month}/{local.year}"
    return f"{local.hour:02} giờ {local.minute:02} phút, ngày {day}"


def short_day(day: date | None, before: str = "") -> str:
    """05/02/2026 with `before` before it; "" for none."""
    return "" if day is None else f"{before}{_local(day):%d/%m/%Y}"


def _local(day: date) -> date:
    return day.astimezone(VIETNAM) if isinstance(day, datetime) else day
