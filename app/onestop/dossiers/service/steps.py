"""How an act moves a dossier: along its workflow, to its next status, with its traces."""

from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import NobodyThere
from app.onestop.dossiers.rules import Act, Move, transition
from app.onestop.dossiers.service import linking, tasks, waiting
from app.onestop.dossiers.service.opening import Case, open_case
from app.onestop.dossiers.service.replying import reply
from app.onestop.dossiers.service.traces import cleaned_note, leave_trace
from app.onestop.dossiers.service.walking import known_of
from app.onestop.dossiers.standing import target_back, text_of, tree_of
from app.onestop.workflows import running
from app.onestop.workflows.running import Run
from app.onestop.workflows.shelf import in_force, pinned
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
    whom = actor.stands_in_at(case.turn.post_id) if case.turn else None
    await leave_trace(actor, dossier, act, note=clean_note, step=step, on_behalf_of=whom)
    await _settle(actor, row.move, case)
    await reply(dossier, act, clean_note)
    return dossier


async def enter(case: Case, desk_id: UUID | None = None) -> None:
    """Begin the workflow of a dossier just received, pinned to the version in force today; the
    first step is the desk's."""
    dossier = case.dossier
    dossier.workflow_id = await in_force(case.procedure.code)
    tree = tree_of(case.procedure, await pinned(dossier.workflow_id))
    run = running.begin(tree, await known_of(case))
    dossier.run = text_of(run)
    await dossier.save()
    await tasks.enter(msgspec.structs.replace(case, tree=tree), run, desk_id)


async def _move(actor: Actor, move: Move, case: Case, post_id: UUID | None) -> None:
    dossier = case.dossier
    dossier.recall_task = None
    match move:
        case Move.ENTER:
            await enter(case, post_id)
        case Move.ON | Move.BACK:
            later = await _later(move, case)
            await tasks.follow(actor, case, later, post_id)
            dossier.run = text_of(later)
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


async def _settle(actor: Actor, move: Move, case: Case) -> None:
    if move is Move.LEAVE:
        await linking.leave(actor, case)
    elif move is not Move.ENTER:
        await waiting.settle(actor, case)
