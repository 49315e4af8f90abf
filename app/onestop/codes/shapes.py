"""How the codes of an agency's dossiers are made: a small description, kept as data."""

from enum import StrEnum

from msgspec import Struct


class DateForm(StrEnum):
    """How the day of filing stands in the code: 261122 or 20261122."""

    SHORT = "YYMMDD"
    LONG = "YYYYMMDD"


class Scope(StrEnum):
    """Where the sequence begins again: every day, or every year."""

    DAY = "day"
    YEAR = "year"


class Source(StrEnum):
    """Who counts: we do, or a system outside gives codes in advance."""

    HERE = "here"
    OUTSIDE = "outside"


class CodeForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a code (cách đặt mã hồ sơ) behind the agency's prefix.

    `digits` is the least width of the sequence: 4 in Circular 01/2018/TT-VPCP Article 19.
    """

    date: DateForm = DateForm.SHORT
    digits: int = 4
    scope: Scope = Scope.DAY
    source: Source = Source.HERE


class Generator(Struct, frozen=True):
    """A prefix and the form of what follows it: everything that makes codes but the counter."""

    prefix: str
    form: CodeForm = CodeForm()
