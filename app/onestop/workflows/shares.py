"""How a workflow shares out the statutory time (tỷ lệ thời gian). Pure.

Shares are percent of the whole. Of branches the longest counts; where nobody has a share there is
nothing to add up.
"""

from collections.abc import Iterator

from app.onestop.workflows.shapes import Fault
from app.onestop.workflows.tree import (
    Choice,
    Node,
    Parallel,
    Sequence,
    Step,
    Sub,
    children,
)

WHOLE = 100


def longest(node: Node) -> int:
    """Percent of the whole time that the slowest way through the node takes."""
    match node:
        case Step(share=share) | Sub(share=share):
            return share
        case Sequence(parts=parts):
            return sum(longest(part) for part in parts)
        case Parallel() | Choice():
            return max((longest(way) for _, way in children(node)), default=0)
        case _:
            return 0


def share_faults(tree: Node, place: str) -> Iterator[Fault]:
    """Shares that cannot be, or do not add up; `place` is the tree's own name."""
    total = longest(tree)
    if total not in (0, WHOLE):
        yield Fault(
            place,
            f"Nhánh dài nhất được chia {total}% thời gian. Hãy chia lại cho đủ {WHOLE}%.",
        )
    yield from _inner_faults(tree, place)


def _inner_faults(node: Node, place: str) -> Iterator[Fault]:
    if isinstance(node, Step | Sub) and not 0 <= node.share <= WHOLE:
        yield Fault(place, f"Tỷ lệ thời gian phải từ 0 đến {WHOLE}%.")
    if isinstance(node, Sub) and node.body is not None:
        inside = longest(node.body)
        if inside not in (0, node.share):
            yield Fault(
                place,
                f"Các bước bên trong được chia {inside}% nhưng cả phần liên thông"
                f" là {node.share}%. Hãy ghi cho khớp.",
            )
    for label, child in children(node):
        yield from _inner_faults(child, f"{place} › {label}")
