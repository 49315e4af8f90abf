"""A dossier on the rules alone: no database, and a clock that is told the time.

It does what the verbs do, out of the same pure parts, so that rules can be walked by the thousand.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from app.onestop.catalog.shapes import Unit
from app.onestop.deadlines import ledger
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.shapes import Entry, Kind, Standing
from app.onestop.dossiers import standing
from app.onestop.dossiers.rules import (
    RUNNING,
    Act,
    Answer,
    Facts,
    Move,
    Status,
    allowed,
    transition,
    turn_for,
)
from app.onestop.dossiers.standing import TaskRow
from app.onestop.workflows import conditions, running
from app.onestop.workflows.running import Run
from app.onestop.workflows.tree import Node, Step
from app.people.shapes import Actor

KNOWN = conditions.Facts()
PAUSES = {
    Act.ASK_SUPPLEMENT: "supplement",
    Act.ASK_AGAIN: "supplement",
    Act.ASK_PAYMENT: "financial_duty",
    Act.PAUSE: "publication",
}
GOES_ON = {Act.CONFIRM_PAYMENT, Act.RESUME}
ENDS = {Act.FINISH, Act.STOP, Act.WITHDRAW}


@dataclass
class Model:
    """One dossier. `posts` gives the post of each kind; `helper` the agency asked for opinions."""

    tree: Node
    agency_id: UUID
    posts: dict[str, UUID]
    calendar: Calendar
    citizen_id: UUID
    amount: int = 5
    unit: Unit = Unit.WORKING_DAYS
    status: Status | None = None
    run: Run = field(default_factory=Run)
    tasks: list[TaskRow] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    requests: int = 0
    extensions: int = 0
    pause: str | None = None
    back_to: Status | None = None
    recall_task: UUID | None = None
    has_result: bool = False
    due_at: datetime | None = None
    passed: list[Act] = field(default_factory=list)

    def facts(self, now: datetime) -> Facts:
        """What the rules know of it."""
        if self.status is None:
            return Facts(status=None, agency_id=self.agency_id)
        row = {
            "run": msgspec.json.encode(self.run).decode(), "status": self.status,
            "agency_id": self.agency_id, "citizen_id": self.citizen_id, "pause": self.pause,
            "requests": self.requests, "extensions": self.extensions, "due_at": self.due_at,
            "recall_task": self.recall_task,
        }  # fmt: skip
        return standing.facts_of(row, self.tree, self.tasks, moment=now, has_result=self.has_result)

    def may(self, act: Act, actor: Actor, now: datetime) -> Answer:
        """What the rules say."""
        return allowed(act, self.facts(now), actor)

    def do(self, act: Act, actor: Actor, now: datetime, until: datetime | None = None) -> None:
        """Do an allowed act; `until` is the new appointment of an extension."""
        turn = turn_for(act, self.facts(now), actor)
        before = self.status
        self._clock(act, now, until)
        self._stand(act, before)
        self._walk(act, actor, turn.node if turn else "", turn.id if turn else None)
        self.passed.append(act)

    @property
    def standing(self) -> Standing | None:
        """What the ledger's rows add up to."""
        calendars = {self.calendar.version: self.calendar}
        return ledger.fold(self.entries, calendars) if self.entries else None

    @property
    def open(self) -> list[TaskRow]:
        """Open work."""
        return [task for task in self.tasks if task.state == "open"]

    def _clock(self, act: Act, now: datetime, until: datetime | None) -> None:
        running_now = self.status in RUNNING
        if act in (Act.RECEIVE, Act.INTAKE):
            self._write(Kind.START, now, amount=self.amount, unit=self.unit.value)
        elif act in PAUSES and running_now:
            self._write(Kind.PAUSE, now, reason=PAUSES[act])
        elif act in GOES_ON:
            self._write(Kind.RESUME, now)
        elif act is Act.SUPPLEMENT and self.back_to in RUNNING:
            self._write(Kind.RESTART, now)
        elif act is Act.EXTEND:
            self._write(Kind.EXTEND, now, until_at=until)
        elif act in ENDS and self.entries:
            self._write(Kind.STOP, now)

    def _write(self, kind: Kind, now: datetime, **what: object) -> None:
        entry = Entry(kind=kind, at=now, calendar_version=self.calendar.version, **what)
        self.entries.append(entry)
        stands = self.standing
        assert stands is not None
        self.due_at = stands.due_at
        self.entries[-1] = msgspec.structs.replace(entry, due_at=stands.due_at)

    def _stand(self, act: Act, before: Status | None) -> None:
        if act in PAUSES:
            self.pause, self.back_to = PAUSES[act], before
            self.requests += act in (Act.ASK_SUPPLEMENT, Act.ASK_AGAIN)
        elif act in GOES_ON or act is Act.SUPPLEMENT:
            self.status, self.pause, self.back_to = self.back_to, None, None
        elif act in (Act.STOP, Act.WITHDRAW):
            self.pause, self.back_to = None, None
        self.extensions += act is Act.EXTEND
        self.has_result |= act is Act.ATTACH_RESULT
        end = transition(act).end
        self.status = end if end is not None else self.status

    def _walk(self, act: Act, actor: Actor, node: str, task: UUID | None) -> None:
        move, recalled = transition(act).move, self.recall_task
        self.recall_task = None
        if move is Move.ENTER:
            self.run = running.begin(self.tree, KNOWN)
            self._open(running.active(self.tree, self.run))
        elif move is Move.ON:
            self._go(running.complete(self.tree, self.run, node, KNOWN), actor)
            self.recall_task = task
        elif move is Move.BACK:
            target = standing.target_back(self.tree, self.run, node)
            assert target is not None
            self._go(running.send_back(self.tree, self.run, target), actor)
        elif move is Move.RECALL:
            self._recall(next(each for each in self.tasks if each.id == recalled))
        elif move is Move.LEAVE:
            self._close({each.node for each in self.open}, actor, node)

    def _go(self, later: Run | None, actor: Actor) -> None:
        assert later is not None
        opened, closed = running.moved(self.tree, self.run, later)
        self._close(set(closed), actor, *(set(closed) & later.done))
        self.run = later
        self._open([one for one in running.active(self.tree, later) if one.id in opened])

    def _recall(self, task: TaskRow) -> None:
        earlier = running.recall(self.tree, self.run, task.node)
        assert earlier is not None
        again, gone = running.moved(self.tree, self.run, earlier)
        newest = {each.node: each.id for each in self.tasks if each.node in again}
        self.tasks = [
            msgspec.structs.replace(each, state="open", closed_by=None)
            if each.id in newest.values()
            else msgspec.structs.replace(each, state="cancelled")
            if each.state == "open" and each.node in gone else each
            for each in self.tasks
        ]  # fmt: skip
        self.run = earlier
        done = [each for each in self.tasks if each.state == "done" and each.kind == "step"]
        self.status = Status.PROCESSING if done else Status.RECEIVED

    def _open(self, actives: list[running.Active] | tuple[running.Active, ...]) -> None:
        for one in actives:
            assert isinstance(one.node, Step)
            self.tasks.append(
                TaskRow(
                    id=uuid4(), node=one.id, kind="step", state="open", agency_id=self.agency_id,
                    post_id=self.posts[one.node.post],
                )
            )  # fmt: skip

    def _close(self, nodes: set[str], actor: Actor, *done: str) -> None:
        self.tasks = [
            msgspec.structs.replace(
                each, state="done" if each.node in done else "cancelled", closed_by=actor.id
            )
            if each.state == "open" and each.node in nodes
            else each
            for each in self.tasks
        ]
