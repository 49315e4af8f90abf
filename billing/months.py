"""Months and days as the books count them: from 00:00 in Vietnam to 00:00 in Vietnam. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from infra.clock import VIETNAM


def month_of(moment: datetime) -> date:
    """The first day of the month an aware moment falls in, on a Vietnamese calendar."""
    return moment.astimezone(VIETNAM).date().replace(day=1)


def period(month: date) -> tuple[datetime, datetime]:
    """Start (included) and end (excluded) of a month, aware UTC."""
    return day_start(month), day_start(shifted(month, 1))


@lru_cache(maxsize=1000)  # Asked for with every fact.
def day_start(day: date) -> datetime:
    """00:00 of a day in Vietnam, aware UTC."""
    return datetime.combine(day, time(), tzinfo=VIETNAM).astimezone(UTC)


def shifted(month: date, months: int) -> date:
    """The first day of the month that lies `months` later (or earlier when negative)."""
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def months_between(first: date, last: date) -> int:
    """How many months lie from one month to another: 0 for the same one."""
    return (last.year - first.year) * 12 + last.month - first.month


def last_day(month: date) -> date:
    """The last day of a month."""
    return shifted(month, 1) - timedelta(days=1)


def parse_month(text: str) -> date | None:
    """`2026-11` as the first day of that month; None when it is no month between 2000 and 2999."""
    year, dash, number = text.partition("-")
    shaped = dash and len(year) == 4 and len(number) == 2 and text.isascii()
    if not shaped or not (year + number).isdigit() or year[0] != "2":
        return None
    return date(int(year), int(number), 1) if 1 <= int(number) <= 12 else None
