"""Whose turn it is: opening and closing the tasks that follow from how far a dossier is."""

from collections.abc import Sequence
from uuid import UUID

from app.onestop.dossiers.models import Dossier, Task
from app.onestop.dossiers.refusals import NobodyThere, SuccessorUnclear
from app.onestop.dossiers.service.clock import step_due
from app.onestop.dossiers.service.opening import Case
from app.onestop.workflows.agencies import ByKey, Outside, Own, agency_for, heirs_of
from app.onestop.workflows.queries import organisation, posts_of
from app.onestop.workflows.rules import best_post
from app.onestop.workflows.running import Active, Run, active, is_last, moved
from app.onestop.workflows.tree import Node, Step, Sub, Wait
from app.people.shapes import Actor
from app.refusals import Malformed
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_CLOSE = """
update task set state = $3, closed_at = $4, closed_by = $5
where dossier_id = $1 and node = any($2) and state = 'open'
"""
_CLOSE_ALL = """
update task set state = 'cancelled', closed_at = $2, closed_by = $3
where dossier_id = $1 and state = 'open'
"""
# Served by task_by_dossier. A step done before may have older tasks; the newest is taken up.
_REOPEN = """
update task set state = 'open', closed_at = null, closed_by = null
where id in (select distinct on (node) id from task where dossier_id = $1 and node = any($2)
             order by node, opened_at desc, id desc)
"""


async def follow(actor: Actor, case: Case, later: Run, chosen: UUID | None = None) -> None:
    """Close and open the dossier's tasks as the run goes from `case.run` to `later`.

    `chosen` is the post that takes what opens, where there is a choice. Raises NobodyThere,
    Malformed.
    """
    opened, closed = moved(case.tree, case.run, later)
    done = [node for node in closed if node in later.done]
    dropped = [node for node in closed if node not in later.done]
    await close(actor, case.dossier, done, "done")
    await close(actor, case.dossier, dropped, "cancelled")
    new = [one for one in active(case.tree, later) if one.id in opened]
    await _open_all(case, later, new, chosen)


async def enter(case: Case, run: Run, desk_id: UUID | None = None) -> None:
    """Open the first tasks of a dossier just received, at the desk that received it."""
    await _open_all(case, run, list(active(case.tree, run)), desk_id)


async def withdraw(actor: Actor, case: Case, earlier: Run) -> None:
    """Cancel what a step that is taken back had opened, and open again what it had closed: the
    step itself, and the branches it had dropped."""
    again, gone = moved(case.tree, case.run, earlier)
    await close(actor, case.dossier, list(gone), "cancelled")
    await db.tenant.execute(_REOPEN, case.dossier.id, list(again))


async def leave(actor: Actor, case: Case) -> None:
    """Nobody's turn any more: what is open is closed, the actor's own step as done."""
    if case.turn is not None:
        await close(actor, case.dossier, [case.turn.node], "done")
    await db.tenant.execute(_CLOSE_ALL, case.dossier.id, now(), actor.officer_id)


async def open_task(case: Case, run: Run, one: Active, chosen: UUID | None = None) -> UUID | None:
    """One task of what has become possible, with its share of the time; the post that has it."""
    dossier, node = case.dossier, one.node
    last = is_last(case.tree, run, node.id)
    agency_id = await agency_of(dossier, one.node, one.subs)
    post_id = await post_for(agency_id, node, chosen) if isinstance(node, Step) else None
    await Task(
        id=uuid7(),
        dossier_id=dossier.id,
        node=node.id,
        kind=_KINDS[type(node)],
        name=node.name,
        agency_id=agency_id,
        post_id=post_id,
        state="open",
        opened_at=now(),
        due_at=await step_due(dossier, one, last=last),
        awaits=node.until.value if isinstance(node, Wait) else None,
    ).save()
    return post_id


async def post_for(agency_id: UUID, step: Step, chosen: UUID | None = None) -> UUID:
    """The agency's post (chức danh) that takes a step: the chosen one where it is of its kind, else
    the best. Raises NobodyThere."""
    posts = await posts_of(agency_id, step.post)
    if chosen in {post.id for post in posts}:
        return chosen
    best = best_post(step.held_by, posts)
    if best is None:
        raise NobodyThere
    return best.id


async def agency_of(dossier: Dossier, node: Node, subs: Sequence[Sub]) -> UUID:
    """The agency that has the work: the dossier's own, or the one its innermost part names.

    What lies with an agency outside or another system is awaited by the one that asked it.
    Raises NobodyThere, SuccessorUnclear.
    """
    within = [*subs, node] if isinstance(node, Sub) and node.tenant is None else subs
    named = (sub.agency for sub in reversed(within))
    ref = next((ref for ref in named if not isinstance(ref, Outside)), Own())
    if isinstance(ref, Own):
        return UUID(str(dossier.agency_id))
    house = await organisation()
    own = house.key_of(dossier.agency_id)
    key = agency_for(ref, own, house.placed, house.successors)
    if key is not None:
        return house.ids[key]
    if isinstance(ref, ByKey) and heirs_of(ref.key, house.placed, house.successors):
        raise SuccessorUnclear
    raise NobodyThere


async def _open_all(case: Case, run: Run, new: Sequence[Active], chosen: UUID | None) -> None:
    takers = [await open_task(case, run, one, chosen) for one in new]
    if chosen is not None and chosen not in takers:
        raise Malformed(fields={"post_id": "Chọn chức danh nhận hồ sơ trong danh sách."})


async def close(actor: Actor, dossier: Dossier, nodes: list[str], state: str) -> None:
    """Close the open tasks of those nodes; `state` is done or cancelled."""
    if nodes:
        await db.tenant.execute(_CLOSE, dossier.id, nodes, state, now(), actor.officer_id)


_KINDS = {Step: "step", Wait: "wait", Sub: "linked"}
