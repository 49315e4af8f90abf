"""Counted quantities as officials say them; the exact figure stands beside, one click away."""

from datetime import date

from app.doors.words import dung_luong, so
from billing.limits import Limit
from billing.months import last_day
from billing.shapes import METERS
from infra import clock

MEAN = "bình quân mỗi ngày"


def days_of(month: date) -> int:
    """Over how many days a month's mean is taken: those that are over by now, at least one."""
    today = clock.now().astimezone(clock.VIETNAM).date()
    return max(1, min((today - month).days, last_day(month).day))


def amount(meter: str, quantity: int, days: int) -> str:
    """A month's quantity of a meter in words; byte-days become a size, the mean of `days` days."""
    known = METERS[meter]
    if known.daily:
        return f"{dung_luong(quantity // days)} {MEAN}"
    return f"{so(quantity)} {known.unit}"


def exact(meter: str, quantity: int) -> str:
    """The same to the last digit, in the meter's own unit."""
    return f"{so(quantity)} {METERS[meter].unit}"


def of_limit(limit: Limit, quantity: int, month: date) -> str:
    """What a limit allows in a month, or what was used of it, in words."""
    if limit.on_a_day:
        return dung_luong(quantity)
    if METERS[limit.meter].daily:
        return f"{dung_luong(quantity // last_day(month).day)} bình quân cả tháng"
    return exact(limit.meter, quantity)
