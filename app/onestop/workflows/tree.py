"""The shape of a workflow (quy trình giải quyết): a tree, so it can neither loop nor lose a way.

Its leaves are what somebody does or what is awaited; `Sequence`, `Choice` and `Parallel` only say
in which order. Every id is unique in the tree and stays when the workflow is published anew.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct

from app.onestop.catalog.shapes import Limit, PostKind
from app.onestop.catalog.shapes import Step as FlatStep
from app.onestop.workflows.agencies import AgencyRef
from app.onestop.workflows.conditions import Condition


class Join(StrEnum):
    """When parallel branches are over: all of them are, or the first one is (the others drop)."""

    ALL = "all"
    FIRST = "first"


class Role(StrEnum):
    """Another agency settles the matter (chủ trì) or only helps to (phối hợp)."""

    LEAD = "lead"
    SUPPORT = "support"


class Until(StrEnum):
    """What is awaited.

    PAPER: the citizen hands in papers. PAYMENT: the citizen pays. TIMER: time passes. OUTSIDE: an
    agency that does not work in this system answers. PUBLICATION: time passes on the notice board.
    """

    PAPER = "paper"
    PAYMENT = "payment"
    TIMER = "timer"
    OUTSIDE = "outside"
    PUBLICATION = "publication"


class Step(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="step"):
    """One step (bước), done by a kind of post of the agency that has the work.

    `share` is percent of the whole statutory time, 0 where no time of its own is given.
    `held_by` is the key of the post preferred for the work; any post of the kind may do it.
    """

    id: str
    name: str
    post: PostKind
    share: int = 0
    held_by: str | None = None


class Wait(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="wait"):
    """Something awaited (chờ), which no officer of ours does.

    `limit` is how long a timer or a publication runs, else how long is waited at most (None: as
    long as it takes). `papers` are the slots asked for when a paper is awaited.
    """

    id: str
    name: str
    until: Until
    limit: Limit | None = None
    papers: tuple[str, ...] = ()


class Nothing(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="nothing"):
    """Nothing to do: the way of a choice that leaves a step out."""


class Sequence(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="sequence"):
    """One part after the other (tuần tự)."""

    parts: tuple["Node", ...]


class Branch(Struct, frozen=True, forbid_unknown_fields=True):
    """One way of a choice, taken when the condition is surely true."""

    when: Condition
    then: "Node"


class Choice(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="choice"):
    """Exactly one way (rẽ nhánh): the first branch that is true, else `otherwise`."""

    id: str
    name: str
    branches: tuple[Branch, ...]
    otherwise: "Node"


class Parallel(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="parallel"):
    """Branches done at the same time (song song) until the join."""

    id: str
    name: str
    branches: tuple["Node", ...]
    join: Join = Join.ALL


class Sub(Struct, frozen=True, forbid_unknown_fields=True, tag_field="node", tag="sub"):
    """Work at another agency (liên thông), `share` percent of the whole time.

    Its `body` says who does what there; the shares inside are of the whole time too. With `tenant`
    (the short name of a partner system) the body is None and the work goes there by messages, as
    the `procedure` of that national code (None: the dossier's own): the Sub itself is then what is
    open and what is completed.
    """

    id: str
    name: str
    agency: AgencyRef
    role: Role
    share: int = 0
    body: "Node | None" = None
    tenant: str | None = None
    procedure: str | None = None


Leaf = Step | Wait | Sub
Node = Step | Wait | Nothing | Sequence | Choice | Parallel | Sub


class Workflow(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a workflow, in force from `valid_from`; `basis` says where it comes from."""

    code: str
    version: int
    name: str
    tree: Node
    valid_from: date
    basis: str


def from_flow(steps: Iterable[FlatStep]) -> Sequence:
    """A procedure's published list of steps (Procedure.flow) as a tree: one after the other."""
    return Sequence(tuple(Step(s.id, s.name, s.post, s.share, s.held_by) for s in steps))


def children(node: Node) -> tuple[tuple[str, Node], ...]:
    """The parts of the node, each with the Vietnamese name of its place inside the node."""
    match node:
        case Sequence(parts=parts):
            return tuple((f"Bước {at}", part) for at, part in enumerate(parts, 1))
        case Parallel(branches=ways):
            return tuple((f"Nhánh {at}", way) for at, way in enumerate(ways, 1))
        case Choice(branches=branches, otherwise=otherwise):
            named = [(f"Nhánh {at}", branch.then) for at, branch in enumerate(branches, 1)]
            return (*named, ("Nhánh còn lại", otherwise))
        case Sub(body=body) if body is not None:
            return (("Phần việc liên thông", body),)
        case _:
            return ()


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts of the node alone, in the order of `children`: walked far more than told."""
    match node:
        case Step() | Wait() | Nothing():
            return ()
        case Sequence(parts=parts):
            return parts
        case Parallel(branches=ways):
            return ways
        case Choice(branches=branches, otherwise=otherwise):
            return (*(branch.then for branch in branches), otherwise)
        case Sub(body=body):
            return () if body is None else (body,)


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything in it, as written."""
    yield node
    for child in parts_of(node):
        yield from nodes(child)


def is_leaf(node: Node) -> bool:
    """Whether the node itself is done, and not only the parts in it."""
    return isinstance(node, Step | Wait) or (isinstance(node, Sub) and node.body is None)


def id_of(node: Node) -> str | None:
    """The node's id; None for a sequence and for nothing, which have none."""
    return None if isinstance(node, Sequence | Nothing) else node.id


def ids(node: Node) -> frozenset[str]:
    """Every id in the node, its own included."""
    return frozenset(name for part in nodes(node) if (name := id_of(part)) is not None)


def find(tree: Node, node_id: str) -> Node | None:
    """The node of that id; None when the tree has none."""
    return next((node for node in nodes(tree) if id_of(node) == node_id), None)
