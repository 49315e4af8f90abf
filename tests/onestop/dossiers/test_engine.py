"""The whole engine walked at random: whatever people do in whatever order, the law holds."""

import random
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.onestop.catalog.shapes import PostKind
from app.onestop.dossiers.rules import ENDED, Act, Answer, Status, acts_open, transition
from app.onestop.workflows.agencies import ByKey
from app.onestop.workflows.tree import Join, Node, Parallel, Role, Sequence, Step, Sub
from app.people.shapes import Actor
from tests.onestop.dossiers.model import Model
from tests.onestop.dossiers.people import (
    EVERYBODY,
    FLOW,
    HOA,
    HUNG,
    LAN,
    MINH,
    NEARER,
    NGA,
    OFFICE,
    OUTSIDER,
    THU,
    VISITOR,
    model,
)
from tests.onestop.dossiers.sound import audited, counted, placed

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
_LOOK, _SIGN = Step("xem", "Xem", PostKind.LEADER), Step("ky", "Ký", PostKind.LEADER)
_SIDE_BY_SIDE = [
    Parallel(
        "cung-lam", "Cùng làm", (Step("a", "A", PostKind.SPECIALIST),
                                 Sequence((Step("b", "B", PostKind.SPECIALIST),
                                           Step("c", "C", PostKind.LEADER)))), join,
    )
    for join in Join
]  # fmt: skip
_FAR = Sub("xa", "Xa", ByKey("so-ban"), Role.SUPPORT, tenant="laocai")
TREES: list[Node] = [
    FLOW,
    Sequence((*FLOW.parts[:2], _FAR, *FLOW.parts[2:])),
    Sequence((*FLOW.parts[:2], _LOOK, _SIGN, FLOW.parts[3])),
    *(Sequence((FLOW.parts[0], both, *FLOW.parts[2:])) for both in _SIDE_BY_SIDE),
]
# Which of the acts open at that moment, after how many minutes.
Walk = list[tuple[int, int]]
walks: st.SearchStrategy[Walk] = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 60 * 24)), max_size=40
)
trees = st.sampled_from(TREES)


def walked(tree: Node, walk: Walk) -> tuple[Model, datetime]:
    """The dossier after a walk through what was open, checked at every step."""
    elsewhere = bool(walk) and walk[0][1] % 3 == 0
    dossier, now = model(tree, NEARER if elsewhere else None), START
    for choice, minutes in walk:
        now += timedelta(minutes=minutes)
        facts = dossier.facts(now)
        ways = [
            (act, who) for who in EVERYBODY for act in acts_open(facts, who)
            # Both ways in are walked; the rare ends are not let end every walk at once.
            if act not in (Act.STOP, Act.WITHDRAW) or choice % 7 == 0
        ]  # fmt: skip
        if ways:
            step(dossier, *ways[choice % len(ways)], now)
    return dossier, now


def test_the_walks_pass_through_every_act() -> None:
    # An opinion is another agency's; its own test plays it.
    wanted, seen = set(Act) - {Act.GIVE_OPINION}, set[Act]()
    for seed in range(200):
        if seen == wanted:
            break
        chance = random.Random(seed)
        walk = [(chance.randrange(1000), chance.randrange(600)) for _ in range(60)]
        seen.update(walked(chance.choice(TREES), walk)[0].passed)
    assert seen == wanted


def step(dossier: Model, act: Act, actor: Actor, now: datetime) -> bool:
    if dossier.may(act, actor, now) is not Answer.YES:
        return False
    assert actor not in (OUTSIDER, THU, VISITOR)
    before = dossier.status
    until = OFFICE.closes(OFFICE.next_working_day(dossier.due_at.date())) if dossier.due_at else now
    dossier.do(act, actor, now, until)
    assert before in transition(act).starts or before is None
    assert before not in ENDED
    placed(dossier)
    counted(dossier)
    audited(dossier)
    return True


@given(trees, walks)
@settings(max_examples=80)
def test_no_walk_reaches_an_illegal_place_or_loses_its_due_date(tree: Node, walk: Walk) -> None:
    dossier, _ = walked(tree, walk)
    if dossier.status is Status.DELIVERED:
        for needed in (Act.HAND_OVER, Act.ATTACH_RESULT, Act.FINISH):
            assert needed in dossier.passed
        assert dossier.run.done


@given(trees, walks, st.sampled_from([Act.HAND_OVER, Act.PROCESS, Act.APPROVE, Act.SIGN_OFF]))
@settings(max_examples=80)
def test_what_is_recalled_stands_exactly_as_before(tree: Node, walk: Walk, act: Act) -> None:
    dossier, now = walked(tree, walk)
    actor = {Act.HAND_OVER: LAN, Act.PROCESS: HOA}.get(act, MINH)
    was = (dossier.status, dossier.run, {task.id for task in dossier.open}, dossier.due_at)
    if not step(dossier, act, actor, now):
        return
    assert step(dossier, Act.RECALL, actor, now)
    assert was == (
        dossier.status, dossier.run, {task.id for task in dossier.open}, dossier.due_at
    )  # fmt: skip


@given(trees, walks)
def test_from_anywhere_the_work_can_be_brought_to_its_end(tree: Node, walk: Walk) -> None:
    dossier, now = walked(tree, walk)
    order = [
        (Act.INTAKE_FOR, NGA), (Act.TAKE_OVER, LAN),
        (Act.SUBMIT, HUNG), (Act.RECEIVE, LAN), (Act.SUPPLEMENT, LAN), (Act.CONFIRM_PAYMENT, LAN),
        (Act.RESUME, LAN), (Act.HAND_OVER, LAN), (Act.PROCESS, HOA), (Act.APPROVE, MINH),
        (Act.SIGN_OFF, MINH), (Act.GO_ON_WITHOUT, HOA), (Act.FINISH, LAN), (Act.DELIVER, LAN),
    ]  # fmt: skip
    for _ in range(30):
        dossier.has_result = True
        if not any(step(dossier, act, actor, now) for act, actor in order):
            break
    assert dossier.status in ENDED


@given(trees, walks, st.integers(0, 60 * 24 * 30))
def test_time_that_only_passes_changes_nothing(tree: Node, walk: Walk, minutes: int) -> None:
    dossier, now = walked(tree, walk)
    later = dossier.facts(now + timedelta(minutes=minutes))
    assert msgspec.structs.replace(later, overdue=False) == msgspec.structs.replace(
        dossier.facts(now), overdue=False
    )
