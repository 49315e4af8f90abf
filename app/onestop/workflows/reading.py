"""Reads a workflow (quy trình) as somebody wrote it. Pure; answers, never raises.

What cannot be read is refused as a whole, with every place that is wrong and not only the first.
"""

import re
from collections.abc import Iterator

import msgspec

from app.onestop.workflows.checking import DEEPEST, TOP, faults
from app.onestop.workflows.conditions import Condition
from app.onestop.workflows.shapes import Fault, Known
from app.onestop.workflows.tree import Node, Workflow

MOST_BYTES = 500_000
# A part of the tree is an object in a list in an object; conditions add as much again.
_DEEPEST_JSON = 8 * DEEPEST
_PLAIN_NODE = {"node": "nothing"}
_PLAIN_CONDITION = {"test": "all", "of": []}
_REASONS = (
    (re.compile(r"Object contains unknown field `(.+?)`"), "Có mục lạ “{}”. Hãy bỏ hoặc sửa tên."),
    (re.compile(r"Object missing required field `(.+?)`"), "Thiếu mục “{}”."),
    (re.compile(r"Invalid (?:enum )?value '?(.+?)'?(?: - at|$)"), "Không có từ “{}”."),
    (re.compile(r" - at `\$\.([^`]+)`"), "Giá trị của mục “{}” không đúng kiểu."),
)


def read(data: bytes, known: Known) -> Workflow | list[Fault]:
    """The workflow when it can be read and is sound, else what is wrong with it."""
    workflow = decoded(data)
    if isinstance(workflow, list):
        return workflow
    return faults(workflow, known) or workflow


def decoded(data: bytes) -> Workflow | list[Fault]:
    """The workflow as written, not yet checked for soundness, or why it cannot be read."""
    if len(data) > MOST_BYTES:
        return [Fault(TOP, f"Tệp quy trình vượt quá {MOST_BYTES // 1000} KB.")]
    try:
        raw = msgspec.json.decode(data)
    except RecursionError:
        return [_too_deep()]
    except msgspec.DecodeError:
        return [Fault(TOP, "Tệp không phải là JSON đúng cú pháp.")]
    return _converted(raw)


def _converted(raw: object) -> Workflow | list[Fault]:
    if _depth_exceeds(raw, _DEEPEST_JSON):
        return [_too_deep()]
    try:
        return msgspec.convert(raw, Workflow)
    except msgspec.ValidationError as error:
        return list(_workflow_faults(raw)) or [Fault(TOP, _reason(error))]


def _workflow_faults(raw: object) -> Iterator[Fault]:
    if not isinstance(raw, dict):
        yield Fault(TOP, "Quy trình phải là một đối tượng JSON.")
        return
    head = {**raw, "tree": _PLAIN_NODE} if "tree" in raw else raw
    yield from _shape_faults(head, Workflow, TOP)
    if "tree" in raw:
        yield from _node_faults(raw["tree"], TOP)


def _node_faults(raw: object, place: str) -> Iterator[Fault]:
    """The node's own faults, its parts replaced by sound ones, then those of its parts."""
    if not isinstance(raw, dict):
        yield Fault(place, "Phần này phải là một đối tượng JSON.")
        return
    yield from _shape_faults({**raw, **_emptied(raw)}, Node, place)
    for label, child in _listed(raw, "parts", "Bước"):
        yield from _node_faults(child, f"{place} › {label}")
    choice = raw.get("node") == "choice"
    for label, child in _listed(raw, "branches", "Nhánh"):
        faulty = _branch_faults if choice else _node_faults
        yield from faulty(child, f"{place} › {label}")
    if choice and "otherwise" in raw:
        yield from _node_faults(raw["otherwise"], f"{place} › Nhánh còn lại")
    if raw.get("body") is not None:
        yield from _node_faults(raw["body"], f"{place} › Phần việc liên thông")


def _branch_faults(raw: object, place: str) -> Iterator[Fault]:
    if not isinstance(raw, dict):
        yield Fault(place, "Nhánh phải là một đối tượng JSON.")
        return
    for name in [*({"when", "then"} - raw.keys())]:
        yield Fault(place, f"Thiếu mục “{name}”.")
    for name in [name for name in raw if name not in ("when", "then")]:
        yield Fault(place, f"Có mục lạ “{name}”. Hãy bỏ hoặc sửa tên.")
    if "when" in raw:
        yield from _condition_faults(raw["when"], f"{place} › Điều kiện")
    if "then" in raw:
        yield from _node_faults(raw["then"], place)


def _condition_faults(raw: object, place: str) -> Iterator[Fault]:
    if not isinstance(raw, dict):
        yield Fault(place, "Điều kiện phải là một đối tượng JSON.")
        return
    plain: dict[str, object] = {}
    if isinstance(raw.get("of"), list):
        plain["of"] = []
    if "condition" in raw:
        plain["condition"] = _PLAIN_CONDITION
    yield from _shape_faults({**raw, **plain}, Condition, place)
    for label, part in _listed(raw, "of", "Vế"):
        yield from _condition_faults(part, f"{place} › {label}")
    if "condition" in raw:
        yield from _condition_faults(raw["condition"], place)


def _emptied(raw: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {
        name: [] for name in ("parts", "branches") if isinstance(raw.get(name), list)
    }
    if "otherwise" in raw:
        plain["otherwise"] = _PLAIN_NODE
    if raw.get("body") is not None:
        plain["body"] = _PLAIN_NODE
    return plain


def _listed(raw: dict[str, object], name: str, word: str) -> list[tuple[str, object]]:
    found = raw.get(name)
    parts = found if isinstance(found, list) else []
    return [(f"{word} {at}", part) for at, part in enumerate(parts, 1)]


def _shape_faults(raw: object, shape: object, place: str) -> Iterator[Fault]:
    try:
        msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        yield Fault(place, _reason(error))


def _reason(error: msgspec.ValidationError) -> str:
    for pattern, sentence in _REASONS:
        if found := pattern.search(str(error)):
            return sentence.format(found[1])
    return "Phần này không đúng kiểu."


def _depth_exceeds(raw: object, limit: int) -> bool:
    waiting = [(0, raw)]
    while waiting:
        depth, part = waiting.pop()
        if depth > limit:
            return True
        below = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [(depth + 1, child) for child in below]
    return False


def _too_deep() -> Fault:
    return Fault(TOP, f"Quy trình lồng quá {DEEPEST} tầng. Hãy tách bớt tầng.")
