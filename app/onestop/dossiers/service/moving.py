"""Moving an open dossier to another version of its workflow (chuyển sang phiên bản mới).

Nothing moves by itself: an administrator chooses the dossiers, and the step where it is not plain.
"""

from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import AlreadyEnded, StepNeeded
from app.onestop.dossiers.rules import ASKED, RUNNING
from app.onestop.dossiers.service import linking, tasks, visits, waiting
from app.onestop.dossiers.service.opening import Case, case_of
from app.onestop.dossiers.service.walking import known_of
from app.onestop.dossiers.standing import standing_in, text_of
from app.onestop.workflows import shelf
from app.onestop.workflows.refusals import NotInUse
from app.onestop.workflows.running import Active, active
from app.onestop.workflows.shelf import Kept
from app.onestop.workflows.tree import Node, Step, Sub, Wait, find
from app.people.service import administrator_only
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from tenants import db

_RENAME = "update task set name = $3 where dossier_id = $1 and node = $2 and state = 'open'"


async def move(
    officer: Actor, dossier_id: UUID, workflow_id: UUID, *, step: str | None = None
) -> bool:
    """Let the dossier walk that version from where it stands, or from `step`; whether it moved.

    Again changes nothing. Raises NotAllowed, NotFound, NotInUse, AlreadyEnded, StepNeeded when it
    is not plain where it would stand, NobodyThere.
    """
    administrator_only(officer)
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first().lock_rows("UPDATE")
    target = await shelf.kept(workflow_id)
    if dossier is None or target is None:
        raise NotFound
    if dossier.workflow_id == workflow_id:
        return False
    case = await case_of(dossier)
    _must_fit(case, target)
    tree = (await shelf.workflow_of(workflow_id)).tree
    later = standing_in(case.tree, tree, case.run, await known_of(case), step)
    if later is None:
        raise StepNeeded(dossier.code)
    before = dossier.workflow_id
    dossier.workflow_id, dossier.run, dossier.recall_task = workflow_id, text_of(later), None
    dossier.version += 1
    await _stand(officer, case, msgspec.structs.replace(case, tree=tree, run=later))
    await record(
        officer, "dossier.change_workflow", ("dossier", dossier.id),
        detail={"code": dossier.code, "from": before, "to": workflow_id,
                "at": [one.id for one in active(tree, later)]},
        basis=(await shelf.workflow_of(workflow_id)).basis,
    )  # fmt: skip
    return True


def _must_fit(case: Case, target: Kept) -> None:
    if target.procedure_code != case.procedure.code:
        raise NotFound
    if target.state != "published":
        raise NotInUse
    if case.dossier.due_at is None or case.dossier.status not in (*RUNNING, *ASKED):
        raise AlreadyEnded


async def _stand(officer: Actor, was: Case, now: Case) -> None:
    """Tasks, clocks and pause as the new version has them; what is the same stays untouched."""
    dossier = now.dossier
    if waiting.paused_by_workflow(was) and not waiting.paused_by_workflow(now):
        await waiting.go_on(officer, dossier)
    await dossier.save()
    opened = await _change_tasks(officer, was, now)
    for visit in await visits.open_visits(dossier.id):
        if not _same_agency(find(was.tree, visit["node"]), find(now.tree, visit["node"])):
            await visits.leave(officer, dossier.id, visit["id"], "change_workflow")
    giver = next((task.agency_id for task in was.tasks if task.state == "open"), dossier.agency_id)
    await linking.pass_on(officer, dossier, giver, opened)
    await linking.visit(officer, now, now.run)
    await waiting.settle(officer, now)


async def _change_tasks(officer: Actor, was: Case, now: Case) -> list[str]:
    before = {one.id: one for one in active(was.tree, was.run)}
    after = {one.id: one for one in active(now.tree, now.run)}
    same = {name for name, one in after.items() if name in before and _same(before[name], one)}
    await tasks.close(
        officer, now.dossier, [name for name in before if name not in same], "cancelled"
    )
    for name in same:
        await db.tenant.execute(_RENAME, now.dossier.id, name, after[name].node.name)
    opened = [one for name, one in after.items() if name not in same]
    for one in opened:
        await tasks.open_task(now, now.run, one)
    return [one.id for one in opened]


def _same(before: Active, after: Active) -> bool:
    """Whether it is the same work of the same people, whatever it is called now."""
    old, new = before.node, after.node
    if [sub.agency for sub in before.subs] != [sub.agency for sub in after.subs]:
        return False
    if isinstance(old, Step) and isinstance(new, Step):
        return (old.post, old.held_by) == (new.post, new.held_by)
    if isinstance(old, Wait) and isinstance(new, Wait):
        return (old.until, old.limit) == (new.until, new.limit)
    return False


def _same_agency(before: Node | None, after: Node | None) -> bool:
    both = isinstance(before, Sub) and isinstance(after, Sub)
    return both and before.agency == after.agency  # type: ignore[union-attr]
