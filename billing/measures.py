"""Counted quantities as officials say them; the books stay in the meter's own unit. Pure.

What is measured every day is stated as the sum over days (byte-days), which nobody reads: it is
shown as a size, the mean of the days that are over. Nothing is computed from what is shown.
"""

from datetime import date

from billing.limits import Limit
from billing.months import last_day
from billing.shapes import METERS, StatementLine

MEAN = "bình quân mỗi ngày"
_SIZES = (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


def number(value: int) -> str:
    """A whole number with a point after each three digits."""
    return f"{value:,}".replace(",", ".")


def size(value: int) -> str:
    """Bytes as a size with one decimal: 2,4 MB."""
    for unit, step in _SIZES:
        if abs(value) >= step:
            whole, tenth = divmod((abs(value) * 10 + step // 2) // step, 10)
            sign = "-" if value < 0 else ""
            return f"{sign}{number(whole)}{f',{tenth}' if tenth else ''} {unit}"
    return f"{value} byte"


def days_of(month: date, today: date) -> int:
    """Over how many days a month's mean is taken: those that are over by today, at least one."""
    return max(1, min((today - month).days, last_day(month).day))


def exact(meter: str, quantity: int) -> str:
    """A quantity to the last digit, in the meter's own unit."""
    return f"{number(quantity)} {METERS[meter].unit}"


def of_limit(limit: Limit, quantity: int, month: date) -> str:
    """What a limit allows in a month, or what was used of it."""
    if limit.on_a_day:
        return size(quantity)
    if METERS[limit.meter].daily:
        return f"{size(quantity // last_day(month).day)} {MEAN}"
    return exact(limit.meter, quantity)


def of_fact(meter: str, quantity: int) -> str:
    """One fact's quantity; a day's measure is a size."""
    return size(quantity) if METERS[meter].daily else number(quantity)


def is_daily(line: StatementLine) -> bool:
    """Whether a line states the sum over days itself, and not the blocks of its contract."""
    known = METERS.get(line.meter or "")
    if known is None or not known.daily or line.quantity != line.counted:
        return False
    return line.counted > 0 or line.unit == known.unit


def of_line(line: StatementLine, month: date, today: date) -> tuple[str, str]:
    """A line's quantity and unit; late days of other months are left out of the mean."""
    if not is_daily(line):
        return number(line.quantity), line.unit
    return size((line.counted - line.late_quantity) // days_of(month, today)), MEAN


def shown_lines(lines: list[StatementLine]) -> list[StatementLine]:
    """The lines to be shown: not those of a meter that nothing counts, while they are empty."""
    return [line for line in lines if line.facts or line.meter is None or METERS[line.meter].ours]
