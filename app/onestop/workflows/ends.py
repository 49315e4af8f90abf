"""How a workflow must begin and end. Pure.

It begins at the one-stop desk, where dossiers are received (Decree 118/2025/NĐ-CP, Article 17), and
ends with a step of the agency that answers for the result (Article 20).
"""

from collections.abc import Iterator

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.shapes import Fault
from app.onestop.workflows.tree import Node, Role, Sequence, Step, Sub, children


def end_faults(tree: Node, place: str) -> Iterator[Fault]:
    """What is wrong with the beginning and with every end; `place` is the tree's own name."""
    yield from _first_faults(tree, place)
    yield from _last_faults(tree, place)


def _first_faults(node: Node, place: str) -> Iterator[Fault]:
    while isinstance(node, Sequence) and node.parts:
        node, place = node.parts[0], f"{place} › Bước 1"
    if not isinstance(node, Step) or node.post is not PostKind.RECEPTION:
        yield Fault(place, "Quy trình phải bắt đầu bằng một bước của Bộ phận Một cửa.")


def _last_faults(node: Node, place: str) -> Iterator[Fault]:
    if isinstance(node, Step):
        return
    inner = children(node)
    if not inner or (isinstance(node, Sub) and node.role is Role.SUPPORT):
        yield Fault(
            place,
            "Quy trình phải kết thúc bằng một bước có thể trả kết quả,"
            " của cơ quan thụ lý hoặc cơ quan chủ trì.",
        )
        return
    for label, child in inner[-1:] if isinstance(node, Sequence) else inner:
        yield from _last_faults(child, f"{place} › {label}")
