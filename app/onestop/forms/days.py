"""Days as people write them on Vietnamese papers, and in words for printed forms. Pure."""

import re
from datetime import date

_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.\- ](\d{4})")
_FIRST_YEAR, _LAST_YEAR = 1850, 2150
_ONES = "không một hai ba bốn năm sáu bảy tám chín".split()  # noqa: SIM905


def read_day(text: str) -> date | None:
    """The day written dd/mm/yyyy (also with . or -, or as a browser sends it); None if no day."""
    if found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_partial(text: str) -> str | None:
    """A day, a month or only a year (ngày không đầy đủ) in one spelling; None if none of them."""
    if day := read_day(text):
        return write_day(day)
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12 and _sane(found[2]):
        return f"{int(found[1]):02d}/{found[2]}"
    return text if re.fullmatch(r"\d{4}", text) and _sane(text) else None


def write_day(day: date) -> str:
    """dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def year_of(text: str) -> int | None:
    """The year of a value written by `read_partial` or `write_day`; None when there is none."""
    return int(text[-4:]) if re.fullmatch(r"[\d/]*\d{4}", text) else None


def day_in_words(day: date) -> str:
    """The day as civil-status papers write it: "Ngày mười hai tháng tư năm hai nghìn …"."""
    month = "tư" if day.month == 4 else in_words(day.month)
    return f"Ngày {in_words(day.day)} tháng {month} năm {in_words(day.year)}"


def in_words(number: int) -> str:
    """A whole number from 0 to 9999 in Vietnamese words. Raises ValueError outside."""
    if not 0 <= number <= 9999:
        raise ValueError("only 0 to 9999 are put in words")
    thousands, hundreds, rest = number // 1000, number // 100 % 10, number % 100
    parts = [f"{_ONES[thousands]} nghìn"] if thousands else []
    if hundreds or (thousands and rest):
        parts.append(f"{_ONES[hundreds]} trăm")
    if rest or not parts:
        parts.append(_two_digits(rest, bool(parts)))
    return " ".join(parts)


def _two_digits(rest: int, after_hundreds: bool) -> str:
    tens, ones = divmod(rest, 10)
    if tens == 0:
        return f"linh {_ONES[ones]}" if after_hundreds else _ONES[ones]
    head = "mười" if tens == 1 else f"{_ONES[tens]} mươi"
    if ones == 0:
        return head
    tail = {1: "mốt" if tens > 1 else "một", 4: "tư" if tens > 1 else "bốn", 5: "lăm"}
    return f"{head} {tail.get(ones, _ONES[ones])}"


def _sane(year: str) -> bool:
    return _FIRST_YEAR <= int(year) <= _LAST_YEAR
