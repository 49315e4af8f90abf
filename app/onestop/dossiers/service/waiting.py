"""What a dossier waits for by its workflow (chờ): the clock stands still meanwhile, and goes on.

A pause an officer made lies beside open work; one the workflow makes comes when nothing but waits
is open. So the two can be told apart, and neither ends the other.
"""

from collections.abc import Sequence
from datetime import datetime

from app.onestop.deadlines.calendar import local
from app.onestop.deadlines.queries import standing_of
from app.onestop.dossiers.models import Dossier, Progress
from app.onestop.dossiers.rules import Finance, Status
from app.onestop.dossiers.service import clock, linking, tasks, wanting
from app.onestop.dossiers.service.opening import Case
from app.onestop.dossiers.service.walking import known_of
from app.onestop.dossiers.standing import halted_by, run_of, text_of
from app.onestop.notices import service as notices
from app.onestop.workflows.running import Run, active, complete
from app.onestop.workflows.tree import Sub, Until, Wait
from app.onestop.workflows.waiting import halting, reason_for, waits
from app.people.shapes import Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Served by task_open.
_SINCE = """
select max(opened_at) from task where dossier_id = $1 and state = 'open' and awaits = 'paper'
"""
_BY = "select due_at from task where dossier_id = $1 and node = $2 and state = 'open'"
_STATUSES = {Until.PAPER: Status.SUPPLEMENT_ASKED, Until.PAYMENT: Status.PAYMENT_ASKED}


def awaited(case: Case, *kinds: Until) -> tuple[Wait, ...]:
    """The open waits of those kinds."""
    return waits(active(case.tree, case.run), kinds)


def paused_by_workflow(case: Case) -> bool:
    """Whether the pause is the workflow's own, and not one an officer made."""
    return halted_by(case.tree, case.run, case.dossier.pause)


async def papers_asked_at(dossier: Dossier) -> datetime | None:
    """Since when the workflow waits for papers; None when it does not."""
    since: datetime | None = await db.tenant.fetch_value(_SINCE, dossier.id)
    return since


async def come(
    actor: Actor, case: Case, done: Sequence[Wait | Sub], *, at: datetime | None = None
) -> None:
    """What was awaited has come: those waits are done, what follows them opens.

    A pause made by an officer ends when an officer or the citizen says so, the workflow's own when
    it has nothing more to wait for; `at` is since when the time is counted again.
    """
    dossier, later = case.dossier, case.run
    facts = await known_of(case)
    for wait in done:
        later = complete(case.tree, later, wait.id, facts) or later
    if dossier.pause is not None and _is_over(actor, case, later):
        await go_on(actor, dossier, at)
    # The clock goes first: what opens now gets its time from a deadline that has moved already.
    await tasks.follow(actor, case, later)
    dossier.run = text_of(later)


async def go_on(actor: Actor, dossier: Dossier, at: datetime | None = None) -> None:
    """The clock goes on, and the dossier is what it was before it stood still."""
    await clock.resume(actor, dossier, at)
    dossier.status, dossier.pause, dossier.back_to = went_back(dossier), None, None
    if dossier.finance == Finance.DUE.value:  # Whoever confirms a payment has said so before.
        dossier.finance, dossier.pay_by = Finance.NONE.value, None


async def undo(actor: Actor, dossier: Dossier) -> None:
    """What had led to the wait is taken back: as if the clock had never stood still."""
    standing = await standing_of(dossier.id)
    assert standing is not None, "what is paused was started"
    await go_on(actor, dossier, standing.paused_since)


async def settle(actor: Actor, case: Case) -> None:
    """After an act: agencies entered and left, hand-overs written, the clock stopped if nobody
    works any more. Done twice it changes nothing."""
    later = run_of(case.dossier.run)
    if later != case.run:
        await linking.hand_over(actor, case, later)
        await linking.visit(actor, case, later)
    before, after = halting(active(case.tree, case.run)), halting(active(case.tree, later))
    if after is None or case.dossier.received_at is None:
        return
    if case.dossier.pause is None:
        await _stand_still(actor, case, after)
    elif after != before and case.dossier.pause == reason_for(after):
        await _show(actor, case, after)


def went_back(dossier: Dossier) -> int:
    """The status the dossier had before its citizen was asked."""
    return dossier.back_to or Status.PROCESSING.value


def _is_over(actor: Actor, case: Case, later: Run) -> bool:
    if paused_by_workflow(case):
        return _why(case, later) != case.dossier.pause
    return actor.kind != "system"


def _why(case: Case, run: Run) -> str | None:
    return reason_for(halting(active(case.tree, run)))


async def _stand_still(actor: Actor, case: Case, wait: Wait) -> None:
    dossier, reason = case.dossier, reason_for(wait)
    assert reason is not None, "a wait that halts has its reason"
    await clock.pause(actor, dossier, reason)
    dossier.pause, dossier.back_to = reason, dossier.status
    await _show(actor, case, wait)


async def _show(actor: Actor, case: Case, wait: Wait) -> None:
    """The dossier's status, its progress and a message say what is awaited."""
    dossier = case.dossier
    by = await db.tenant.fetch_value(_BY, dossier.id, wait.id)
    until = by or dossier.due_at
    dossier.status = _STATUSES.get(wait.until, Status(dossier.status)).value
    if wait.until is Until.PAYMENT:
        dossier.finance, dossier.pay_by = Finance.DUE.value, local(until).date()
    await dossier.save()
    await add_progress(dossier, "wait", wait.id, wait.name)
    occasion = f"{wait.id}:{dossier.version}"
    if wait.until is Until.PAYMENT:
        await notices.notify(dossier, "NGHIA_VU_TC", occasion=occasion, HAN=until)
    elif wait.until is Until.PAPER:
        await wanting.ask(actor, case, wait, until)
        short = "giay to con thieu theo quy trinh"
        await notices.notify(dossier, "BO_SUNG", occasion=occasion, LYDO=short, HAN=until)


async def add_progress(dossier: Dossier, act: str, step: str, title: str) -> None:
    """What the citizen sees of a change no officer made."""
    agency = await db.tenant.fetch_value("select name from agency where id = $1", dossier.agency_id)
    await Progress(
        id=uuid7(), dossier_id=dossier.id, status=dossier.status, act=act, step=step, title=title,
        agency_name=agency, officer_id=None, note=None, at=now(),
    ).save()  # fmt: skip
