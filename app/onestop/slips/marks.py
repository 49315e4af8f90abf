"""Before, on or after time (trước hạn, đúng hạn, quá hạn), and the hand-overs of form 06. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from app.onestop.slips.rules import day_of

BEFORE, ON_TIME, LATE = "Trước hạn", "Đúng hạn", "Quá hạn"
# A task is closed and the next one opened in one act, each with its own look at the clock.
_ONE_ACT = timedelta(seconds=2)


class Stage(Struct, frozen=True, kw_only=True):
    """One piece of work on the dossier: at which post, from when to when, and due when.

    `closed_by` is who did it, None while it waits; `cancelled` when it was taken away again.
    """

    name: str
    post: str
    opened_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    cancelled: bool = False


class HandOver(Struct, frozen=True, kw_only=True):
    """One line of form 06: from whom to whom, when, and how the receiver stood to the deadline."""

    giver: str
    receiver: str
    at: datetime
    mark: str
    note: str


def mark(due: datetime | None, done: datetime | None, now: datetime) -> str:
    """How work stands to its deadline: done before its day, on its day, or after it.

    Work not done is late once the deadline has passed and has no mark before; "" without deadline.
    """
    if due is None:
        return ""
    if (done or now) > due:
        return LATE
    if done is None:
        return ""
    return ON_TIME if day_of(done) == day_of(due) else BEFORE


def hand_overs(stages: Sequence[Stage], applicant: str, now: datetime) -> list[HandOver]:
    """The hand-overs of a dossier whose stages are given in the order they were opened.

    The giver is who finished last before that; the first stage is handed over by the applicant.
    """
    return [
        HandOver(
            giver=_giver(stages, stage, applicant),
            receiver=_worker(stage),
            at=stage.opened_at,
            mark="" if stage.cancelled else mark(stage.due_at, stage.closed_at, now),
            note=f"{stage.name} (đã rút lại)" if stage.cancelled else stage.name,
        )
        for stage in stages
    ]


def _giver(stages: Sequence[Stage], stage: Stage, applicant: str) -> str:
    before = [
        each
        for each in stages
        if each is not stage and each.closed_at and each.closed_at <= stage.opened_at + _ONE_ACT
    ]
    last = max(before, key=lambda each: each.closed_at or each.opened_at, default=None)
    return _worker(last) if last else applicant


def _worker(stage: Stage) -> str:
    return ", ".join(part for part in (stage.closed_by, stage.post) if part)
