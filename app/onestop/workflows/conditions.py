"""When a branch is taken (điều kiện rẽ nhánh): typed questions about a dossier. Pure.

There is no language of expressions. An answer is true, false or unknown (None), and what is
unknown never becomes true: neither is its opposite.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from app.onestop.catalog.shapes import ChannelKind

# As forms keep numbers: no dots between thousands, a comma before the decimals.
_NUMBER = re.compile(r"-?[0-9]{1,30}(,[0-9]{1,30})?")


class ApplicantKind(StrEnum):
    """Who hands the dossier in: cá nhân or tổ chức."""

    PERSON = "person"
    ORGANISATION = "organisation"


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a dossier. `answers` is field id to the value kept by its form.

    `slots` are the papers given; None anywhere means that it is not known.
    """

    answers: Mapping[str, str] = {}
    case_id: str | None = None
    channel: ChannelKind | None = None
    slots: frozenset[str] | None = None
    applicant: ApplicantKind | None = None


class AnswerIs(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="answer_is"):
    """The field was answered with that value."""

    field: str
    value: str


class AnswerIn(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="answer_in"):
    """The field was answered with one of the values."""

    field: str
    values: tuple[str, ...]


class AnswerAtLeast(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="answer_at_least"
):
    """The field's number is the bound or more."""

    field: str
    bound: Decimal


class AnswerAtMost(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="answer_at_most"
):
    """The field's number is the bound or less."""

    field: str
    bound: Decimal


class CaseIs(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="case_is"):
    """The dossier is of that case (trường hợp)."""

    case: str


class ChannelIs(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="channel_is"
):
    """The dossier was handed in that way (cách thức nộp)."""

    channel: ChannelKind


class PaperGiven(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="paper_given"
):
    """The paper (giấy tờ) of that slot was handed in."""

    slot: str


class ApplicantIs(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="applicant_is"
):
    """The applicant is a person, or an organisation."""

    kind: ApplicantKind


class All(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="all"):
    """Every one of them is true."""

    of: tuple["Condition", ...]


class AnyOf(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="any_of"):
    """At least one of them is true."""

    of: tuple["Condition", ...]


class Not(Struct, frozen=True, forbid_unknown_fields=True, tag_field="test", tag="not"):
    """The condition is false; not merely unknown."""

    condition: "Condition"


Condition = (
    AnswerIs | AnswerIn | AnswerAtLeast | AnswerAtMost | CaseIs | ChannelIs | PaperGiven
    | ApplicantIs | All | AnyOf | Not
)  # fmt: skip


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether the condition is true of the dossier; None when that is unknown."""
    match condition:
        case All(of=parts):
            return _all(holds(part, facts) for part in parts)
        case AnyOf(of=parts):
            return _opposite(_all(_opposite(holds(part, facts)) for part in parts))
        case Not(condition=inner):
            return _opposite(holds(inner, facts))
        case AnswerIs() | AnswerIn() | AnswerAtLeast() | AnswerAtMost():
            return _answered(condition, facts.answers.get(condition.field, ""))
        case _:
            return _stands(condition, facts)


def number(text: str) -> Decimal | None:
    """The number a form kept: "85,5" is 85.5; None when it is none."""
    return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _answered(
    condition: AnswerIs | AnswerIn | AnswerAtLeast | AnswerAtMost, answer: str
) -> bool | None:
    # A question left blank was not answered "no".
    if not answer:
        return None
    match condition:
        case AnswerIs(value=value):
            return answer == value
        case AnswerIn(values=values):
            return answer in values
        case AnswerAtLeast(bound=bound):
            return _compared(number(answer), bound, at_least=True)
        case AnswerAtMost(bound=bound):
            return _compared(number(answer), bound, at_least=False)


def _compared(value: Decimal | None, bound: Decimal, *, at_least: bool) -> bool | None:
    if value is None or not bound.is_finite():
        return None
    return value >= bound if at_least else value <= bound


def _stands(condition: CaseIs | ChannelIs | PaperGiven | ApplicantIs, facts: Facts) -> bool | None:
    match condition:
        case CaseIs(case=case):
            return None if facts.case_id is None else facts.case_id == case
        case ChannelIs(channel=channel):
            return None if facts.channel is None else facts.channel is channel
        case PaperGiven(slot=slot):
            return None if facts.slots is None else slot in facts.slots
        case ApplicantIs(kind=kind):
            return None if facts.applicant is None else facts.applicant is kind


def _all(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    if False in known:
        return False
    return None if None in known else True


def _opposite(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
