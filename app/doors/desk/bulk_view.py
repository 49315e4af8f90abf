"""What is shown of orders for many dossiers, decided here so that the templates only draw."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.doors.desk.lists_view import short_moment
from app.doors.desk.places import desk_posts_of, desks_of
from app.onestop.bulk.shapes import BULK_ACTS, MOST, Item, ItemState, Order
from app.onestop.dossiers import queries
from app.onestop.dossiers.queries.choices import Choices, colleagues_of, specialists_of
from app.onestop.dossiers.queries.desk import Line
from app.onestop.dossiers.rules import Act, Status
from app.people.shapes import Actor

PATHS = {
    "tiep-nhan": Act.RECEIVE,
    "chuyen": Act.HAND_OVER,
    "phan-cong": Act.ASSIGN,
    "phe-duyet": Act.APPROVE,
    "ky-duyet": Act.SIGN_OFF,
}
_SHORT = {
    "tiep-nhan": "Tiếp nhận",
    "chuyen": "Chuyển xử lý",
    "phan-cong": "Phân công",
    "phe-duyet": "Phê duyệt",
    "ky-duyet": "Ký duyệt",
}
_STATES = {
    ItemState.WAITING: ("paused", "Đang chờ"),
    ItemState.DONE: ("ok", "Đã thực hiện"),
    ItemState.REFUSED: ("late", "Chưa thực hiện được"),
}


class PickRow(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier to be ticked."""

    code: str
    version: int
    applicant: str
    procedure: str
    about: str
    due: str


class Picking(msgspec.Struct, frozen=True, kw_only=True):
    """An act with the dossiers it may be done to; `choices` is what is chosen for all of them."""

    path: str
    act: Act
    words: str
    button: str
    tabs: list[tuple[str, str, int | None]]
    rows: list[PickRow]
    choice_label: str
    choices: Choices
    note: str
    most: int


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order being done: figures, and each dossier with its tag."""

    words: str
    ordered_at: str
    over: bool
    total: int
    done: int
    refused: int
    settled: int
    rows: list[tuple[str, str, str, str]]  # code, kind of tag, words of it, why not


async def picking(officer: Actor, path: str, paths: Sequence[str]) -> Picking:
    """The dossiers an act may be done to, and what must be chosen for it."""
    act = PATHS[path]
    lines, choices, label = await _LISTS[act](officer)
    return Picking(
        path=path,
        act=act,
        words=BULK_ACTS[act],
        button=_SHORT[path],
        tabs=[(f"/can-bo/nhieu-ho-so?viec={each}", _SHORT[each], None) for each in paths],
        rows=[_row(line) for line in lines],
        choice_label=label,
        choices=choices,
        note="Ý kiến chỉ đạo" if act in (Act.APPROVE, Act.SIGN_OFF) else "",
        most=MOST,
    )


def order_view(order: Order) -> OrderView:
    """An order as its page shows it."""
    done, refused = order.count(ItemState.DONE), order.count(ItemState.REFUSED)
    return OrderView(
        words=BULK_ACTS[order.act],
        ordered_at=short_moment(order.ordered_at),
        over=order.finished_at is not None,
        total=len(order.items),
        done=done,
        refused=refused,
        settled=done + refused,
        rows=[_outcome(item) for item in order.items],
    )


def _outcome(item: Item) -> tuple[str, str, str, str]:
    return (item.code, *_STATES[item.state], item.message or "")


def _row(line: Line) -> PickRow:
    due: datetime | None = getattr(line, "due_at", None) or getattr(line, "answer_by", None)
    return PickRow(
        code=line.code,
        version=line.version,
        applicant=line.applicant_name,
        procedure=line.procedure_name,
        about=line.summary.removeprefix(line.procedure_name).lstrip(": "),
        due=short_moment(due) if due else "",
    )


_Listed = tuple[Sequence[Line], Choices, str]


async def _to_receive(officer: Actor) -> _Listed:
    found = await queries.reception_queue(desks_of(officer), limit=MOST)
    return [line for line in found.lines if line.status is Status.REGISTERED], [], ""


async def _to_hand_over(officer: Actor) -> _Listed:
    found = await queries.hand_over_queue(desk_posts_of(officer), limit=MOST)
    return found.lines, await specialists_of(desks_of(officer)), "Chuyển đến"


async def _to_assign(officer: Actor) -> _Listed:
    agencies = [post.agency_id for post in officer.posts if post.kind in ("leader", "specialist")]
    posts = await specialists_of(agencies)
    lines = await queries.turns_at([UUID(key) for key, _ in posts], MOST)
    return lines, await colleagues_of(agencies), "Người xử lý"


async def _to_decide(officer: Actor) -> _Listed:
    posts = [post.id for post in officer.posts if post.kind == "leader"]
    found = await queries.inbox(posts, mine=officer.id, limit=MOST)
    return [line for group in found.groups for line in group.lines], [], ""


_LISTS = {
    Act.RECEIVE: _to_receive,
    Act.HAND_OVER: _to_hand_over,
    Act.ASSIGN: _to_assign,
    Act.APPROVE: _to_decide,
    Act.SIGN_OFF: _to_decide,
}
