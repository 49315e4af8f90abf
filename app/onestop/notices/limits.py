"""How much may go out, and what looks like fraud. Pure: counts in, verdicts out.

Nothing is dropped: what is over a limit is held with a reason, goes on by itself when its hour has
come, or waits for a person where somebody should look first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from infra.clock import VIETNAM

CODES = frozenset({"OTP"})  # events that carry a one-time code

# First digits of national numbers by operator, as allotted; a number carried to another operator
# keeps its digits, so this is where it came from, not who bills it.
_NETWORKS = {
    "Viettel": ("32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98"),
    "VinaPhone": ("81", "82", "83", "84", "85", "88", "91", "94", "87"),
    "MobiFone": ("70", "76", "77", "78", "79", "89", "90", "93"),
    "Vietnamobile": ("52", "56", "58", "92"),
    "Gmobile": ("59", "99"),
    "Wintel": ("55",),
}
_NETWORK_OF = {digits: name for name, many in _NETWORKS.items() for digits in many}


class Hold(StrEnum):
    """Why a message is held (lý do tạm giữ)."""

    TEMPLATE = "template"
    NUMBER_HOUR = "number_hour"
    NUMBER_DAY = "number_day"
    DAY_CAP = "day_cap"
    SURGE = "surge"
    PREFIX = "prefix"
    CODES = "codes"


HOLD_NAMES = {
    Hold.TEMPLATE: "Tạm giữ: mẫu tin chưa được nhà mạng duyệt cho tên định danh đang dùng.",
    Hold.NUMBER_HOUR: "Tạm giữ: số này đã nhận đủ số tin được phép trong một giờ.",
    Hold.NUMBER_DAY: "Tạm giữ: số này đã nhận đủ số tin được phép trong một ngày.",
    Hold.DAY_CAP: "Tạm giữ: đã gửi đủ số tin được phép trong ngày của địa phương.",
    Hold.SURGE: "Tạm giữ: số tin trong giờ tăng đột ngột so với thường lệ.",
    Hold.PREFIX: "Tạm giữ: có nhiều tin gửi đến đầu số lạ, hoặc đầu số tính cước cao.",
    Hold.CODES: "Tạm giữ: số này yêu cầu mã xác thực quá nhiều lần.",
}
HOLD_ADVICE = {
    Hold.TEMPLATE: "Quản trị ghi kết quả duyệt mẫu, hoặc dùng lại mẫu đã được duyệt.",
    Hold.NUMBER_HOUR: "Tin tự gửi khi hết giờ; nếu gấp, gọi điện cho người nhận.",
    Hold.NUMBER_DAY: "Tin tự gửi vào hôm sau; nếu gấp, gọi điện cho người nhận.",
    Hold.DAY_CAP: "Tin tự gửi vào hôm sau; quản trị viên có thể nâng giới hạn trong ngày.",
    Hold.SURGE: "Quản trị kiểm tra nguyên nhân rồi cho gửi hoặc không gửi.",
    Hold.PREFIX: "Kiểm tra lại số điện thoại trong hồ sơ; quản trị viên cho gửi hoặc không gửi.",
    Hold.CODES: "Tin tự gửi khi hết giờ; nếu lặp lại, kiểm tra xem có người dò mã hay không.",
}


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one province allows (giới hạn gửi tin); None is no limit."""

    parts_a_day: int | None = None
    number_an_hour: int = 20
    number_a_day: int = 60
    codes_an_hour: int = 6
    surge_times: int = 5  # against what is usual in the same hour of the day
    surge_from: int = 20_000  # parts an hour below which nothing is sudden
    strangers_an_hour: int = 20
    parts_a_message: int = 3


class Due(Struct, frozen=True, kw_only=True):
    """A message about to go out for the first time."""

    id: UUID
    event: str
    phone: str  # E.164
    parts: int
    cleared: bool = False  # somebody looked at it and let it go
    barred: bool = False  # its wording may go over no line


class Number(Struct, frozen=True):
    """What went to one number before."""

    hour: int = 0
    day: int = 0
    codes: int = 0  # of this hour


class Seen(Struct, frozen=True, kw_only=True):
    """What went out before, to be counted on from."""

    hour_parts: int = 0
    usual_parts: int = 0  # of this hour of the day
    day_parts: int = 0
    hour_strangers: int = 0
    numbers: Mapping[str, Number] = {}


class Held(Struct, frozen=True):
    """A message held; `until` is None when a person has to let it go."""

    id: UUID
    why: Hold
    until: datetime | None


def network_of(phone: str) -> str | None:
    """The operator a Vietnamese mobile number was allotted to; None for any other number."""
    return _NETWORK_OF.get(phone[3:5]) if phone.startswith("+84") and len(phone) == 12 else None


def is_premium(phone: str) -> bool:
    """A number that charges its caller: 1900 and 1800 services, and short codes."""
    national = "0" + phone[3:] if phone.startswith("+84") else phone
    return national.lstrip("0").startswith(("1900", "1800")) or len(national) < 9


class Sieve:
    """Messages go through one by one; each that passes counts for the next."""

    def __init__(self, limits: Limits, seen: Seen, moment: datetime) -> None:
        self._limits = limits
        self._moment = moment
        self._most_in_hour = max(limits.surge_from, limits.surge_times * seen.usual_parts)
        self._numbers = dict(seen.numbers)
        self.messages = 0
        self.hour_parts = seen.hour_parts
        self.day_parts = seen.day_parts
        self.strangers = seen.hour_strangers

    def sift(self, due: Iterable[Due]) -> list[Held]:
        """Those to be held; all others are counted as sent."""
        held = []
        for one in due:
            if why := self._why(one):
                held.append(Held(one.id, why, self._until(why)))
            else:
                self._count(one)
        return held

    def _why(self, one: Due) -> Hold | None:
        if one.barred:
            return Hold.TEMPLATE
        if one.cleared:
            return None
        return self._strange(one) or self._number(one) or self._volume(one)

    def _strange(self, one: Due) -> Hold | None:
        if is_premium(one.phone):
            return Hold.PREFIX
        many = self.strangers >= self._limits.strangers_an_hour
        return Hold.PREFIX if many and network_of(one.phone) is None else None

    def _number(self, one: Due) -> Hold | None:
        before = self._numbers.get(one.phone, Number())
        if one.event in CODES and before.codes >= self._limits.codes_an_hour:
            return Hold.CODES
        if before.hour >= self._limits.number_an_hour:
            return Hold.NUMBER_HOUR
        return Hold.NUMBER_DAY if before.day >= self._limits.number_a_day else None

    def _volume(self, one: Due) -> Hold | None:
        cap = self._limits.parts_a_day
        # Somebody waits at a form for a code: a full day must not lock people out.
        if cap is not None and one.event not in CODES and self.day_parts + one.parts > cap:
            return Hold.DAY_CAP
        return Hold.SURGE if self.hour_parts + one.parts > self._most_in_hour else None

    def _count(self, one: Due) -> None:
        before = self._numbers.get(one.phone, Number())
        code = int(one.event in CODES)
        self._numbers[one.phone] = Number(before.hour + 1, before.day + 1, before.codes + code)
        self.messages += 1
        self.hour_parts += one.parts
        self.day_parts += one.parts
        self.strangers += int(network_of(one.phone) is None)

    def _until(self, why: Hold) -> datetime | None:
        if why in (Hold.NUMBER_HOUR, Hold.CODES):
            return self._moment + timedelta(hours=1)
        if why in (Hold.NUMBER_DAY, Hold.DAY_CAP):
            return _tomorrow(self._moment)
        return None


def _tomorrow(moment: datetime) -> datetime:
    """Seven in the morning of the next day in Vietnam."""
    day = moment.astimezone(VIETNAM).date() + timedelta(days=1)
    return datetime.combine(day, time(7), VIETNAM).astimezone(moment.tzinfo)


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """Midnight in Vietnam, when the day's count begins."""
    day = moment.astimezone(VIETNAM).date()
    return datetime.combine(day, time(), VIETNAM).astimezone(moment.tzinfo)
