"""How a deadline is explained: the Vietnamese lines of its ledger. Pure."""

from datetime import date, datetime, time

from app.onestop.deadlines.calendar import dated, local

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_SHOWN_HOLIDAYS = 12


def day(value: date) -> str:
    """thứ Hai 23/02/2026."""
    return f"{_WEEKDAYS[value.weekday()]} {dated(value)}"


def clock(value: time) -> str:
    """08 giờ 30 phút."""
    return f"{value.hour:02} giờ {value.minute:02} phút"


def moment(value: datetime) -> str:
    """08 giờ 30 phút, thứ Hai 23/02/2026."""
    shown = local(value)
    return f"{clock(shown.time())}, {day(shown.date())}"


def reception(received: datetime, start: datetime) -> tuple[str, ...]:
    """When it was received and, if the office was closed then, from when it is counted."""
    if received == start:
        return (f"Tiếp nhận lúc {moment(received)}.",)
    return (
        f"Tiếp nhận lúc {moment(received)}, ngoài giờ làm việc.",
        f"Thời hạn được tính từ giờ làm việc tiếp theo: {moment(start)}.",
    )


def first_day(first: date, basis: str) -> str:
    """The day of reception is not counted."""
    return f"Không tính ngày tiếp nhận, {day(first)} (khoản 2 {basis})."


def working_days(amount: int, first: date, last: date) -> str:
    """The first and the last counted day."""
    if amount == 1:
        return f"Thời hạn 1 ngày làm việc: {day(first)}."
    return f"Thời hạn {amount} ngày làm việc: ngày đầu {day(first)}, ngày cuối {day(last)}."


def days(amount: int) -> str:
    """The time limit in calendar days."""
    return f"Thời hạn {amount} ngày, tính cả ngày nghỉ"


def months(amount: int) -> str:
    """The time limit in months."""
    return f"Thời hạn {amount} tháng"


def nominal_end(counted: str, last: date) -> str:
    """The last day before anything moves it."""
    return f"{counted}: ngày cuối là {day(last)}."


def moved_day(nominal: date, reason: str | None, last: date, basis: str) -> str:
    """A last day that is off moves to the next working day."""
    why = f"ngày nghỉ ({reason})" if reason else "ngày nghỉ hằng tuần"
    return f"Ngày cuối là {why}: chuyển sang {day(last)} ({basis})."


def hours(amount: int, start: datetime, end: datetime, basis: str) -> str:
    """The time limit in running hours."""
    return f"Thời hạn {amount} giờ kể từ {moment(start)} ({basis}): đến {moment(end)}."


def moved_moment(end: datetime) -> str:
    """An end outside office hours moves to the next opening."""
    return f"Thời điểm này ngoài giờ làm việc: chuyển sang {moment(end)}."


def working_hours(amount: int, start: datetime) -> str:
    """The time limit in office hours."""
    return f"Thời hạn {amount} giờ làm việc kể từ {moment(start)}, chỉ tính trong giờ làm việc."


def same_day(late: bool, cutoff: time) -> str:
    """The rule of results given back on the same day."""
    if late:
        return f"Nhận sau {clock(cutoff)}: trả kết quả trong ngày làm việc tiếp theo."
    return "Giải quyết trong ngày làm việc."


def hand_over(at: datetime, late: bool, cutoff: time) -> str:
    """The rule of passing the dossier on."""
    if late:
        return (
            f"Nhận sau {clock(cutoff)}: chuyển hồ sơ vào {moment(at)}, đầu ngày làm việc tiếp theo."
        )
    return f"Chuyển hồ sơ ngay trong ngày, chậm nhất {moment(at)}."


def skipped(weekly: int, named: list[tuple[date, str]]) -> tuple[str, ...]:
    """The days that were passed over, holidays by name."""
    lines = []
    if weekly:
        lines.append(f"Không tính {weekly} ngày nghỉ hằng tuần.")
    if named:
        shown = [f"{dated(each)} ({name})" for each, name in named[:_SHOWN_HOLIDAYS]]
        more = ["…"] if len(named) > _SHOWN_HOLIDAYS else []
        listed = "; ".join([*shown, *more])
        lines.append(
            f"Không tính {len(named)} ngày nghỉ lễ, nghỉ bù hoặc nghỉ theo thông báo: {listed}."
        )
    return tuple(lines)


def end(at: datetime, basis: str) -> str:
    """The deadline itself and the articles it rests on."""
    return f"Hẹn trả kết quả lúc {moment(at)} ({basis})."


def remaining(minutes: int, overdue: bool, day_minutes: int) -> str:
    """Còn 2 ngày 3 giờ làm việc; Quá hạn 1 ngày làm việc."""
    whole_days, rest = divmod(minutes, day_minutes)
    whole_hours, rest = divmod(rest, 60)
    parts = [f"{whole_days} ngày"] if whole_days else []
    parts += [f"{whole_hours} giờ"] if whole_hours else []
    if not parts:
        parts = [f"{rest} phút"] if rest else []
    if not parts:
        return "Vừa quá hạn" if overdue else "Đã đến hạn"
    return f"{'Quá hạn' if overdue else 'Còn'} {' '.join(parts)} làm việc"
