"""Reorganisations as the administrators' page draws them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from app.doors.words import ngay, so
from app.onestop.reorganisation.queries import Going, Preview, ReorganisationRow
from app.onestop.reorganisation.shapes import Plan
from app.onestop.reorganisation.succession import Followed, UnitCount

_STATES = {
    "planned": ("paused", "Chưa đến ngày"),
    "running": ("soon", "Đang thực hiện"),
    "done": ("ok", "Đã thực hiện xong"),
    "refused": ("late", "Không thực hiện được"),
}
_KINDS = {"merge": "Sáp nhập", "split": "Chia, tách", "dissolve": "Giải thể"}
_MOVED = {"dossiers": "hồ sơ", "tasks": "việc", "drafts": "bản nháp"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One reorganisation; `kind` and `state` make its tag."""

    id: UUID
    number: str
    title: str
    on: str
    moved: str
    planned: str
    kind: str
    state: str


class Row(msgspec.Struct, frozen=True):
    """One agency that ends: into what, and what goes with it."""

    name: str
    how: str
    into: str
    going: str
    staying: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One reorganisation in full; `done` tells what has moved, otherwise what would move."""

    title: str
    done: bool
    faults: list[str]
    rows: list[Row]


class PlanShown(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that is not entered yet: what it would move, and what stands in its way."""

    title: str
    on: str
    new: list[str]
    faults: list[str]
    rows: list[Row]


class Restated(msgspec.Struct, frozen=True):
    """All dossiers by the units of one day."""

    title: str
    total: str
    units: list[UnitCount]


def line_view(row: ReorganisationRow) -> Line:
    """One line of the list."""
    kind, state = _STATES[row.state]
    return Line(
        id=row.id,
        number=f"{row.number} ngày {ngay(row.decided_on)}",
        title=row.title,
        on=ngay(row.on_day),
        moved=_moved(row.figures),
        planned=f"{row.planned_by}, {ngay(row.planned_at)}",
        kind=kind,
        state=state,
    )


def before_view(row: ReorganisationRow, found: Preview) -> Shown:
    """What would move, as things stand now, and what keeps it from moving."""
    faults = found.faults if row.state == "planned" else row.faults
    return Shown(title=row.title, done=False, faults=faults, rows=_rows(found))


def plan_view(plan: Plan, found: Preview) -> PlanShown:
    """A plan before it is approved."""
    return PlanShown(
        title=f"{plan.number} ngày {ngay(plan.decided_on)}: {plan.title}",
        on=ngay(plan.on),
        new=found.new_agencies,
        faults=found.faults,
        rows=_rows(found),
    )


def restated_view(
    on: date, before: Sequence[UnitCount], after: Sequence[UnitCount]
) -> list[Restated]:
    """The same dossiers by the units of the day before and by those of the day itself."""
    titles = (f"Theo đơn vị trước ngày {ngay(on)}", f"Theo đơn vị từ ngày {ngay(on)}")
    return [
        Restated(title, f"{so(sum(unit.total for unit in units))} hồ sơ", list(units))
        for title, units in zip(titles, (before, after), strict=True)
    ]


def after_view(row: ReorganisationRow, found: Sequence[Followed]) -> Shown:
    """What has moved."""
    rows = [Row(each.before, "", each.after, f"{so(each.moved)} hồ sơ", "") for each in found]
    return Shown(title=row.title, done=True, faults=[], rows=rows)


def _rows(found: Preview) -> list[Row]:
    renamed = [Row(before, "Đổi tên", name, "–", "–") for before, name in found.renamed]
    return [_going(line) for line in found.lines] + renamed


def _going(line: Going) -> Row:
    into = [f"{name} ({so(number)} hồ sơ)" for name, number in line.targets]
    if line.undecided:
        into.append(f"chưa xác định: {so(line.undecided)} hồ sơ")
    moved = {"dossiers": line.dossiers, "tasks": line.tasks, "drafts": line.drafts}
    people = f"{so(line.posts)} chức danh, {so(line.holders)} cán bộ"
    return Row(
        line.name,
        _KINDS.get(line.kind, line.kind),
        "; ".join(into) or "–",
        f"{_moved(moved)}; {people}" if any(moved.values()) else people,
        f"{so(line.kept)} hồ sơ đã xong",
    )


def _moved(figures: dict[str, int]) -> str:
    told = [f"{so(figures[key])} {words}" for key, words in _MOVED.items() if figures.get(key)]
    return ", ".join(told) or "–"
