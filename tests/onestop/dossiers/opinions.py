"""Opinions asked of other agencies, on the rules alone: each has a task and a clock of its own."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from app.onestop.deadlines.shapes import UNTIL, ClockName, Entry, Kind
from app.onestop.dossiers.standing import TaskRow

if TYPE_CHECKING:  # The two speak of each other.
    from tests.onestop.dossiers.model import Model


def ask(model: "Model", helper: tuple[UUID, UUID | None], now: datetime, until: datetime) -> None:
    """The agency's post gets a task, due until then."""
    one, version = model.name(), model.calendar.version
    model.calendars[version] = model.calendar
    task = TaskRow(
        id=one, node=f"opinion:{one}", kind="opinion", state="open", agency_id=helper[0],
        post_id=helper[1],
    )  # fmt: skip
    start = Entry(
        kind=Kind.START, at=now, calendar_version=version, clock=ClockName.OPINION, subject_id=one,
        amount=0, unit=UNTIL, until_at=until,
    )  # fmt: skip
    model.tasks.append(task)
    model.count(model.opinions.setdefault(one, []), start)


def hush(model: "Model", now: datetime) -> None:
    """An opinion nobody waits for any more, given or not, is not timed."""
    waited_for = {task.id for task in model.open} if model.opinions else set()
    for one, entries in model.opinions.items():
        if entries[-1].kind is Kind.START and one not in waited_for:
            stop = msgspec.structs.replace(
                entries[0], kind=Kind.STOP, at=now, amount=None, unit=None, until_at=None
            )
            model.count(entries, stop)
