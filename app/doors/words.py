"""Template filters: figures, dates and durations as Vietnamese administrative texts write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from infra.clock import VIETNAM
from infra.dates import day_in_words, month_in_words

MINUTES_A_DAY = 8 * 60  # a working day of the civil service
_UNITS = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


def so(value: float | Decimal | None) -> str:
    """A figure with dots between thousands and a comma before decimals: 1.204 or 2,5."""
    if value is None:
        return ""
    text = f"{value:,}"
    whole, _, decimals = text.partition(".")
    whole = whole.replace(",", ".")
    return f"{whole},{decimals}" if decimals.strip("0") else whole


def dong(value: int | None) -> str:
    """An amount of money: 75.000 đồng."""
    return "" if value is None else f"{so(value)} đồng"


def ngay(value: date | None) -> str:
    """A day in two digits each, as it is typed: 11/06/2026."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    return f"{day:%d/%m/%Y}"


def het_ngay(value: datetime | None) -> str:
    """The last day before a moment that itself no longer belongs to it: 30/11/2026."""
    return "" if value is None else ngay(value - timedelta(microseconds=1))


def ngay_chu(value: date | None) -> str:
    """A day in words, as letters write it: ngày 05 tháng 6 năm 2026."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    return day_in_words(day)


def thang(value: date | None) -> str:
    """The month of a day: 06/2026."""
    return "" if value is None else f"{value:%m/%Y}"


def thang_chu(value: date | None) -> str:
    """The month of a day as documents write it: tháng 6 năm 2026, but tháng 02 năm 2026."""
    return "" if value is None else month_in_words(value)


def gio(value: datetime | None) -> str:
    """An hour of the day: 09:41."""
    return "" if value is None else f"{_local(value):%H:%M}"


def gio_ngay(value: datetime | None) -> str:
    """A moment as the statutory forms write it: 08 giờ 30 phút, ngày 11/06/2026."""
    if value is None:
        return ""
    at = _local(value)
    return f"{at.hour:02} giờ {at.minute:02} phút, ngày {at:%d/%m/%Y}"


def khoang(minutes: int) -> str:
    """A length of working time without its sign: 2 ngày 3 giờ làm việc (8 hours a day)."""
    days, rest = divmod(abs(minutes), MINUTES_A_DAY)
    hours, left = divmod(rest, 60)
    parts = [f"{days} ngày"] if days else []
    if hours:
        parts.append(f"{hours} giờ")
    if left and not days:
        parts.append(f"{left} phút")
    return f"{' '.join(parts) or '0 phút'} làm việc"


def thoi_luong(minutes: int | None) -> str:
    """Working minutes left, negative when overdue: còn 2 ngày 3 giờ làm việc."""
    if minutes is None:
        return ""
    return f"còn {khoang(minutes)}" if minutes >= 0 else f"quá hạn {khoang(minutes)}"


def dung_luong(value: int | None) -> str:
    """A size in bytes, as the phone's own file list would say it: 2,4 MB."""
    if value is None:
        return ""
    for unit, size in _UNITS:
        if value >= size:
            return f"{so(round(value / size, 1))} {unit}"
    return f"{value} byte"


def dien_thoai(value: str | None) -> str:
    """A phone number in the groups people read aloud: 0905 123 456; others unchanged."""
    digits = "" if value is None else value.replace("+84", "0", 1)
    if len(digits) == 10 and digits.isdigit():
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return digits


def dinh_danh_che(value: str | None) -> str:
    """A personal number with all but its last four digits hidden: ••••••••1234."""
    text = value or ""
    return "•" * max(len(text) - 4, 0) + text[-4:]


def iso(value: date | None) -> str:
    """A machine-readable moment for `<time datetime>`."""
    return "" if value is None else value.isoformat()


def _local(value: datetime) -> datetime:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(VIETNAM)


FILTERS = (
    so,
    dong,
    ngay,
    het_ngay,
    ngay_chu,
    thang,
    thang_chu,
    gio,
    gio_ngay,
    khoang,
    thoi_luong,
    dung_luong,
    dien_thoai,
    dinh_danh_che,
    iso,
)
