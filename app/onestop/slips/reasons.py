"""Coded reasons (lý do) for asking for more and for refusing: dated data, with their article."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "data" / "reasons.json"


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason of a form, in force from `valid_from` through `valid_to` (None: still)."""

    form: str  # 02 or 03
    code: str
    words: str
    article: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it may be given on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def all_reasons() -> tuple[Reason, ...]:
    """Every reason that ever held, in the order officers choose from."""
    return tuple(msgspec.json.decode(_FILE.read_bytes(), type=list[Reason]))


def reasons(form: str, day: date) -> list[Reason]:
    """What may be given as a reason on a slip of that form on that day."""
    return [reason for reason in all_reasons() if reason.form == form and reason.holds_on(day)]


def reason_named(form: str, code: str, day: date) -> Reason | None:
    """The reason of that code, None when there is none on that day."""
    return next((reason for reason in reasons(form, day) if reason.code == code), None)
