"""What people try that is not theirs, or not yet: all of it must be refused."""

from datetime import datetime

from app.onestop.catalog.shapes import PostKind
from app.onestop.deadlines.calendar import Calendar
from app.onestop.dossiers.rules import Act, Status
from app.people.shapes import Actor, HeldPost
from tests.simulation.habits import Wish
from tests.simulation.province import HOLDERS, named
from tests.simulation.watching import Watched

_FILED = (Act.SUBMIT, Act.INTAKE, Act.INTAKE_FOR)
_ACTS = [act for act in Act if act not in _FILED]
# The law read a second time, by status, and not out of the table that is tested.
_ALWAYS = {Act.RECALL, Act.CORRECT, Act.WITHDRAW, Act.STOP, Act.ASK_SUPPLEMENT, Act.ASK_AGAIN,
           Act.EXTEND, Act.ASSIGN, Act.RESUME, Act.GIVE_OPINION}  # fmt: skip
LEGAL: dict[Status, set[Act]] = {
    Status.REGISTERED: {Act.RECEIVE, Act.REFUSE, Act.ASK_SUPPLEMENT, Act.ASK_AGAIN, Act.WITHDRAW},
    Status.RECEIVED: _ALWAYS | {Act.HAND_OVER, Act.TAKE_OVER},
    Status.PROCESSING: _ALWAYS | {Act.PROCESS, Act.APPROVE, Act.SIGN_OFF, Act.SEND_BACK,
                                  Act.ASK_OPINION, Act.ASK_PAYMENT, Act.PAUSE, Act.ATTACH_RESULT,
                                  Act.FINISH},
    Status.SUPPLEMENT_ASKED: {Act.SUPPLEMENT, Act.WITHDRAW, Act.STOP},
    Status.PAYMENT_ASKED: {Act.CONFIRM_PAYMENT, Act.WITHDRAW, Act.STOP, Act.GIVE_OPINION},
    Status.FINISHED: {Act.DELIVER},
    Status.DELIVERED: set(), Status.NOT_RECEIVED: set(), Status.WITHDRAWN: set(),
    Status.STOPPED: set(),
}  # fmt: skip
_ELSEWHERE = tuple(
    HeldPost(named("elsewhere", kind.value), kind.value, kind.value, named("elsewhere"), "Nơi khác")
    for kind in PostKind
)
_ADMINISTRATOR = HeldPost(named("quan-tri"), "administrator", "Quản trị", named("quan-tri"), "Sở")
STRANGERS = (
    Actor(kind="officer", name="Người Ngoài", id=named("stranger"), posts=_ELSEWHERE),
    Actor(kind="officer", name="Quản trị", id=named("administrator"), posts=(_ADMINISTRATOR,)),
    Actor(kind="citizen", name="Người khác", id=named("another citizen")),
    Actor(kind="citizen", name="Không rõ là ai"),
    Actor(kind="visitor", name="Khách"),
)


def meddle(one: Watched, now: datetime, calendar: Calendar) -> None:
    """A stranger tries anything; somebody of the agency tries what is not to be done now."""
    rng, status = one.rng, one.model.status
    if status is None:
        return
    if rng.random() < 0.5:
        _refused(one, rng.choice(_ACTS), rng.choice(STRANGERS), now, calendar)
        return
    never = [act for act in _ACTS if act not in LEGAL[status]]
    post = one.province.post(one.come.agency_id, rng.choice(list(PostKind)))
    _refused(
        one, rng.choice(never), one.province.officer(post, rng.randrange(HOLDERS)), now, calendar
    )


def collide(one: Watched, first: Wish, version: int, now: datetime, calendar: Calendar) -> None:
    """A colleague had the same page open: whatever they try with it comes too late."""
    rng = one.rng
    if one.model.version == version:
        return
    actor = first.actor
    if actor.kind == "officer" and rng.random() < 0.7:
        actor = one.province.officer(actor.posts[0].id, rng.randrange(HOLDERS))
    act = first.act if rng.random() < 0.5 else rng.choice(_ACTS)
    _refused(one, act, actor, now, calendar, version)


def _refused(
    one: Watched,
    act: Act,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    version: int | None = None,
) -> None:
    how = {"until": now} if act is Act.EXTEND else {}
    done = one.attempt(act, actor, now, calendar, version=version, **how)
    assert not done, f"{actor.name} was let do {act}"
