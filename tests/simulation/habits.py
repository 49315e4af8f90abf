"""What people do next, and when: mostly their work, sometimes late, sometimes something else."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from app.onestop.catalog.shapes import PostKind
from app.onestop.deadlines.calendar import Calendar, local
from app.onestop.deadlines.counting import add_working_time, is_within_office_hours
from app.onestop.dossiers.rules import RUNNING, Act, Status, turn_for
from app.onestop.dossiers.standing import TaskRow
from app.onestop.workflows.tree import Step, Until, Wait, find
from app.people.shapes import Actor
from tests.onestop.dossiers.model import Model
from tests.simulation.province import HOLDERS
from tests.simulation.watching import Watched

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Wishes = dict[Act, float]

REGISTERED: Wishes = {Act.RECEIVE: 88, Act.REFUSE: 5, Act.ASK_SUPPLEMENT: 5, Act.WITHDRAW: 2}
ON_ITS_WAY: Wishes = {Act.TAKE_OVER: 97, Act.WITHDRAW: 3}
ASKED: Wishes = {Act.SUPPLEMENT: 88, Act.WITHDRAW: 8, Act.STOP: 4}
OWING: Wishes = {Act.CONFIRM_PAYMENT: 92, Act.WITHDRAW: 4, Act.STOP: 4}
RECEIVED: Wishes = {
    Act.HAND_OVER: 92, Act.CORRECT: 4, Act.ASK_SUPPLEMENT: 3, Act.WITHDRAW: 0.7, Act.EXTEND: 0.3,
}  # fmt: skip
PAUSED: Wishes = {Act.RESUME: 93, Act.WITHDRAW: 3, Act.STOP: 2, Act.CORRECT: 2}
SPECIALIST: Wishes = {
    Act.PROCESS: 78, Act.ASSIGN: 5, Act.ASK_SUPPLEMENT: 3, Act.ASK_PAYMENT: 3, Act.PAUSE: 3,
    Act.ASK_OPINION: 3, Act.CORRECT: 1, Act.EXTEND: 2, Act.STOP: 1, Act.WITHDRAW: 1,
}  # fmt: skip
LEADER: Wishes = {
    Act.APPROVE: 86, Act.SEND_BACK: 6, Act.ASK_OPINION: 2, Act.EXTEND: 2, Act.PAUSE: 1,
    Act.STOP: 1, Act.ASK_AGAIN: 1, Act.ASK_PAYMENT: 1,
}  # fmt: skip
DESK: Wishes = {Act.FINISH: 95, Act.ATTACH_RESULT: 3, Act.CORRECT: 1, Act.STOP: 1}
BY_POST = {PostKind.SPECIALIST: SPECIALIST, PostKind.LEADER: LEADER, PostKind.RECEPTION: DESK}
BY_STATUS = {
    Status.REGISTERED: REGISTERED, Status.SUPPLEMENT_ASKED: ASKED, Status.PAYMENT_ASKED: OWING,
    Status.RECEIVED: RECEIVED, Status.FINISHED: {Act.DELIVER: 1.0},
}  # fmt: skip
# Whose work it is when it is nobody's turn.
AT_OWN = {
    Act.INTAKE: PostKind.RECEPTION, Act.INTAKE_FOR: PostKind.RECEPTION,
    Act.TAKE_OVER: PostKind.RECEPTION,
    Act.RECEIVE: PostKind.RECEPTION, Act.REFUSE: PostKind.RECEPTION,
    Act.HAND_OVER: PostKind.RECEPTION, Act.CORRECT: PostKind.RECEPTION,
    Act.DELIVER: PostKind.RECEPTION, Act.FINISH: PostKind.RECEPTION,
    Act.ATTACH_RESULT: PostKind.RECEPTION, Act.ASK_SUPPLEMENT: PostKind.RECEPTION,
    Act.SUPPLEMENT: PostKind.RECEPTION, Act.WITHDRAW: PostKind.RECEPTION,
    Act.CONFIRM_PAYMENT: PostKind.RECEPTION, Act.RESUME: PostKind.SPECIALIST,
    Act.STOP: PostKind.SPECIALIST, Act.EXTEND: PostKind.LEADER, Act.ASK_AGAIN: PostKind.LEADER,
}  # fmt: skip
# What the desk that took it in for another agency does as well.
AT_EITHER_DESK = (Act.SUPPLEMENT, Act.WITHDRAW, Act.DELIVER)
CITIZENS = (Act.SUBMIT, Act.SUPPLEMENT, Act.WITHDRAW)


class Wish(NamedTuple):
    """Who is about to do what."""

    act: Act
    actor: Actor
    how: dict[str, Any]


def wish(one: Watched, now: datetime, calendar: Calendar) -> Wish | str:
    """What somebody is about to do, or the id of a time that is over by itself."""
    model, rng = one.model, one.rng
    task = _task(model, rng)
    wait = _wait_of(model, task)
    if wait is not None and wait.until is Until.TIMER:
        return wait.id
    act = Act.RESUME if wait else _act(model, task, rng)
    if act is Act.ASK_SUPPLEMENT and model.requests and rng.random() < 0.8:
        act = Act.ASK_AGAIN
    if act is Act.APPROVE and task and any(
        turn.id == task.id and turn.signs for turn in model.facts(now).turns
    ):  # fmt: skip
        act = Act.SIGN_OFF
    actor = _doer(one, act, task)
    return Wish(act, actor, _how(one, act, actor, now, calendar))


def filing(one: Watched) -> Wish:
    """The first act of all: over the wire by its citizen, or at the desk."""
    act = _act(one.model, None, one.rng)
    return Wish(act, _doer(one, act, None), {})


def pause_before_next(one: Watched, now: datetime, calendar: Calendar) -> datetime:
    """When somebody looks at the dossier again."""
    model, rng = one.model, one.rng
    status = model.status
    if status in (Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED):
        forgotten = rng.random() < 0.06
        return now + rng.uniform(30, 120) * DAY if forgotten else now + rng.expovariate(1 / 4) * DAY
    if status in RUNNING and model.pause is not None:
        return now + rng.uniform(2, 25) * DAY
    if any(task.kind == "wait" for task in model.open) and rng.random() < 0.5:
        return now + rng.uniform(0.5, 6) * DAY
    minutes = rng.uniform(10, 400)
    if status in RUNNING:
        minutes = max(5, _diligence(rng) * _minutes_of_step(model, calendar))
    return add_working_time(now, minutes * MINUTE, calendar)


def at_work(moment: datetime, calendar: Calendar, rng: Random) -> datetime:
    """When an officer does it: in office hours, but for a few who sign at night."""
    if rng.random() < 0.01 or is_within_office_hours(moment, calendar):
        return moment
    return add_working_time(moment, rng.uniform(1, 90) * MINUTE, calendar)


def _diligence(rng: Random) -> float:
    """How long a step takes of its share: most are quick, some slow, ill or forgetful."""
    chance = rng.random()
    if chance < 0.93:
        return rng.uniform(0.1, 0.8)
    return rng.uniform(0.8, 1.6) if chance < 0.985 else rng.uniform(2, 6)


def _minutes_of_step(model: Model, calendar: Calendar) -> float:
    days = {"working_days": 1.0, "days": 0.7, "months": 21.0, "same_day": 0.5}
    working = model.amount * days.get(model.unit, 1 / 8) * calendar.day_minutes
    shares = [
        node.share for task in model.open if isinstance(node := find(model.tree, task.node), Step)
    ]
    return working * max([*shares, 8]) / 100


def _task(model: Model, rng: Random) -> TaskRow | None:
    if model.status not in RUNNING or not model.open:
        return None
    return rng.choice(model.open)


def _wait_of(model: Model, task: TaskRow | None) -> Wait | None:
    """What is looked at, where it is no work of ours and the clock does not stand still for it."""
    node = find(model.tree, task.node) if task else None
    return node if isinstance(node, Wait) and model.pause is None else None


def _act(model: Model, task: TaskRow | None, rng: Random) -> Act:
    if model.status is None:
        at_the_desk = Act.INTAKE_FOR if model.desk_agency_id else Act.INTAKE
        return Act.SUBMIT if model.known.channel == "online" else at_the_desk
    if task is not None and task.kind == "opinion":
        return Act.GIVE_OPINION
    wishes = ON_ITS_WAY if model.on_its_way else BY_STATUS.get(model.status)
    if model.pause is not None and model.status in RUNNING:
        wishes = PAUSED
    if wishes is None:
        node = find(model.tree, task.node) if task else None
        assert isinstance(node, Step)
        wishes = BY_POST[node.post]
    return rng.choices(list(wishes), list(wishes.values()))[0]


def _doer(one: Watched, act: Act, task: TaskRow | None) -> Actor:
    rng, province = one.rng, one.province
    online = one.model.known.channel == "online"
    if act is Act.SUBMIT or (act in CITIZENS and online and rng.random() < 0.8):
        return Actor(kind="citizen", name="Người nộp", id=one.model.citizen_id)
    if act in AT_OWN or task is None or task.post_id is None:
        kind = AT_OWN.get(act, PostKind.SPECIALIST)
        at = _desk(one, act) or one.come.agency_id
        return province.officer(province.post(at, kind), rng.randrange(HOLDERS))
    if task.officer_id is not None and rng.random() < 0.9:
        return province.post_of(task.post_id, task.officer_id)
    return province.officer(task.post_id, rng.randrange(HOLDERS))


def _desk(one: Watched, act: Act) -> UUID | None:
    """The other desk, where the dossier was handed in."""
    if act is Act.INTAKE_FOR or (act in AT_EITHER_DESK and one.rng.random() < 0.6):
        return one.come.desk_id
    return None


def _how(one: Watched, act: Act, actor: Actor, now: datetime, calendar: Calendar) -> dict[str, Any]:
    rng = one.rng
    if act is Act.EXTEND and one.model.due_at is not None:
        day = local(one.model.due_at).date() + rng.randint(0, 9) * DAY
        return {"until": calendar.closes(calendar.next_working_day(day))}
    if act is Act.ASK_OPINION:
        day = local(now).date() + rng.randint(1, 7) * DAY
        others = [each for each in one.province.helpers if each[0] != one.come.agency_id]
        return {
            "until": calendar.closes(calendar.next_working_day(day)), "helper": rng.choice(others),
        }  # fmt: skip
    if act is Act.ASSIGN:
        turn = turn_for(act, one.model.facts(now), actor)
        if turn is not None and turn.post_id is not None and rng.random() < 0.9:
            return {"to": one.province.officer(turn.post_id, rng.randrange(HOLDERS)).id}
    return {}
