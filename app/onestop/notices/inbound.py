"""What people write to the service number (tin nhắn đến), and when they are answered. Pure.

`HCC <mã>` asks where a dossier stands; the province's short name may stand between, blanks and
dashes may be missing. A word of refusal ends messages, as Decree 91/2020/NĐ-CP wants.
"""

import re
from enum import StrEnum

from msgspec import Struct

from app.onestop.codes.rules import read
from app.onestop.notices.rules import masked, unmarked

LONGEST = 160
_WORD = "HCC"
_STOP = frozenset({"DUNG", "NGUNG", "HUY", "STOP", "TC", "TUCHOI"})
_START = frozenset({"BAT", "START", "NHAN", "NHANLAI", "DK"})
_HELP = frozenset({"", "HELP", "GIUP", "TROGIUP", "HD", "HUONGDAN"})
# A day of six digits and a sequence of four, written without its dashes.
_RUN_ON = re.compile(r"(.*[A-Z].*?)[-.]?(\d{6})-?(\d{4})")

AN_HOUR, A_DAY = 5, 20  # lookups answered to one number


class Kind(StrEnum):
    """What somebody wants."""

    LOOKUP = "lookup"
    HELP = "help"
    STOP = "stop"
    START = "start"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What was done about it: beyond its measure a message is noted and not answered."""

    ANSWERED = "answered"
    LIMITED = "limited"
    SILENT = "silent"


class Wanted(Struct, frozen=True):
    """A message understood; `codes` are what a dossier's code may be, the likeliest first."""

    kind: Kind
    codes: tuple[str, ...] = ()


class Before(Struct, frozen=True):
    """What was answered to this number: lookups of the last hour and day, directions today."""

    hour: int = 0
    day: int = 0
    directions: int = 0


def understand(text: str) -> Wanted:
    """What a message asks for. Anything may come in; nothing is an error."""
    words = re.sub(r"[,;:!?\"'()]", " ", unmarked(text[:300]).upper()).split()
    words = [word.strip(".") for word in words if word.strip(".-")]
    if words and words[0].startswith(_WORD) and words[0] != _WORD:
        words = [_WORD, words[0][len(_WORD) :], *words[1:]]  # HCCH08...: the blank is missing
    ours = words[:1] == [_WORD]
    rest = words[1:] if ours else words
    order = _order("".join(rest), bare=not ours)
    if order is not None:
        return Wanted(order)
    codes = _codes(rest)
    return Wanted(Kind.LOOKUP, codes) if codes else Wanted(Kind.UNKNOWN)


def _order(word: str, *, bare: bool) -> Kind | None:
    if word in _STOP:
        return Kind.STOP
    if word in _START and not bare:
        return Kind.START
    return Kind.HELP if word in _HELP else None


def _codes(words: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for part in (words, words[1:]):  # The second time without a province's short name.
        for joined in ("".join(part), "-".join(part)):
            spread = _RUN_ON.fullmatch(joined)
            whole = "-".join(piece.strip("-") for piece in spread.groups()) if spread else ""
            found += [code for code in (read(joined), read(whole)) if code]
    return tuple(dict.fromkeys(found))[:6]


def outcome(kind: Kind, before: Before) -> Outcome:
    """Whether to answer: lookups in measure, directions once a day, orders always noted."""
    if kind is Kind.LOOKUP:
        full = before.hour >= AN_HOUR or before.day >= A_DAY
        return Outcome.LIMITED if full else Outcome.ANSWERED
    return Outcome.SILENT if before.directions else Outcome.ANSWERED


def kept(text: str) -> str:
    """The text as it is kept: on one line, short, without what may be a person's number."""
    return masked(" ".join(text.split()))[:LONGEST]
