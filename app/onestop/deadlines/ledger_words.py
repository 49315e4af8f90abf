"""The sentences of the deadline's ledger, in Vietnamese. Pure."""

from datetime import datetime

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import words
from app.onestop.deadlines.shapes import MINUTES, ClockName

_CLOCKS = {
    ClockName.RECEPTION: "kiểm tra, tiếp nhận hồ sơ trực tuyến",
    ClockName.WHOLE: "giải quyết",
    ClockName.STEP: "của bước xử lý",
    ClockName.OPINION: "cho ý kiến",
    ClockName.AGENCY: "của cơ quan phối hợp",
}
_UNITS = {
    Unit.WORKING_DAYS.value: "ngày làm việc",
    Unit.DAYS.value: "ngày",
    Unit.WORKING_HOURS.value: "giờ làm việc",
    Unit.HOURS.value: "giờ",
    Unit.MONTHS.value: "tháng",
}


def limit(amount: int, unit: str, day_minutes: int) -> str:
    """5 ngày làm việc; 2 ngày 3 giờ làm việc; trong ngày làm việc."""
    if unit == MINUTES:
        return worked(amount, day_minutes)
    if unit in _UNITS:
        return f"{amount} {_UNITS[unit]}"
    return "trong ngày làm việc" if unit == Unit.SAME_DAY.value else "theo thời điểm đã định"


def worked(minutes: int, day_minutes: int) -> str:
    """1 ngày 3 giờ làm việc; 20 phút làm việc."""
    days, rest = divmod(minutes, day_minutes)
    hours, rest = divmod(rest, 60)
    amounts = ((days, "ngày"), (hours, "giờ"), (rest, "phút"))
    parts = [f"{amount} {name}" for amount, name in amounts if amount]
    return f"{' '.join(parts) or '0 phút'} làm việc"


def started(clock: ClockName, given: str, start: datetime, due: datetime) -> str:
    """The start of a clock other than the dossier's whole time."""
    return (
        f"Thời hạn {_CLOCKS[clock]}: {given}, tính từ {words.moment(start)} "
        f"đến {words.moment(due)}."
    )


def paused(at: datetime, reason: str) -> str:
    """The clock stands still."""
    return f"Tạm dừng tính thời hạn từ {words.moment(at)} do {reason}."


def resumed(since: datetime, at: datetime, reason: str, passed: str, change: str) -> str:
    """The clock goes on: what was not counted, and where the deadline moved."""
    return (
        f"Tạm dừng từ {words.moment(since)} đến {words.moment(at)} do {reason}; "
        f"không tính {passed}; {change}."
    )


def restarted(at: datetime, given: str, change: str) -> str:
    """The time starts again from zero."""
    return f"Tính lại thời hạn {given} từ đầu kể từ {words.moment(at)}; {change}."


def extended(note: str | None, change: str) -> str:
    """The one new appointment."""
    why = f" Lý do: {note.rstrip('.')}." if note else ""
    return f"Hẹn lại ngày trả kết quả (chỉ một lần): {change}.{why}"


def recounted(decision: str | None, change: str) -> str:
    """The office's days or hours changed."""
    by = f" theo {decision}" if decision else ""
    return f"Lịch làm việc thay đổi{by}; {change}."


def stopped(clock: ClockName, at: datetime) -> str:
    """The end of counting."""
    which = "" if clock is ClockName.WHOLE else f" {_CLOCKS[clock]}"
    return f"Kết thúc tính thời hạn{which} lúc {words.moment(at)}."


def change(before: datetime, after: datetime) -> str:
    """Hạn chuyển từ … sang …"""
    if before == after:
        return f"hạn giữ nguyên {words.moment(before)}"
    return f"hạn chuyển từ {words.moment(before)} sang {words.moment(after)}"


def still_paused(passed: str) -> str:
    """How long a pause has lasted till now."""
    return f"Đến nay đã tạm dừng {passed}, chưa tính vào thời hạn."


def now_stands(text: str, due: datetime) -> str:
    """The last line: the deadline and what is left."""
    return f"Hạn hiện nay: {words.moment(due)}. {text}."
