"""What a text message may say, when it may be sent, and what a report of it means. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from infra.clock import VIETNAM
from infra.sms import is_gsm, normal, segments

# Places a template may have; the last ones may hold digits that look like a person's number.
PLACES = (
    "CQ", "MA", "TT", "HEN", "HAN", "PHI", "LYDO", "NOI", "TRACUU", "NGAYMOI", "VD", "SO", "OTP",
    "TRANGTHAI",
)  # fmt: skip
_UNMASKED = frozenset({"MA", "TRACUU", "VD", "OTP", "PHI", "SO"})
LONGEST_VALUE = 60
MOST_PARTS = 12

OPENS, CLOSES = time(7), time(21)
_DELAYS_MINUTES = (1, 2, 10, 30, 120, 360)

_PLACE = re.compile(r"\{([A-Z]+)\}")
# Nine digits or more in a row, however grouped, may be an identity, phone or account number.
_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}")
_RATING = re.compile(r"(/danh-gia/)\S+")
_PLAIN = str.maketrans(
    {
        "đ": "d", "Đ": "D", "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...", "•": "-",
        "×": "x", "₫": "d", "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/",
        "~": "-", "^": "", "€": "EUR", "`": "'", "«": '"', "»": '"', "°": "o",
    }
)  # fmt: skip


_BRACES = str.maketrans("{}", "()")


class State(StrEnum):
    """Where a notice stands (trạng thái tin)."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    HELD = "held"  # a limit or a person's decision is waited for
    DROPPED = "dropped"  # decided not to be sent


STATE_NAMES = {
    State.PENDING: "Chờ gửi",
    State.SENT: "Đã chuyển nhà mạng",
    State.DELIVERED: "Đã đến máy người nhận",
    State.FAILED: "Không gửi được",
    State.IN_DOUBT: "Chưa rõ đã gửi hay chưa",
    State.HELD: "Tạm giữ, chưa gửi",
    State.DROPPED: "Không gửi",
}


class Report(StrEnum):
    """What a gateway says of a message after having taken it."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"  # the operator never took it


class Composed(Struct, frozen=True):
    """A text ready to send; `encoding` is GSM7 or UCS2, `parts` are what is paid for."""

    text: str
    encoding: str
    parts: int


class BadTemplate(ValueError):
    """A template or its values that would send nonsense to a person; a mistake of ours."""


def compose(template: str, values: Mapping[str, object], *, marked: bool = False) -> Composed:
    """Fill the places of a template; raises BadTemplate when one has no value or a brace is left.

    Values lose their marks unless the message is `marked`, long ones are cut, and numbers that may
    identify a person are masked.
    """
    if faults := faults_of(template, marked=marked):
        raise BadTemplate("; ".join(faults))
    missing = sorted({name for name in _PLACE.findall(template) if not shown(values.get(name))})
    if missing:
        raise BadTemplate(f"no value for {', '.join(missing)}")
    text = filled(template, values, marked=marked)
    cost = segments(text)
    if cost.parts > MOST_PARTS:
        raise BadTemplate(f"{cost.parts} parts are too many for one message")
    return Composed(text, cost.encoding.upper(), cost.parts)


def filled(template: str, values: Mapping[str, object], *, marked: bool = False) -> str:
    """The template with its values in their places."""
    home = with_marks if marked else unmarked
    return home(_PLACE.sub(lambda match: _value(match[1], values, home), template))


def faults_of(template: str, *, marked: bool = False) -> list[str]:
    """What is wrong with a template, in English sentences; empty when it may be used."""
    faults = [f"{{{n}}} is no known place" for n in _PLACE.findall(template) if n not in PLACES]
    rest = _PLACE.sub("", template)
    if "{" in rest or "}" in rest:
        faults.append("a brace is left over")
    if not marked and not is_gsm(rest):
        faults.append("a letter outside the GSM alphabet makes the message dearer")
    return faults


def shown(value: object) -> str:
    """A value as the message shows it: 17:00 11/06/2026; 11/06/2026; 75.000 dong."""
    if isinstance(value, datetime):
        local = value.astimezone(VIETNAM)
        return f"{local:%H:%M} {shown(local.date())}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int):
        return f"{value:,} dong".replace(",", ".")
    return "" if value is None else str(value).strip()


def unmarked(text: str) -> str:
    """The text without Vietnamese marks and in the GSM alphabet; what has no likeness is dropped.

    Decomposed letters, đ, curly quotes, long dashes and hard spaces are all brought home.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    kept = "".join(letter if is_gsm(letter) else " " for letter in plain.translate(_PLAIN))
    return " ".join(kept.split())


def with_marks(text: str) -> str:
    """The text with its marks, on one line; braces are no placeholders any more."""
    return " ".join(normal(text.translate(_BRACES)).split())


def masked(text: str) -> str:
    """Long digit runs with all but the last three hidden: such a number stays with its owner."""
    return _NUMBER.sub(lambda match: "***" + re.sub(r"\D", "", match[0])[-3:], text)


def without_key(text: str) -> str:
    """A message as officers see it: the key of its rating link stays with the citizen."""
    return _RATING.sub(r"\1…", text)


def masked_phone(phone: str) -> str:
    """A phone number as officers see it in lists: 09*****678."""
    local = "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone
    return f"{local[:2]}{'*' * max(len(local) - 5, 0)}{local[-3:]}"


def next_allowed(moment: datetime, *, urgent: bool = False) -> datetime:
    """`moment`, or seven in the morning when it falls between 21:00 and 07:00 in Vietnam."""
    local = moment.astimezone(VIETNAM)
    if urgent or OPENS <= local.time() < CLOSES:
        return moment
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, VIETNAM).astimezone(moment.tzinfo)


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after the given number of attempts; None when there were enough."""
    if attempts > len(_DELAYS_MINUTES):
        return None
    return timedelta(minutes=_DELAYS_MINUTES[max(attempts, 1) - 1])


def after_report(state: State, report: Report) -> State:
    """The state after a report. Reports come late, twice and in any order: nothing moves back."""
    if state is State.DELIVERED:
        return state
    if report is Report.DELIVERED:
        return State.DELIVERED
    if report in (Report.FAILED, Report.REJECTED):
        return State.FAILED
    return State.SENT if state in (State.PENDING, State.IN_DOUBT) else state


def _value(name: str, values: Mapping[str, object], home: Callable[[str], str]) -> str:
    text = shown(values[name])
    if name in _UNMASKED:
        return text
    text = home(masked(text))
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3].rstrip() + "..."
