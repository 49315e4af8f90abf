"""A dossier with everybody's eyes on it: each act is asked for, done, written down and checked."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from app.onestop.deadlines.calendar import Calendar, local
from app.onestop.deadlines.counting import working_time_between
from app.onestop.deadlines.ledger import COUNTING
from app.onestop.deadlines.shapes import Entry, Kind
from app.onestop.dossiers.rules import (
    ENDED,
    RUNNING,
    Act,
    Answer,
    Move,
    Status,
    Turn,
    transition,
    turn_for,
)
from app.onestop.workflows import running
from app.people.shapes import Actor
from tests.onestop.dossiers.model import Model
from tests.onestop.dossiers.sound import OVER, audited, counted, placed
from tests.simulation.arrivals import Arrival
from tests.simulation.province import Province, named

OVERTAKEN = "overtaken"
TAKEN = "already_taken"
CLOCKED = frozenset((Act.PAUSE, Act.ASK_PAYMENT, Act.RESUME, Act.CONFIRM_PAYMENT, Act.EXTEND))


class Deed(NamedTuple):
    """One line of the trail: an act of somebody, a time that was over, or a recount."""

    at: datetime
    what: Act | str | Calendar
    actor: Actor | None = None
    calendar: Calendar | None = None  # in force at that moment
    turn: Turn | None = None
    how: dict[str, Any] = {}  # noqa: RUF012  never written to


class Watched:
    """One dossier of the year; `refused` counts what people were told, by reason."""

    def __init__(self, come: Arrival, province: Province, calendar: Calendar) -> None:
        self.come, self.province, self.rng = come, province, come.rng
        self.first_calendar = calendar
        self.model = self._fresh(calendar)
        self.trail: list[Deed] = []
        self.refused: Counter[str] = Counter()
        self._before: tuple[object, ...] | None = None

    def _fresh(self, calendar: Calendar) -> Model:
        ids, come = count(), self.come
        return Model(
            come.tree, come.agency_id, {}, calendar, named("citizen", come.number),
            amount=come.limit.qty, unit=come.limit.unit, known=come.known,
            place=lambda one: self.province.place(come.agency_id, one),
            name=lambda: UUID(int=next(ids)), desk_agency_id=come.desk_id,
        )  # fmt: skip

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self.model.status in ENDED

    def answer(self, act: Act, actor: Actor, now: datetime, version: int | None = None) -> str:
        """What the person is told: as the verbs do it, the version is compared before the rest."""
        answer = self.model.may(act, actor, now)
        if answer not in (Answer.NOT_YOURS, Answer.NOT_NOW):
            if version not in (None, self.model.version):
                return OVERTAKEN
            if act is Act.RECALL and answer is Answer.YES:
                return self._may_recall(now)
        return answer.value

    def attempt(
        self, act: Act, actor: Actor, now: datetime, calendar: Calendar, *,
        version: int | None = None, **how: Any,
    ) -> bool:  # fmt: skip
        """Do the act if it is allowed; else the refusal is counted and nothing has changed."""
        answer = self.answer(act, actor, now, version)
        if answer != Answer.YES:
            self.refuse(answer)
            return False
        assert not self.trail or self.trail[-1].at <= now, "the clock went back"
        status, due_at = self.model.status, self.model.due_at
        assert transition(act).starts == () or status in transition(act).starts
        standing = self._standing() if transition(act).move is Move.ON else None
        paused_at = self._paused_at()
        turn = turn_for(act, self.model.facts(now), actor)
        self.model.carry_out(act, actor, now, turn, calendar=calendar, **how)
        self.trail.append(Deed(now, act, actor, calendar, turn, how))
        self._check(act, now, due_at, paused_at)
        self._before = standing
        return True

    def refuse(self, reason: str) -> None:
        """Count a refusal."""
        self.refused[reason] += 1

    def arrives(self, node: str, now: datetime) -> None:
        """A time the workflow waited for is over."""
        self.model.arrives(node, now)
        self.trail.append(Deed(now, node))
        self._before = None
        placed(self.model)
        counted(self.model)

    def recount(self, calendar: Calendar, now: datetime) -> bool:
        """The job counts it on a changed calendar; whether its deadline moved. Twice is once."""
        before = self.model.due_at
        for _ in range(2):
            rows = len(self.model.entries)
            self.model.recount(calendar, now)
        assert len(self.model.entries) == rows
        self.trail.append(Deed(now, calendar))
        counted(self.model)
        self._due_is_worked()
        return self.model.due_at != before

    def close(self, calendar: Calendar) -> None:
        """What must be true when the dossier or the year ends, the calendar being in force."""
        if self.model.entries and self.model.status not in OVER:
            assert self._calendar() is calendar, "forgotten by the job that recounts"
            self._due_is_worked()
        placed(self.model)
        counted(self.model)
        audited(self.model)
        self._told_again()
        assert self.over or self._somebody_next(), "nobody's turn"

    def _check(
        self, act: Act, now: datetime, due_at: datetime | None, paused_at: datetime | None
    ) -> None:
        placed(self.model)
        if act is Act.RECALL:
            assert self._standing() == self._before, "a recall is no inverse"
        if self.model.due_at != due_at or act in CLOCKED:
            counted(self.model)
            self._due_is_worked()
        if act is Act.EXTEND:
            assert due_at and self.model.due_at and self.model.due_at > due_at
        if act in (Act.RESUME, Act.CONFIRM_PAYMENT) and paused_at and self.model.pause is None:
            self._moved_by_the_pause(paused_at, now, due_at)

    def _moved_by_the_pause(self, since: datetime, now: datetime, before: datetime | None) -> None:
        assert before and self.model.due_at
        calendar = self._calendar()
        passed = working_time_between(since, now, calendar)
        assert working_time_between(before, self.model.due_at, calendar) == passed

    def _due_is_worked(self) -> None:
        if self.model.due_at is not None:
            assert self._calendar().is_working_day(local(self.model.due_at).date())

    def _calendar(self) -> Calendar:
        return self.model.calendars[_newest(self.model.entries).calendar_version]

    def _paused_at(self) -> datetime | None:
        if self.model.pause is None:
            return None
        backwards = reversed(self.model.entries)
        return next((each.at for each in backwards if each.kind is Kind.PAUSE), None)

    def _may_recall(self, now: datetime) -> str:
        task = next(each for each in self.model.tasks if each.id == self.model.recall_task)
        if running.recall(self.model.tree, self.model.run, task.node) is None:
            return OVERTAKEN
        assigned = any(turn.officer_id for turn in self.model.facts(now).turns)
        return TAKEN if assigned else Answer.YES.value

    def _standing(self) -> tuple[object, ...]:
        one = self.model
        paused = one.standing.worked_paused if one.standing else None
        return one.status, one.run, frozenset(one.open), one.due_at, one.pause, paused

    def _told_again(self) -> None:
        """The trail alone, told to a dossier that does not exist yet, gives the same row."""
        again = self._fresh(self.first_calendar)
        for at, what, actor, calendar, turn, how in self.trail:
            if isinstance(what, Calendar):
                again.recount(what, at)
            elif actor is None:
                again.arrives(str(what), at)
            else:
                again.carry_out(Act(what), actor, at, turn, calendar=calendar, **how)
        assert _row(again) == _row(self.model)

    def _somebody_next(self) -> bool:
        status = self.model.status
        if status in RUNNING and self.model.pause is None and not self.model.on_its_way:
            return bool(self.model.open)
        return status is None or any(status in row.starts for row in _GOING_ON)


_GOING_ON = [
    transition(act)
    for act in (
        Act.RECEIVE,
        Act.TAKE_OVER,
        Act.SUPPLEMENT,
        Act.CONFIRM_PAYMENT,
        Act.RESUME,
        Act.DELIVER,
    )
]


def _newest(entries: list[Entry]) -> Entry:
    return next(each for each in reversed(entries) if each.kind in COUNTING)


def _row(model: Model) -> tuple[object, ...]:
    return (
        model.status, model.run, model.tasks, model.entries, model.opinions, model.due_at,
        model.requests, model.extensions, model.pause, model.back_to, model.recall_task,
        model.version, model.has_result,
    )  # fmt: skip


def late(model: Model) -> timedelta | None:
    """How late a dossier with a result was ready, negative when early; None without one."""
    if model.status not in (Status.FINISHED, Status.DELIVERED) or model.due_at is None:
        return None
    return model.entries[-1].at - model.due_at
