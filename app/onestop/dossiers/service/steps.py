"""How an act moves a dossier: along its workflow, to its next status, with its traces."""

from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import NobodyThere
from app.onestop.dossiers.rules import Act, Move, transition
from app.onestop.dossiers.service import tasks
from app.onestop.dossiers.service.opening import Case, open_case
from app.onestop.dossiers.service.traces import cleaned_note, leave_trace
from app.onestop.dossiers.service.walking import known_of
from app.onestop.dossiers.standing import target_back
from app.onestop.workflows import running
from app.onestop.workflows.running import Run
from app.people.shapes import Actor

__all__ = ["Case", "carry_out", "cleaned_note", "enter", "open_case"]


async def carry_out(
    actor: Actor, act: Act, case: Case, *, note: str | None = None, post_id: UUID | None = None
) -> Dossier:
    """Write what the act changes, with whatever the verb has set on the dossier itself.

    `post_id` chooses among the posts of the kind the next step needs. Raises NobodyThere,
    Malformed.
    """
    dossier, row = case.dossier, transition(act)
    clean_note = cleaned_note(note)
    if row.end is not None:
        dossier.status = row.end.value
    await _move(actor, row.move, case, post_id)
    dossier.version += 1
    await dossier.save()
    step = case.turn.node if case.turn else None
    await leave_trace(actor, dossier, act, note=clean_note, step=step)
    return dossier


async def enter(case: Case, desk_id: UUID | None = None) -> None:
    """Begin the workflow of a dossier just received; the first step is the desk's."""
    run = running.begin(case.tree, await known_of(case))
    case.dossier.run = _text(run)
    await case.dossier.save()
    await tasks.enter(case, run, desk_id)


async def _move(actor: Actor, move: Move, case: Case, post_id: UUID | None) -> None:
    dossier = case.dossier
    dossier.recall_task = None
    match move:
        case Move.ENTER:
            await enter(case, post_id)
        case Move.ON | Move.BACK:
            later = await _later(move, case)
            await tasks.follow(actor, case, later, post_id)
            dossier.run = _text(later)
            dossier.recall_task = case.turn.id if move is Move.ON and case.turn else None
        case Move.LEAVE:
            await tasks.leave(actor, case)


async def _later(move: Move, case: Case) -> Run:
    assert case.turn is not None, "an act that moves is done at an open step"
    if move is Move.ON:
        later = running.complete(case.tree, case.run, case.turn.node, await known_of(case))
    else:
        target = target_back(case.tree, case.run, case.turn.node)
        later = running.send_back(case.tree, case.run, target) if target else None
    if later is None:
        raise NobodyThere
    return later


def _text(run: Run) -> str:
    return msgspec.json.encode(run).decode()
