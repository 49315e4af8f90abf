"""Random sound workflows, random dossiers, and one walk through a tree in any order."""

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from app.onestop.catalog.shapes import ChannelKind, Limit, PostKind, Unit
from app.onestop.workflows.agencies import ByKey, ByKind, Own
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
    Facts,
    Not,
    PaperGiven,
)
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Role,
    Sequence,
    Step,
    Sub,
    Until,
    Wait,
    Workflow,
    children,
    ids,
    nodes,
)
from app.provinces.shapes import AgencyKind

WORDS = st.sampled_from(["", "nha-o", "cong-trinh", "85,5", "12", "-3", "0", "abc"])
CASES = ("th-1", "th-2")
SLOTS = ("gt-1", "gt-2")
FIELDS = ("loai", "dien-tich")
channels = st.sampled_from(list(ChannelKind))
applicants = st.sampled_from(list(ApplicantKind))
bounds = st.decimals(-100, 100, places=1) | st.integers(-9, 99).map(Decimal)

facts = st.builds(
    Facts,
    answers=st.dictionaries(st.sampled_from(FIELDS), WORDS),
    case_id=st.none() | st.sampled_from(CASES),
    channel=st.none() | channels,
    slots=st.none() | st.frozensets(st.sampled_from(SLOTS)),
    applicant=st.none() | applicants,
)
_fields = st.sampled_from(FIELDS)
_plain = (
    st.builds(AnswerIs, st.just("loai"), st.sampled_from(["nha-o", "cong-trinh"]))
    | st.builds(AnswerIn, st.just("loai"), st.just(("nha-o", "cong-trinh")))
    | st.builds(AnswerAtLeast, st.just("dien-tich"), bounds)
    | st.builds(AnswerAtMost, st.just("dien-tich"), bounds)
    | st.builds(CaseIs, st.sampled_from(CASES))
    | st.builds(ChannelIs, channels)
    | st.builds(PaperGiven, st.sampled_from(SLOTS))
    | st.builds(ApplicantIs, applicants)
)
conditions = st.recursive(
    _plain,
    lambda inner: (
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=4,
)
_agencies = st.sampled_from([Own(), ByKey("so-y-te"), ByKind(AgencyKind.PROVINCE)])
_named = st.just(""), st.just("Việc")
_steps = st.builds(Step, *_named, st.sampled_from(list(PostKind)))
_waits = st.builds(Wait, *_named, st.sampled_from(list(Until)), st.just(Limit(5, Unit.DAYS)))
_far = st.builds(
    Sub,
    *_named,
    st.just(ByKey("so-ban")),
    st.sampled_from(list(Role)),
    st.just(0),
    st.none(),
    st.just("laocai"),
    st.sampled_from([None, "1.001193"]),
)


def _wider(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    ways = inner | st.just(Nothing())
    branches = st.lists(st.builds(Branch, conditions, ways), min_size=1, max_size=3).map(tuple)
    beside = st.lists(inner, min_size=2, max_size=3).map(tuple)
    # A branch that may be empty would end a first-join before anybody worked.
    busy = st.lists(_steps | _waits | _rows(_steps | _waits), min_size=2, max_size=3).map(tuple)
    return (
        _rows(inner)
        | st.builds(Choice, *_named, branches, ways)
        | st.builds(Parallel, *_named, beside, st.just(Join.ALL))
        | st.builds(Parallel, *_named, busy, st.just(Join.FIRST))
        | st.builds(Sub, *_named, _agencies, st.sampled_from(list(Role)), st.just(0), inner)
    )


def _rows(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(Sequence, st.lists(inner, min_size=1, max_size=3).map(tuple))


def _numbered(node: Node, counter: list[int]) -> Node:
    """The same tree with an id of its own in every node."""
    changes: dict[str, object] = {}
    if not isinstance(node, Sequence | Nothing):
        counter[0] += 1
        changes["id"] = f"n{counter[0]}"
    below = [_numbered(child, counter) for _, child in children(node)]
    match node:
        case Sequence():
            changes["parts"] = tuple(below)
        case Parallel():
            changes["branches"] = tuple(below)
        case Choice(branches=old):
            pairs = zip(old, below, strict=False)
            changes["branches"] = tuple(Branch(one.when, then) for one, then in pairs)
            changes["otherwise"] = below[-1]
        case Sub() if below:
            changes["body"] = below[0]
    return msgspec.structs.replace(node, **changes)


def _whole(middle: list[Node], shared: bool) -> Node:
    first = Step("", "Tiếp nhận", PostKind.RECEPTION, 100 if shared else 0)
    return _numbered(Sequence((first, *middle, Step("", "Trả", PostKind.RECEPTION))), [0])


inner_nodes = st.recursive(_steps | _waits | _far, _wider, max_leaves=8)
trees = st.builds(_whole, st.lists(inner_nodes, max_size=4), st.booleans())
workflows = st.builds(
    Workflow, st.just("qt"), st.integers(1, 9), st.just("Quy trình"), trees,
    st.just(date(2026, 1, 1)), st.just("Quyết định"),
)  # fmt: skip


def size(tree: Node) -> int:
    """How many nodes the tree has."""
    return sum(1 for _ in nodes(tree))


__all__ = ["conditions", "facts", "ids", "inner_nodes", "size", "trees", "workflows"]
