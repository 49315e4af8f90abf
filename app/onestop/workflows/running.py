"""A dossier on its way through a workflow (quy trình): what is open, what comes next. Pure.

A run is only what was done and which ways were chosen; all else follows from the tree. What is
illegal is answered with None, and the run stays as it was.
"""

from collections.abc import Iterator

from msgspec import Struct

from app.onestop.workflows.conditions import Facts, holds
from app.onestop.workflows.tree import (
    Choice,
    Join,
    Leaf,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
    Sub,
    Wait,
    ids,
    nodes,
    parts_of,
)

OTHERWISE = -1


class Run(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a dossier is. `done`: ids of leaves. `chosen`: id of a choice to its branch.

    Branches count from 0; OTHERWISE stands for the way left. A choice once made stays, whatever
    becomes of the facts.
    """

    done: frozenset[str] = frozenset()
    chosen: dict[str, int] = {}


class Active(Struct, frozen=True):
    """A leaf that can be done now; `subs` are the agencies' parts it lies in, outermost first."""

    node: Leaf
    subs: tuple[Sub, ...] = ()

    @property
    def id(self) -> str:
        """The leaf's id, as `complete` takes it."""
        return self.node.id

    @property
    def sub(self) -> Sub | None:
        """The part of the agency that has the work; None: the dossier's own agency has it."""
        return self.subs[-1] if self.subs else None


def begin(tree: Node, facts: Facts) -> Run:
    """The run of a dossier just received: nothing done, the first choices made."""
    return decided(tree, Run(), facts)


def active(tree: Node, run: Run) -> tuple[Active, ...]:
    """What can be done now, as written in the tree; empty when the run is finished."""
    return tuple(
        Active(node, subs)
        for node, subs in _front(tree, run, ())
        if isinstance(node, Step | Wait | Sub)
    )


def is_active(tree: Node, run: Run, node_id: str) -> bool:
    """Whether the leaf can be done now."""
    return any(one.id == node_id for one in active(tree, run))


def complete(tree: Node, run: Run, node_id: str, facts: Facts) -> Run | None:
    """The run after the leaf is done, the choices then reached made; None when it is not active.

    Under a first-join the other branches are dropped with it.
    """
    if not is_active(tree, run, node_id):
        return None
    return decided(tree, Run(run.done | {node_id}, run.chosen), facts)


def is_finished(tree: Node, run: Run) -> bool:
    """Whether nothing is left to do."""
    return _over(tree, run)


def is_last(tree: Node, run: Run, node_id: str) -> bool:
    """Whether the leaf is active and doing it would finish the whole workflow."""
    return is_active(tree, run, node_id) and _over(tree, Run(run.done | {node_id}, run.chosen))


def back_targets(tree: Node, run: Run, node_id: str) -> tuple[str, ...]:
    """The steps an active leaf may be sent back to (trả lại bước trước), the nearest first.

    They are done, come before it, and are not in a branch that was dropped.
    """
    if not is_active(tree, run, node_id):
        return ()
    earlier = [leaf.id for leaf in _before(tree, node_id) if isinstance(leaf, Step)]
    return tuple(name for name in reversed(earlier) if _undone(tree, run, name) is not None)


def send_back(tree: Node, run: Run, target: str) -> Run | None:
    """The run with the step to be done again; None when it is no step that was done.

    What comes after it is forgotten with its choices; branches beside it stand as they were.
    """
    steps = (node.id for node in nodes(tree) if isinstance(node, Step))
    return _undone(tree, run, target) if target in steps else None


def recall(tree: Node, run: Run, node_id: str) -> Run | None:
    """The run before the leaf was done (thu hồi): the inverse of `complete`.

    None when it is not done, when something after it is already done, or its branch was dropped.
    """
    if after(tree, node_id) & run.done:
        return None
    return _undone(tree, run, node_id)


def placed(tree: Node, run: Run, node_id: str, facts: Facts) -> Run | None:
    """The run of a dossier that a person puts at a leaf: what lies before it counts as done, the
    ways on to it as chosen; branches beside it keep what `run` has done. None without such a leaf.
    """
    way = _way(tree, node_id)
    if way is None:
        return None
    done, chosen = run.done - after(tree, node_id) - {node_id}, dict[str, int]()
    for node, at in way:
        if isinstance(node, Sequence):
            done = done.union(*(ids(part) for part in node.parts[:at]))
        elif isinstance(node, Choice):
            chosen[node.id] = at if at < len(node.branches) else OTHERWISE
    leaves = {leaf.id for leaf in nodes(tree) if isinstance(leaf, Step | Wait | Sub)}
    later = decided(tree, Run(done & leaves, chosen), facts)
    return later if is_active(tree, later, node_id) else None


def moved(tree: Node, before: Run, later: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a change opened and what it closed, by id: (opened, closed).

    A closed leaf that is not among `later.done` was dropped or sent back, not done.
    """
    was = [one.id for one in active(tree, before)]
    now = [one.id for one in active(tree, later)]
    opened = tuple(name for name in now if name not in was)
    return opened, tuple(name for name in was if name not in now)


def cancelled(tree: Node, before: Run, later: Run) -> tuple[str, ...]:
    """Those of the closed leaves that were not done: dropped by a first-join or sent back."""
    return tuple(name for name in moved(tree, before, later)[1] if name not in later.done)


def after(tree: Node, node_id: str) -> frozenset[str]:
    """Every id, of leaves and of choices, that can only come after the leaf."""
    later: frozenset[str] = frozenset()
    for node, at in _way(tree, node_id) or ():
        if isinstance(node, Sequence):
            later = later.union(*(ids(part) for part in node.parts[at + 1 :]))
    return later


def decided(tree: Node, run: Run, facts: Facts) -> Run:
    """The run with every choice it has reached made by the facts, and the made ones kept."""
    # A way chosen may begin with another choice, hence the loop; each turn makes one more.
    while choices := [node for node, _ in _front(tree, run, ()) if isinstance(node, Choice)]:
        made = {choice.id: _way_for(choice, facts) for choice in choices}
        run = Run(run.done, run.chosen | made)
    return run


def is_decided(tree: Node, run: Run) -> bool:
    """Whether every choice reached is made; always so but where a run came from another tree."""
    return not any(isinstance(node, Choice) for node, _ in _front(tree, run, ()))


def taken(choice: Choice, run: Run) -> Node | None:
    """The way chosen; None while the choice is not made."""
    at = run.chosen.get(choice.id)
    if at == OTHERWISE:
        return choice.otherwise
    if at is None or not 0 <= at < len(choice.branches):
        return None
    return choice.branches[at].then


def _front(
    node: Node, run: Run, subs: tuple[Sub, ...]
) -> Iterator[tuple[Leaf | Choice, tuple[Sub, ...]]]:
    """What stands next: the open leaves, and the choices reached but not made."""
    if isinstance(node, Sequence):
        standing = next((part for part in node.parts if not _over(part, run)), None)
        yield from _front(standing, run, subs) if standing is not None else ()
        return
    if _over(node, run):
        return
    match node:
        case Parallel(branches=branches):
            for branch in branches:
                yield from _front(branch, run, subs)
        case Choice() if way := taken(node, run):
            yield from _front(way, run, subs)
        case Sub(body=body) if body is not None:
            yield from _front(body, run, (*subs, node))
        case Step() | Wait() | Sub() | Choice():
            yield node, subs


def _over(node: Node, run: Run) -> bool:
    match node:
        case Step() | Wait() | Sub(body=None):
            return node.id in run.done
        case Sub(body=body) if body is not None:
            return _over(body, run)
        case Sequence(parts=parts):
            return all(_over(part, run) for part in parts)
        case Parallel(branches=branches, join=join):
            ended = (_over(branch, run) for branch in branches)
            return any(ended) if join is Join.FIRST else all(ended)
        case Choice():
            way = taken(node, run)
            return way is not None and _over(way, run)
        case Nothing() | _:
            return True


def _way_for(choice: Choice, facts: Facts) -> int:
    true = (at for at, one in enumerate(choice.branches) if holds(one.when, facts) is True)
    return next(true, OTHERWISE)


def _undone(tree: Node, run: Run, node_id: str) -> Run | None:
    if node_id not in run.done:
        return None
    gone = after(tree, node_id) | {node_id}
    chosen = {name: at for name, at in run.chosen.items() if name not in gone}
    earlier = Run(run.done - gone, chosen)
    return earlier if is_active(tree, earlier, node_id) else None


def _way(node: Node, node_id: str) -> list[tuple[Node, int]] | None:
    """The way down to the leaf: each node passed, with the place of the child that leads on."""
    if isinstance(node, Step | Wait | Sub) and node.id == node_id:
        return []
    for at, child in enumerate(parts_of(node)):
        rest = _way(child, node_id)
        if rest is not None:
            return [(node, at), *rest]
    return None


def _before(tree: Node, node_id: str) -> Iterator[Node]:
    for node, at in _way(tree, node_id) or ():
        if isinstance(node, Sequence):
            for part in node.parts[:at]:
                yield from nodes(part)
