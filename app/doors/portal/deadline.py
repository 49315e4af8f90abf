"""Vì sao hẹn ngày này: the deadline explained to the citizen, and the same as JSON."""

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from app.doors.asked import Asked
from app.doors.files import signed_in
from app.doors.interface.described import Api
from app.doors.render import page
from app.doors.sessions import SignInNeeded, actor, citizen_only
from app.doors.words import gio_ngay
from app.onestop.deadlines.shapes import Kind
from app.onestop.dossiers.queries.deadline import (
    ClockView,
    DeadlineRow,
    DeadlineView,
    deadline_of,
)
from app.people.refusals import Dismissed, SecondFactorNeeded
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.reading import NotKept

_KINDS = {
    Kind.START: "Bắt đầu tính thời hạn",
    Kind.PAUSE: "Tạm dừng",
    Kind.RESUME: "Tiếp tục tính",
    Kind.RESTART: "Tính lại từ đầu",
    Kind.EXTEND: "Hẹn lại",
    Kind.CALENDAR: "Lịch làm việc thay đổi",
    Kind.STOP: "Kết thúc",
}


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to the deadline."""

    title: str
    at: str
    lines: tuple[str, ...]
    basis: str
    due: str  # after it, where it moved


class AnswerView(msgspec.Struct, frozen=True):
    """By when the desk answers, or was to answer, an online filing, and why."""

    due: str
    standing: str
    rows: list[RowView]


@get("/da-nop/{code:str}/thoi-han", guards=[citizen_only], opt={"reads": "deadline"})
async def show_deadline(request: Asked, code: FromPath[str]) -> Response[bytes]:
    """The ledger line by line, as a clerk would explain it."""
    found = await _found(code, await actor(request))
    moved = found.promised != found.due
    return page(
        "portal/deadline.html",
        code=found.code,
        due=gio_ngay(found.due),
        promised=gio_ngay(found.promised) if moved else "",
        standing=found.standing,
        rows=_rows(found.rows),
        answer=_answer(found.reception),
    )


_READ = Api(
    name="readDeadline",
    of="dossiers",
    proof="session",
    gives={200: DeadlineView},
    refuses=(SignInNeeded, Dismissed, SecondFactorNeeded, NotKept),
)


@get(
    "/api/v1/dossiers/{code:str}/deadline",
    guards=[signed_in],
    opt={"reads": "deadline", "api": _READ},
)
async def read_deadline(request: Asked, code: FromPath[str]) -> Response[DeadlineView]:
    """When a dossier is due and why, to its citizen and its officers.

    Each row of the ledger is told in Vietnamese, with the article of law it rests on.
    """
    found = await _found(code, await actor(request))
    return Response(found, headers={"Cache-Control": "no-store"})


def _answer(clock: ClockView | None) -> AnswerView | None:
    """The desk's own time; a paper dossier has none."""
    if clock is None:
        return None
    return AnswerView(gio_ngay(clock.due), clock.standing, _rows(clock.rows))


async def _found(code: str, who: Actor) -> DeadlineView:
    found = await deadline_of(code, who)
    if found is None:
        raise NotFound
    return found


def _rows(rows: list[DeadlineRow]) -> list[RowView]:
    # The first row's own words already say when it is due.
    before = [row.due_at for row in (*rows[:1], *rows)]
    return [
        RowView(
            title=_KINDS[Kind(row.kind)],
            at=gio_ngay(row.at),
            lines=row.lines,
            basis=row.basis,
            due=gio_ngay(row.due_at) if row.due_at != was else "",
        )
        for row, was in zip(rows, before, strict=False)
    ]
