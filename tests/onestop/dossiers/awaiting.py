"""What a workflow waits for, on the rules alone: the clock stands still meanwhile, and goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.onestop.deadlines.shapes import Kind
from app.onestop.dossiers.rules import Act, Status
from app.onestop.workflows import running
from app.onestop.workflows.running import Run
from app.onestop.workflows.tree import Sub, Until, Wait
from app.onestop.workflows.waiting import BY_WORD, halting, reason_for, waits
from app.people.shapes import Actor

if TYPE_CHECKING:  # The two speak of each other.
    from tests.onestop.dossiers.model import Model

_STATUSES = {Until.PAPER: Status.SUPPLEMENT_ASKED, Until.PAYMENT: Status.PAYMENT_ASKED}


def over_by(model: "Model", act: Act) -> tuple[Wait | Sub, ...]:
    """The waits that are over with the act, or the other system's part nobody waits for."""
    kinds = {Act.CONFIRM_PAYMENT: (Until.PAYMENT,), Act.SUPPLEMENT: (Until.PAPER,)}.get(act)
    open_now = running.active(model.tree, model.run)
    if act is Act.GO_ON_WITHOUT:
        return tuple(one.node for one in open_now if isinstance(one.node, Sub))[:1]
    if kinds is not None:
        return waits(open_now, kinds)
    if act is not Act.RESUME or (model.pause is not None and not _by_workflow(model)):
        return ()
    return waits(open_now, BY_WORD)[:1]


def come(model: "Model", actor: Actor, done: Sequence[Wait | Sub], now: datetime) -> None:
    """Those waits are done: the clock goes on where nothing more holds it."""
    later = model.run
    for wait in done:
        later = running.complete(model.tree, later, wait.id, model.known) or later
    if model.pause is not None and _is_over(model, later, actor):
        model.write(Kind.RESUME, now)
        model.go_on()
    model.go(later, actor)


def settle(model: "Model", before: Run, now: datetime) -> None:
    """After an act: the clock stops if nobody works any more."""
    wait = halting(running.active(model.tree, model.run)) if model.entries else None
    if wait is None:
        return
    was = halting(running.active(model.tree, before))
    if model.pause is None:
        model.write(Kind.PAUSE, now, reason=reason_for(wait))
        model.pause, model.back_to = reason_for(wait), model.status
    elif wait == was or model.pause != reason_for(wait):
        return
    model.status = _STATUSES.get(wait.until, model.status)


def _is_over(model: "Model", later: Run, actor: Actor) -> bool:
    if _by_workflow(model):
        return _why(model, later) != model.pause
    return actor.kind != "system"


def _by_workflow(model: "Model") -> bool:
    return model.pause is not None and model.pause == _why(model, model.run)


def _why(model: "Model", run: Run) -> str | None:
    return reason_for(halting(running.active(model.tree, run)))
