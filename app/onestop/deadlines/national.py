"""Public holidays and swapped days of the country, by year, out of the `holidays` library.

The library knows the lunar calendar (Tết, Giỗ Tổ), the compensation day when a holiday falls on a
weekend (Article 111 clause 3 of the Labour Code 2019) and the swaps the Government has announced.
A swap announced after the library's release stands in the tenant's own document.
"""

from datetime import date
from functools import cache

import holidays
from msgspec import Struct


class Year(Struct, frozen=True):
    """One year: days off with their Vietnamese names, and Saturdays or Sundays that are worked."""

    off: dict[date, str]
    worked: frozenset[date]


@cache
def year_of(number: int) -> Year:
    """The holidays (ngày nghỉ lễ, tết) and make-up days (ngày làm bù) of one year."""
    # A year's list is only whole when its neighbours are known: swaps cross New Year.
    known = holidays.country_holidays(
        "VN", years=(number - 1, number, number + 1), language="vi", expand=False
    )
    worked = frozenset(day for day in known.weekend_workdays if day.year == number)
    off = {day: name for day, name in known.items() if day.year == number and day not in worked}
    return Year(dict(sorted(off.items())), worked)
