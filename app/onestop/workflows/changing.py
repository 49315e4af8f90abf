"""What a new version of a workflow (quy trình) changes, and where open dossiers would stand. Pure.

A dossier stays with the version it began under; it is moved only when somebody says so for it.
"""

from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.conditions import Facts
from app.onestop.workflows.running import (
    OTHERWISE,
    Run,
    active,
    after,
    decided,
    is_decided,
    is_finished,
    taken,
)
from app.onestop.workflows.tree import (
    Branch,
    Choice,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
    Sub,
    Wait,
    children,
    find,
    id_of,
    ids,
    is_leaf,
    nodes,
)

_Named = Step | Wait | Choice | Parallel | Sub
_POSTS = {
    PostKind.RECEPTION: "Bộ phận Một cửa",
    PostKind.SPECIALIST: "chuyên viên",
    PostKind.LEADER: "lãnh đạo",
}


class Kind(StrEnum):
    """What became of a part of the workflow."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    SHARE = "share"
    CHANGED = "changed"


class Change(Struct, frozen=True):
    """One difference between two versions: the part's id and a Vietnamese sentence."""

    kind: Kind
    id: str
    text: str


def differences(old: Node, new: Node) -> list[Change]:
    """What the new version changes, part by part as the new one is written; removed ones last."""
    was, now = _named(old), _named(new)
    shifted = _shifted(old, new)
    found: list[Change] = []
    for name, node in now.items():
        if name not in was:
            found.append(Change(Kind.ADDED, name, f"Thêm {_title(node)}."))
            continue
        found += _changes(was[name], node)
        if name in shifted:
            found.append(Change(Kind.MOVED, name, f"Chuyển {_title(node)} sang chỗ khác."))
    gone = (node for name, node in was.items() if name not in now)
    return found + [Change(Kind.REMOVED, node.id, f"Bỏ {_title(node)}.") for node in gone]


def carried(old: Node, new: Node, run: Run, facts: Facts | None = None) -> Run | None:
    """How an open run would stand in the new version: what was done under an id stays done.

    None when a person must choose the step: an open one is gone or lies on no way taken, a way
    taken is gone, or a new choice is reached and no facts are given to make it with.
    """
    chosen: dict[str, int] = {}
    for name, at in run.chosen.items():
        before, later = find(old, name), find(new, name)
        if isinstance(before, Choice) and isinstance(later, Choice):
            way = _same_way(before, at, later)
            if way is None:
                return None
            chosen[name] = way
    moved = Run(run.done & ids(new), chosen)
    if facts is not None:
        moved = decided(new, moved, facts)
    return moved if _still_stands(old, run, new, moved) else None


def _still_stands(old: Node, run: Run, new: Node, moved: Run) -> bool:
    if is_finished(old, run) or is_finished(new, moved):
        return is_finished(old, run) and is_finished(new, moved)
    if not is_decided(new, moved):
        return False
    here = {one.id for one in active(new, moved)}
    ahead = here.union(*(after(new, name) for name in here))
    leaves = {node.id for node in _named(new).values() if is_leaf(node)}
    return bool(here) and {one.id for one in active(old, run)} <= ahead & leaves


def _same_way(before: Choice, at: int, later: Choice) -> int | None:
    """The branch of the new choice that is the old one; None when it is gone."""
    way = taken(before, Run(chosen={before.id: at}))
    if at == OTHERWISE or way is None:
        return OTHERWISE
    when = before.branches[at].when
    same = [to for to, branch in enumerate(later.branches) if branch.when == when]
    if same:
        return at if at in same else same[0]
    shared = (to for to, branch in enumerate(later.branches) if ids(branch.then) & ids(way))
    return next(shared, None)


def _changes(old: _Named, new: _Named) -> list[Change]:
    if type(old) is not type(new):
        return [Change(Kind.CHANGED, new.id, f"Thay {_title(old)} bằng {_title(new)}.")]
    found = []
    if old.name != new.name:
        text = f"Đổi tên {_title(old)} thành “{new.name}”."
        found.append(Change(Kind.RENAMED, new.id, text))
    if isinstance(old, Step | Sub) and isinstance(new, Step | Sub) and old.share != new.share:
        text = f"Đổi thời gian của {_title(new)} từ {old.share}% thành {new.share}%."
        found.append(Change(Kind.SHARE, new.id, text))
    if isinstance(old, Step) and isinstance(new, Step) and old.post is not new.post:
        text = f"Giao {_title(new)} cho {_POSTS[new.post]}, trước đây là {_POSTS[old.post]}."
        found.append(Change(Kind.CHANGED, new.id, text))
    elif _rest(old) != _rest(new):
        found.append(Change(Kind.CHANGED, new.id, f"Đổi cách làm của {_title(new)}."))
    return found


def _rest(node: _Named) -> _Named:
    """The node without what is told apart: its name, its share and the parts inside it."""
    match node:
        case Step():
            return replace(node, name="", share=0)
        case Sub():
            return replace(node, name="", share=0, body=Nothing() if node.body else None)
        case Parallel():
            return replace(node, name="", branches=())
        case Choice():
            whens = tuple(Branch(branch.when, Nothing()) for branch in node.branches)
            return replace(node, name="", branches=whens, otherwise=Nothing())
        case Wait():
            return replace(node, name="")


def _shifted(old: Node, new: Node) -> set[str]:
    """Ids that stand in another order among those kept, or inside another part."""
    # Where a branch came or went the numbers of the others only shift, and say nothing.
    counts = [{(n.id, len(children(n))) for n in _named(tree).values()} for tree in (old, new)]
    numbered = {name for name, _ in counts[0] & counts[1]}
    was, now = _places(old, numbered), _places(new, numbered)
    before = [name for name in was if name in now]
    later = [name for name in now if name in was]
    blocks = SequenceMatcher(None, before, later, autojunk=False).get_matching_blocks()
    kept = {name for block in blocks for name in later[block.b : block.b + block.size]}
    return {name for name in later if name not in kept or was[name] != now[name]}


def _places(
    node: Node, numbered: set[str], inside: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """Every id with the parts it lies in. Places in a sequence are left out: they only shift."""
    found: dict[str, tuple[str, ...]] = {}
    name = id_of(node)
    if name is not None:
        found[name] = inside
    for label, child in children(node):
        deeper = inside
        if name is not None:
            deeper = (*inside, name, label if name in numbered else "")
        found |= _places(child, numbered, deeper)
    return found


def _named(tree: Node) -> dict[str, _Named]:
    return {node.id: node for node in nodes(tree) if not isinstance(node, Sequence | Nothing)}


def _title(node: _Named) -> str:
    match node:
        case Step():
            word = "bước"
        case Wait():
            word = "phần chờ"
        case Choice():
            word = "phần rẽ nhánh"
        case Parallel():
            word = "phần song song"
        case Sub():
            word = "phần liên thông"
    return f"{word} “{node.name}”"
