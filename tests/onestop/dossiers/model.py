"""A dossier on the rules alone: no database, and a clock that is told the time.

It does what the verbs do, out of the same pure parts, so that rules can be walked by the thousand.
"""

from collections.abc import Callable
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
    Turn,
    allowed,
    transition,
    turn_for,
)
from app.onestop.dossiers.standing import TaskRow
from app.onestop.workflows import conditions, running
from app.onestop.workflows.running import Active, Run
from app.onestop.workflows.tree import Node, Step, Sub, Wait, find
from app.people.shapes import SYSTEM, Actor
from tests.onestop.dossiers import awaiting, opinions

KNOWN = conditions.Facts()
PAUSES = {
    Act.ASK_SUPPLEMENT: "supplement",
    Act.ASK_AGAIN: "supplement",
    Act.ASK_PAYMENT: "financial_duty",
    Act.PAUSE: "publication",
}
COME = {Act.CONFIRM_PAYMENT, Act.RESUME, Act.SUPPLEMENT, Act.GO_ON_WITHOUT}
ENDS = {Act.FINISH, Act.STOP, Act.WITHDRAW}
KINDS = {Step: "step", Wait: "wait", Sub: "linked"}
# An agency, and the post there that takes the work; None where nobody of ours does it.
Place = tuple[UUID, UUID | None]


@dataclass
class Model:
    """One dossier. `posts` gives the post of each kind at its own agency.

    `place` says who takes what opens where a workflow leads to other agencies, `known` what its
    conditions may ask, `name` gives the ids. `calendar` is the one in force.
    `desk_agency_id`: whose desk takes it in, where that is another agency; `arrived`: it came.
    """

    tree: Node
    agency_id: UUID
    posts: dict[str, UUID]
    calendar: Calendar
    citizen_id: UUID
    desk_agency_id: UUID | None = None
    arrived: bool = False
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
    known: conditions.Facts = KNOWN
    place: Callable[[Active], Place] | None = None
    name: Callable[[], UUID] = uuid4
    version: int = 0
    opinions: dict[UUID, list[Entry]] = field(default_factory=dict)
    calendars: dict[int, Calendar] = field(default_factory=dict)
    _facts: Facts | None = None

    def facts(self, now: datetime) -> Facts:
        """What the rules know of it."""
        if self.status is None:
            return Facts(status=None, agency_id=self.agency_id, desk_agency_id=self.desk_agency_id)
        if self._facts is None:
            self._facts = self._known_now(now)
        overdue = self.due_at is not None and now > self.due_at
        return msgspec.structs.replace(self._facts, overdue=overdue, has_result=self.has_result)

    def _known_now(self, now: datetime) -> Facts:
        row = {
            "run": msgspec.json.encode(self.run).decode(), "status": self.status,
            "agency_id": self.agency_id, "citizen_id": self.citizen_id, "pause": self.pause,
            "desk_agency_id": self.desk_agency_id,
            "competent_received_at": now if self.arrived else None,
            "requests": self.requests, "extensions": self.extensions, "due_at": self.due_at,
            "recall_task": self.recall_task,
        }  # fmt: skip
        return standing.facts_of(row, self.tree, self.tasks, moment=now, has_result=self.has_result)

    def may(self, act: Act, actor: Actor, now: datetime) -> Answer:
        """What the rules say."""
        return allowed(act, self.facts(now), actor)

    def do(
        self, act: Act, actor: Actor, now: datetime, until: datetime | None = None, *,
        to: UUID | None = None, helper: Place | None = None, calendar: Calendar | None = None,
    ) -> None:  # fmt: skip
        """Do an allowed act. `until`: the new appointment of an extension, or when an opinion is
        due; `to`: whom work is assigned to; `helper`: who is asked for an opinion; `calendar`: the
        one now in force, where it has changed."""
        turn = turn_for(act, self.facts(now), actor)
        self.carry_out(act, actor, now, turn, until, to=to, helper=helper, calendar=calendar)

    def carry_out(
        self, act: Act, actor: Actor, now: datetime, turn: Turn | None,
        until: datetime | None = None, *, to: UUID | None = None, helper: Place | None = None,
        calendar: Calendar | None = None,
    ) -> None:  # fmt: skip
        """Do the act at that turn; no rule is asked."""
        self.calendar = calendar or self.calendar
        before, was = self.status, self.run
        self._clock(act, now, until)
        self._stand(act, before)
        if act in COME and self.status in (*RUNNING, Status.PAYMENT_ASKED):
            awaiting.come(self, actor, awaiting.over_by(self, act), now)
        self._walk(act, actor, turn.node if turn else "", turn.id if turn else None)
        if act is Act.ASSIGN and turn:
            self._change(turn.id, officer_id=to)
        elif act is Act.ASK_OPINION and helper and until:
            opinions.ask(self, helper, now, until)
        elif act is Act.GIVE_OPINION and turn:
            self._change(turn.id, state="done", closed_by=actor.id)
        if transition(act).move not in (Move.ENTER, Move.LEAVE):
            awaiting.settle(self, was, now)
        opinions.hush(self, now)
        self.passed.append(act)
        self.version += act is not Act.ATTACH_RESULT
        self._facts = None

    def arrives(self, node: str, now: datetime) -> None:
        """A time that was awaited is over, without anybody's act."""
        was, wait = self.run, find(self.tree, node)
        assert isinstance(wait, Wait)
        awaiting.come(self, SYSTEM, [wait], now)
        awaiting.settle(self, was, now)
        self.recall_task = None
        self.version += 1
        self._facts = None

    def recount(self, calendar: Calendar, now: datetime) -> None:
        """The clock is counted anew on a changed calendar, unless it has stopped."""
        self.calendar = calendar
        stands = self.standing
        if stands and stands.stopped_at is None and stands.calendar_version != calendar.version:
            self.write(Kind.CALENDAR, now)

    @property
    def standing(self) -> Standing | None:
        """What the ledger's rows add up to."""
        return ledger.fold(self.entries, self.calendars) if self.entries else None

    @property
    def on_its_way(self) -> bool:
        """Whether another agency's desk took it in, and the competent one has not got it yet."""
        return (
            self.status is Status.RECEIVED and self.desk_agency_id is not None and not self.arrived
        )

    @property
    def open(self) -> list[TaskRow]:
        """Open work."""
        return [task for task in self.tasks if task.state == "open"]

    def _clock(self, act: Act, now: datetime, until: datetime | None) -> None:
        running_now = self.status in RUNNING
        if act in (Act.RECEIVE, Act.INTAKE, Act.TAKE_OVER):
            self.arrived = True
            self.write(Kind.START, now, amount=self.amount, unit=self.unit.value)
        elif act in PAUSES and running_now:
            self.write(Kind.PAUSE, now, reason=PAUSES[act])
        elif act is Act.SUPPLEMENT and self.back_to in RUNNING:
            self.write(Kind.RESTART, now)
        elif act is Act.EXTEND:
            self.write(Kind.EXTEND, now, until_at=until)
        elif act in ENDS and self.entries:
            self.write(Kind.STOP, now)

    def write(self, kind: Kind, now: datetime, **what: object) -> None:
        """The ledger's next row."""
        self.calendars[self.calendar.version] = self.calendar
        newest = kind in ledger.COUNTING
        version = self.calendar.version if newest else self.entries[-1].calendar_version
        self.count(self.entries, Entry(kind=kind, at=now, calendar_version=version, **what))
        self.due_at = self.entries[-1].due_at

    def count(self, entries: list[Entry], entry: Entry) -> None:
        """Add a row to a clock's, with the deadline they then add up to."""
        due_at = ledger.fold([*entries, entry], self.calendars).due_at
        entries.append(msgspec.structs.replace(entry, due_at=due_at))

    def _change(self, task_id: UUID, **what: object) -> None:
        self.tasks = [
            msgspec.structs.replace(each, **what) if each.id == task_id else each  # type: ignore[arg-type]
            for each in self.tasks
        ]

    def _stand(self, act: Act, before: Status | None) -> None:
        if act in PAUSES:
            self.pause, self.back_to = PAUSES[act], before
            self.requests += act in (Act.ASK_SUPPLEMENT, Act.ASK_AGAIN)
        elif act is Act.SUPPLEMENT:
            self.go_on()
        elif act in (Act.STOP, Act.WITHDRAW):
            self.pause, self.back_to = None, None
        self.extensions += act is Act.EXTEND
        self.has_result |= act is Act.ATTACH_RESULT
        end = transition(act).end
        self.status = end if end is not None else self.status

    def go_on(self) -> None:
        """It is what it was before it stood still."""
        self.status, self.pause, self.back_to = self.back_to, None, None

    def _walk(self, act: Act, actor: Actor, node: str, task: UUID | None) -> None:
        move, recalled = transition(act).move, self.recall_task
        self.recall_task = None
        if move is Move.ENTER:
            self.run = running.begin(self.tree, self.known)
            self._open(running.active(self.tree, self.run))
        elif move is Move.ON:
            self.go(running.complete(self.tree, self.run, node, self.known), actor)
            self.recall_task = task
        elif move is Move.BACK:
            target = standing.target_back(self.tree, self.run, node)
            assert target is not None
            self.go(running.send_back(self.tree, self.run, target), actor)
        elif move is Move.RECALL:
            self._recall(next(each for each in self.tasks if each.id == recalled))
        elif move is Move.LEAVE:
            self._close({each.node for each in self.open}, actor, node)

    def go(self, later: Run | None, actor: Actor) -> None:
        """On to another place in the workflow: work opens and closes."""
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
        if standing.halted_by(self.tree, self.run, self.pause):
            stands = self.standing
            assert stands is not None and stands.paused_since is not None
            self.write(Kind.RESUME, stands.paused_since)
            self.go_on()
        self.run = earlier
        done = [each for each in self.tasks if each.state == "done" and each.kind == "step"]
        self.status = Status.PROCESSING if done else Status.RECEIVED

    def _open(self, actives: list[Active] | tuple[Active, ...]) -> None:
        for one in actives:
            agency_id, post_id = (self.place or self._own)(one)
            self.tasks.append(
                TaskRow(
                    id=self.name(), node=one.id, kind=KINDS[type(one.node)], state="open",
                    agency_id=agency_id, post_id=post_id,
                )
            )  # fmt: skip

    def _own(self, one: Active) -> Place:
        return self.agency_id, self.posts[one.node.post] if isinstance(one.node, Step) else None

    def _close(self, nodes: set[str], actor: Actor, *done: str) -> None:
        self.tasks = [
            msgspec.structs.replace(
                each, state="done" if each.node in done else "cancelled", closed_by=actor.id
            )
            if each.state == "open" and each.node in nodes
            else each
            for each in self.tasks
        ]
