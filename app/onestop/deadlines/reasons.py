"""Why a clock may be paused (lý do tạm dừng): dated data, each with the article that allows it."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "data" / "reasons.json"


class PauseReason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason a lawyer can read."""

    code: str
    title: str  # Vietnamese, as it stands after "do"
    basis: str
    valid_from: date
    valid_to: date | None = None  # the last day, inclusive


@cache
def shipped() -> tuple[PauseReason, ...]:
    """Every reason the product knows, past and present."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[PauseReason, ...])


def reasons_on(day: date) -> list[PauseReason]:
    """The reasons the law allows on a day of Vietnam."""
    return [each for each in shipped() if _holds(each, day)]


def reason_on(code: str, day: date) -> PauseReason | None:
    """The reason of that code if the law allows it on that day."""
    return next((each for each in reasons_on(day) if each.code == code), None)


def title_of(code: str | None) -> str:
    """The words of a reason, whenever it was allowed; the code itself when nobody knows it."""
    known = {each.code: each.title for each in shipped()}
    return known.get(code or "", code or "")


def _holds(reason: PauseReason, day: date) -> bool:
    return reason.valid_from <= day and (reason.valid_to is None or day <= reason.valid_to)
