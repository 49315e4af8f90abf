"""Workflows as the administrators' pages draw them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.doors.words import ngay, so
from app.onestop.dossiers.queries.moving import Movable
from app.onestop.workflows import words
from app.onestop.workflows.agencies import ByKey, heirs_of
from app.onestop.workflows.queries import Organisation
from app.onestop.workflows.shelf import Kept
from app.onestop.workflows.tree import (
    Choice,
    Node,
    Nothing,
    Parallel,
    Step,
    Sub,
    Wait,
    children,
    is_leaf,
    nodes,
)
from app.onestop.workflows.tree import Sequence as InOrder

NO_VERSION = "Các bước của thủ tục"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One version; `kind` and `state` make its tag."""

    id: UUID
    procedure_code: str
    procedure_name: str
    name: str
    version: str
    since: str
    who: str
    dossiers: str
    kind: str
    state: str
    draft: bool
    published: bool


class Part(msgspec.Struct, frozen=True):
    """One part of the tree: `when` it is taken, its name, what it is, and what lies in it."""

    when: str
    name: str
    what: str
    inside: list["Part"]


class MovableRow(msgspec.Struct, frozen=True):
    """One open dossier; `proposed` empty: the step must be chosen."""

    id: UUID
    code: str
    agency: str
    status: str
    version: str
    now: str
    proposed: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of one dossier; `kind` is that of its tag."""

    code: str
    kind: str
    words: str


def line_view(one: Kept, in_force: UUID | None, today: date) -> Line:
    """A version as a row of the list and as the head of its page."""
    kind, state = _state(one, in_force, today)
    by = one.published_by or one.saved_by or "Hệ thống"
    return Line(
        id=one.id,
        procedure_code=one.procedure_code,
        procedure_name=one.procedure_name or one.procedure_code,
        name=one.name,
        version=f"Phiên bản {one.version}",
        since=ngay(one.valid_from),
        who=f"{by}, {ngay(one.published_at or one.saved_at)}",
        dossiers=f"{so(one.open_dossiers)} hồ sơ",
        kind=kind,
        state=state,
        draft=one.state == "draft",
        published=one.state == "published",
    )


def lines_view(kept: Sequence[Kept], today: date) -> list[Line]:
    """Versions in their order, each with how it stands among the others of its procedure."""
    newest: dict[str, UUID] = {}
    for one in kept:
        if one.state == "published" and one.valid_from <= today:
            newest.setdefault(one.procedure_code, one.id)
    return [line_view(one, newest.get(one.procedure_code), today) for one in kept]


class Names(msgspec.Struct, frozen=True):
    """What agencies are called by their keys, and other systems by their short names."""

    agencies: Mapping[str, str]
    partners: Mapping[str, str]


def tree_view(tree: Node, names: Names) -> list[Part]:
    """The tree as a nested list."""
    return _parts(tree, "", names)


def ended_agencies(tree: Node, house: Organisation, names: Mapping[str, str]) -> list[str]:
    """What becomes of parts whose agency has ended, in sentences; `names` by key."""
    keys = {node.agency.key: None for node in nodes(tree)
            if isinstance(node, Sub) and isinstance(node.agency, ByKey)
            and node.tenant is None}  # fmt: skip
    return [
        _ended(names.get(key, key), [names[heir] for heir in _heirs(key, house)])
        for key in keys
        if key not in house.placed
    ]


def movable_rows(found: Iterable[Movable]) -> list[MovableRow]:
    """The open dossiers with where they stand and where they would."""
    return [
        MovableRow(
            one.id,
            one.code,
            one.agency_name,
            one.status.title,
            version_words(one.version),
            "; ".join(one.now),
            "; ".join(one.proposed or []),
        )
        for one in found
    ]


def version_words(version: int | None) -> str:
    """What a dossier walks."""
    return f"Phiên bản {version}" if version else NO_VERSION


def steps_to_choose(tree: Node) -> list[tuple[str, str]]:
    """The leaves a dossier may be put at, as written."""
    return [
        (node.id, node.name)
        for node in nodes(tree)
        if is_leaf(node) and isinstance(node, Step | Wait | Sub)
    ]


def _heirs(key: str, house: Organisation) -> list[str]:
    return heirs_of(key, house.placed, house.successors)


def _ended(name: str, heirs: Sequence[str]) -> str:
    if not heirs:
        return f"{name} đã kết thúc hoạt động. Lập bản nháp mới và chọn cơ quan khác."
    if len(heirs) == 1:
        return f"{name} đã kết thúc hoạt động; phần việc chuyển đến {heirs[0]}."
    return (
        f"{name} đã kết thúc hoạt động và có nhiều cơ quan kế thừa: {', '.join(heirs)}. "
        "Lập bản nháp mới và chọn một cơ quan."
    )


def _state(one: Kept, in_force: UUID | None, today: date) -> tuple[str, str]:
    if one.state == "draft":
        return "soon", "Bản nháp"
    if one.state == "retired":
        return "done", "Ngừng dùng"
    if one.id == in_force:
        return "ok", "Đang áp dụng"
    later = one.valid_from > today
    return ("paused", "Chưa đến ngày") if later else ("done", "Đã có bản mới hơn")


def _parts(node: Node, when: str, names: Names) -> list[Part]:
    """A sequence gives its parts one after the other; anything else is one part."""
    if isinstance(node, InOrder) and not when:
        return [part for each in node.parts for part in _parts(each, "", names)]
    if isinstance(node, InOrder):
        inside = [part for each in node.parts for part in _parts(each, "", names)]
        return [Part(when, "", "", inside)]
    return [_part(node, when, names)]


def _part(node: Node, when: str, names: Names) -> Part:
    match node:
        case Step():
            return Part(when, node.name, words.step_words(node), [])
        case Wait():
            return Part(when, node.name, words.wait_words(node), [])
        case Choice():
            ways = [f"Nếu {words.condition_words(one.when)}" for one in node.branches]
            return Part(when, node.name, words.choice_words(node), [
                part
                for (_, child), way in zip(children(node), [*ways, "Còn lại"], strict=True)
                for part in _parts(child, way, names)
            ])  # fmt: skip
        case Parallel():
            return Part(when, node.name, words.parallel_words(node), [
                part for label, child in children(node) for part in _parts(child, label, names)
            ])  # fmt: skip
        case Sub() if node.tenant is not None:
            return Part(when, node.name, _elsewhere(node, node.tenant, names), [])
        case Sub():
            said = words.sub_words(node)
            key = words.agency_words(node.agency)
            inside = _parts(node.body, "", names) if node.body else []
            return Part(when, node.name, said.replace(key, names.agencies.get(key, key)), inside)
        case Nothing() | _:
            return Part(when, "Không làm gì thêm", "", [])


def _elsewhere(node: Sub, slug: str, names: Names) -> str:
    """A part another system does: its agency is known here by its key alone."""
    partner = names.partners.get(slug, f"{slug} (chưa khai báo)")
    what = f"; thủ tục {node.procedure}" if node.procedure else ""
    return f"{words.sub_words(node)}. Ở hệ thống khác: {partner}{what}"
