"""Is a workflow (quy trình) sound enough to be published? Pure; answers, never raises.

Every fault names its place in the tree and says in Vietnamese what to put right.
"""

import re
from collections import Counter
from collections.abc import Iterator

from app.onestop.workflows.agencies import ByKey, Outside
from app.onestop.workflows.conditions import (
    All,
    AnswerAtLeast,
    AnswerAtMost,
    AnswerIn,
    AnswerIs,
    AnyOf,
    CaseIs,
    Condition,
    Not,
    PaperGiven,
)
from app.onestop.workflows.ends import end_faults
from app.onestop.workflows.shapes import NUMBERS, Fault, Known
from app.onestop.workflows.shares import share_faults
from app.onestop.workflows.tree import (
    Choice,
    Join,
    Node,
    Nothing,
    Parallel,
    Sequence,
    Step,
    Sub,
    Until,
    Wait,
    Workflow,
    children,
    id_of,
    nodes,
)

TOP = "Quy trình"
DEEPEST = 12
MOST_NODES = 200
NAME_LENGTH = 200
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PACED = (Until.TIMER, Until.PUBLICATION)


def faults(workflow: Workflow, known: Known) -> list[Fault]:
    """What keeps the workflow from being published; empty when it is sound."""
    # What is too deep is not walked any further: the walk itself would not come back.
    if vast := list(_size_faults(workflow.tree)):
        return vast
    found = [*_head_faults(workflow), *_repeated(workflow.tree)]
    for place, node in placed(workflow.tree):
        found += _node_faults(place, node, known)
    found += share_faults(workflow.tree, TOP)
    found += end_faults(workflow.tree, TOP)
    return found


def placed(node: Node, place: str = TOP) -> Iterator[tuple[str, Node]]:
    """Every node with its place in words: "Quy trình › Bước 2 › Nhánh 1"."""
    yield place, node
    for label, child in children(node):
        yield from placed(child, f"{place} › {label}")


def _size_faults(tree: Node) -> Iterator[Fault]:
    count = 0
    waiting: list[tuple[int, Node | Condition]] = [(1, tree)]
    while waiting:
        depth, part = waiting.pop()
        count += 1
        if depth > DEEPEST:
            yield Fault(TOP, f"Quy trình lồng quá {DEEPEST} tầng. Hãy tách bớt tầng.")
            return
        if count > MOST_NODES:
            yield Fault(TOP, f"Quy trình có quá {MOST_NODES} phần. Hãy rút gọn.")
            return
        waiting += [(depth + 1, below) for below in _below(part)]


def _below(part: Node | Condition) -> list[Node | Condition]:
    match part:
        case All(of=of) | AnyOf(of=of):
            return list(of)
        case Not(condition=condition):
            return [condition]
        case Choice(branches=branches, otherwise=otherwise):
            return [*(b.when for b in branches), *(b.then for b in branches), otherwise]
        case Sequence() | Parallel() | Sub():
            return [child for _, child in children(part)]
        case _:
            return []


def _head_faults(workflow: Workflow) -> Iterator[Fault]:
    if not _ID.fullmatch(workflow.code):
        yield Fault(TOP, "Mã quy trình chỉ gồm chữ thường không dấu, chữ số và gạch nối.")
    if workflow.version < 1:
        yield Fault(TOP, "Số phiên bản phải từ 1 trở lên.")
    if not 0 < len(workflow.name.strip()) <= NAME_LENGTH:
        yield Fault(TOP, f"Ghi tên quy trình, tối đa {NAME_LENGTH} ký tự.")


def _repeated(tree: Node) -> Iterator[Fault]:
    seen = Counter[str]()
    for place, node in placed(tree):
        name = id_of(node)
        if name is not None:
            seen[name] += 1
            if seen[name] > 1:
                yield Fault(place, f"Mã “{name}” đã dùng ở chỗ khác. Hãy đặt mã riêng.")


def _node_faults(place: str, node: Node, known: Known) -> Iterator[Fault]:
    if not isinstance(node, Sequence | Nothing):
        yield from _name_faults(place, node.id, node.name)
    match node:
        case Sequence(parts=()):
            yield Fault(place, "Chuỗi bước đang trống. Hãy thêm bước hoặc bỏ chuỗi.")
        case Parallel():
            yield from _parallel_faults(place, node)
        case Choice():
            yield from _choice_faults(place, node, known)
        case Step():
            yield from _step_faults(place, node, known)
        case Wait():
            yield from _wait_faults(place, node, known)
        case Sub():
            yield from _sub_faults(place, node, known)


def _name_faults(place: str, node_id: str, name: str) -> Iterator[Fault]:
    if not _ID.fullmatch(node_id):
        yield Fault(place, f"Mã “{node_id}” chỉ được gồm chữ thường không dấu, số và gạch nối.")
    if not 0 < len(name.strip()) <= NAME_LENGTH:
        yield Fault(place, f"Ghi tên, tối đa {NAME_LENGTH} ký tự.")


def _parallel_faults(place: str, node: Parallel) -> Iterator[Fault]:
    if len(node.branches) < 2:
        yield Fault(place, "Phần song song phải có ít nhất hai nhánh.")
    if node.join is Join.FIRST:
        for at, branch in enumerate(node.branches, 1):
            if _may_be_empty(branch):
                yield Fault(
                    f"{place} › Nhánh {at}",
                    "Nhánh có thể không có việc nào nên các nhánh kia sẽ bị bỏ ngay. "
                    "Hãy thêm một bước luôn phải làm.",
                )


def _may_be_empty(node: Node) -> bool:
    below = [_may_be_empty(child) for _, child in children(node)]
    match node:
        case Nothing():
            return True
        case Choice() | Parallel(join=Join.FIRST):
            return any(below)
        case Sequence() | Parallel():
            return all(below)
        case _:
            return bool(below) and all(below)


def _choice_faults(place: str, node: Choice, known: Known) -> Iterator[Fault]:
    if not node.branches:
        yield Fault(place, "Phần rẽ nhánh phải có ít nhất một nhánh có điều kiện.")
    for at, branch in enumerate(node.branches, 1):
        yield from _condition_faults(f"{place} › Nhánh {at} › Điều kiện", branch.when, known)


def _step_faults(place: str, step: Step, known: Known) -> Iterator[Fault]:
    if step.held_by is None:
        return
    if step.held_by not in known.posts:
        yield Fault(place, f"Không có chức danh “{step.held_by}”.")
    elif known.posts[step.held_by] != step.post:
        yield Fault(place, f"Chức danh “{step.held_by}” không thuộc loại của bước này.")


def _wait_faults(place: str, wait: Wait, known: Known) -> Iterator[Fault]:
    if wait.until in _PACED and wait.limit is None:
        yield Fault(place, "Ghi thời gian phải chờ.")
    if wait.limit is not None and wait.limit.qty < 1:
        yield Fault(place, "Thời gian chờ phải lớn hơn 0.")
    if wait.papers and wait.until is not Until.PAPER:
        yield Fault(place, "Chỉ ghi giấy tờ khi chờ bổ sung giấy tờ.")
    for slot in wait.papers:
        if slot not in known.papers:
            yield Fault(place, f"Thủ tục không có giấy tờ “{slot}”.")


def _sub_faults(place: str, sub: Sub, known: Known) -> Iterator[Fault]:
    if sub.body is None and sub.tenant is None:
        yield Fault(place, "Ghi các bước tại cơ quan liên thông, hoặc hệ thống nơi chuyển đến.")
    if sub.body is not None and sub.tenant is not None:
        yield Fault(place, "Việc chuyển sang hệ thống khác không có bước bên trong.")
    if sub.tenant is not None and sub.tenant not in known.tenants:
        yield Fault(place, f"Chưa khai báo hệ thống liên thông “{sub.tenant}”.")
    far = sub.tenant is not None
    if far and not isinstance(sub.agency, ByKey):
        yield Fault(place, "Ghi mã của cơ quan nhận việc bên hệ thống kia.")
    if sub.procedure is not None and not far:
        yield Fault(place, "Chỉ ghi mã thủ tục khi chuyển việc sang hệ thống khác.")
    if isinstance(sub.agency, ByKey) and not far and sub.agency.key not in known.agencies:
        yield Fault(place, f"Không có cơ quan “{sub.agency.key}”.")
    if isinstance(sub.agency, Outside) and (far or _has_work(sub)):
        yield Fault(place, "Cơ quan ngoài hệ thống không làm bước nào: chỉ ghi phần chờ trả lời.")


def _has_work(sub: Sub) -> bool:
    return any(isinstance(node, Step) for node in nodes(sub))


def _condition_faults(place: str, condition: Condition, known: Known) -> Iterator[Fault]:
    match condition:
        case All(of=()) | AnyOf(of=()):
            yield Fault(place, "Điều kiện đang trống. Hãy thêm vế.")
        case All(of=of) | AnyOf(of=of):
            for at, part in enumerate(of, 1):
                yield from _condition_faults(f"{place} › Vế {at}", part, known)
        case Not(condition=inner):
            yield from _condition_faults(place, inner, known)
        case AnswerIs(field=field, value=value):
            yield from _answer_faults(place, field, (value,), known)
        case AnswerIn(field=field, values=values):
            yield from _answer_faults(place, field, values, known)
        case AnswerAtLeast() | AnswerAtMost():
            yield from _bound_faults(place, condition, known)
        case CaseIs(case=case) if case not in known.cases:
            yield Fault(place, f"Thủ tục không có trường hợp “{case}”.")
        case PaperGiven(slot=slot) if slot not in known.papers:
            yield Fault(place, f"Thủ tục không có giấy tờ “{slot}”.")


def _answer_faults(
    place: str, field: str, values: tuple[str, ...], known: Known
) -> Iterator[Fault]:
    if field not in known.fields:
        yield Fault(place, f"Biểu mẫu không có trường “{field}”.")
        return
    if not values or "" in values:
        yield Fault(place, "Ghi câu trả lời cần so sánh.")
    options = {option.key for option in known.fields[field].options}
    for value in values:
        if options and value not in options:
            yield Fault(place, f"Trường “{field}” không có lựa chọn “{value}”.")


def _bound_faults(
    place: str, condition: AnswerAtLeast | AnswerAtMost, known: Known
) -> Iterator[Fault]:
    field = known.fields.get(condition.field)
    if field is None:
        yield Fault(place, f"Biểu mẫu không có trường “{condition.field}”.")
    elif field.kind not in NUMBERS:
        yield Fault(place, f"Trường “{condition.field}” không phải là số.")
    if not condition.bound.is_finite():
        yield Fault(place, "Ghi một con số để so sánh.")
