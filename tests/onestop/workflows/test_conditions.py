"""Conditions of branches: what is unknown is never true."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given

from app.onestop.catalog.shapes import ChannelKind
from app.onestop.workflows.conditions import (
    All,
    AnswerAtLeast,
    AnswerAtMost,
    AnswerIn,
    AnswerIs,
    AnyOf,
    ApplicantIs,
    ApplicantKind,
    CaseIs,
    ChannelIs,
    Condition,
    Facts,
    Not,
    PaperGiven,
    holds,
)
from tests.onestop.workflows.trees import conditions, facts

HOUSE = Facts(
    answers={
        "loai": "nha-o",
        "dien-tich": "85,5",
        "tang": "3",
        "ghi-chu": "khoảng 90",
        "trong": "",
    },
    case_id="th-1",
    channel=ChannelKind.ONLINE,
    slots=frozenset({"gt-1"}),
    applicant=ApplicantKind.PERSON,
)
ANSWERS: list[tuple[Condition, bool | None]] = [
    (AnswerIs("loai", "nha-o"), True),
    (AnswerIs("loai", "xuong"), False),
    (AnswerIs("khong-hoi", "nha-o"), None),
    (AnswerIs("trong", "nha-o"), None),
    (AnswerIn("loai", ("xuong", "nha-o")), True),
    (AnswerIn("loai", ()), False),
    (AnswerAtLeast("dien-tich", Decimal("85.5")), True),
    (AnswerAtLeast("dien-tich", Decimal("85.6")), False),
    (AnswerAtMost("dien-tich", Decimal("85.5")), True),
    (AnswerAtMost("tang", Decimal(2)), False),
    (AnswerAtLeast("ghi-chu", Decimal(0)), None),
    (AnswerAtLeast("tang", Decimal("NaN")), None),
    (AnswerAtMost("khong-hoi", Decimal(0)), None),
    (CaseIs("th-1"), True),
    (CaseIs("th-2"), False),
    (ChannelIs(ChannelKind.ONLINE), True),
    (ChannelIs(ChannelKind.DIRECT), False),
    (PaperGiven("gt-1"), True),
    (PaperGiven("gt-2"), False),
    (ApplicantIs(ApplicantKind.PERSON), True),
    (ApplicantIs(ApplicantKind.ORGANISATION), False),
]


@pytest.mark.parametrize(("condition", "answer"), ANSWERS)
def test_each_question_is_answered_from_the_dossier(
    condition: Condition, answer: bool | None
) -> None:
    assert holds(condition, HOUSE) is answer


@pytest.mark.parametrize("condition", [condition for condition, _ in ANSWERS])
def test_of_a_dossier_nothing_is_known_of_nothing_holds(condition: Condition) -> None:
    for asked in (condition, Not(condition), Not(Not(condition)), All((condition,))):
        assert holds(asked, Facts()) is None


@given(conditions)
def test_what_is_unknown_is_not_true_however_often_it_is_turned(condition: Condition) -> None:
    for _ in range(4):
        assert holds(condition, Facts()) is None
        condition = Not(condition)


@given(conditions, facts)
def test_turning_twice_changes_nothing(condition: Condition, known: Facts) -> None:
    assert holds(Not(Not(condition)), known) is holds(condition, known)


@given(conditions, facts)
def test_a_condition_and_its_opposite_are_never_both_true(
    condition: Condition, known: Facts
) -> None:
    assert not (holds(condition, known) is True and holds(Not(condition), known) is True)


@given(conditions, conditions, facts)
def test_one_false_part_settles_all_and_one_true_part_settles_any(
    one: Condition, other: Condition, known: Facts
) -> None:
    parts = [holds(one, known), holds(other, known)]
    both = holds(All((one, other)), known)
    either = holds(AnyOf((one, other)), known)
    assert both is (False if False in parts else None if None in parts else True)
    assert either is (True if True in parts else None if None in parts else False)


@given(conditions)
def test_a_condition_survives_being_written_down(condition: Condition) -> None:
    written = msgspec.json.encode(condition)
    assert msgspec.json.decode(written, type=Condition) == condition
