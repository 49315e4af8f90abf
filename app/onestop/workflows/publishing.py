"""May a workflow (quy trình) be published here? What is sound in itself may still not be carried
out by this system. Pure."""

from collections.abc import Iterator

from app.onestop.catalog.shapes import PostKind
from app.onestop.workflows.checking import TOP, faults, placed
from app.onestop.workflows.running import after
from app.onestop.workflows.shapes import Fault, Known
from app.onestop.workflows.tree import Node, Sequence, Step, Workflow, is_leaf, nodes

_DESK = "Bước của Bộ phận Một cửa chỉ đặt ở đầu quy trình (tiếp nhận) hoặc cuối (trả kết quả)."
_ALONE = "Quy trình phải có ít nhất hai bước: tiếp nhận và giải quyết."


def publishing_faults(workflow: Workflow, known: Known) -> list[Fault]:
    """What keeps the workflow from being published in this tenant; empty when nothing does."""
    found = faults(workflow, known)
    return found or [*_desk_faults(workflow.tree), *_alone(workflow.tree)]


def _desk_faults(tree: Node) -> Iterator[Fault]:
    """The desk passes a dossier on once, when it has received it (Decree 118/2025, Article 18)."""
    desk = [
        (place, node)
        for place, node in placed(tree)
        if isinstance(node, Step) and node.post is PostKind.RECEPTION
    ]
    for place, node in desk[1:]:
        if after(tree, node.id):
            yield Fault(place, _DESK)


def _alone(tree: Node) -> Iterator[Fault]:
    leaves = [node for node in nodes(tree) if is_leaf(node)]
    if len(leaves) < 2 or not isinstance(tree, Sequence):
        yield Fault(TOP, _ALONE)
