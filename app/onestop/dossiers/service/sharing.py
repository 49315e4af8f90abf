"""Who does the work: assigning it to a holder of the post, taking back what was passed on."""

from uuid import UUID

import msgspec

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import AlreadyTaken, NotAHolder
from app.onestop.dossiers.rules import RUNNING, Act, Status
from app.onestop.dossiers.service import tasks, waiting
from app.onestop.dossiers.service.opening import Case
from app.onestop.dossiers.service.overtaking import overtaken
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.service.traces import trace_only
from app.onestop.dossiers.standing import TaskRow
from app.onestop.workflows import running
from app.people.shapes import Actor
from infra.clock import today
from tenants import db

# Served by post_holding_by_post.
_HOLDS = """
select 1 from post_holding h join officer o on o.id = h.officer_id and o.dismissed_at is null
where h.post_id = $1 and h.officer_id = $2
  and h.from_on <= $3 and (h.to_on is null or h.to_on >= $3)
"""
_ASSIGN = "update task set officer_id = $2 where id = $1"


async def assign(
    officer: Actor, code: str, version: int | None, *, to: UUID | None, node: str | None = None
) -> Dossier:
    """Assign the open step to one holder of its post (phân công xử lý); None: to any of them.

    Raises NotFound, NotAllowed, Overtaken, NotAHolder.
    """
    case = await open_case(officer, Act.ASSIGN, code, version, node=node)
    assert case.turn is not None, "work is assigned at an open step"
    if to is not None and not await db.tenant.fetch_value(_HOLDS, case.turn.post_id, to, today()):
        raise NotAHolder
    await db.tenant.execute(_ASSIGN, case.turn.id, to)
    dossier = case.dossier
    dossier.version, dossier.recall_task = dossier.version + 1, None
    await dossier.save()
    await trace_only(officer, dossier, Act.ASSIGN, step=case.turn.node, to=to)
    return dossier


async def recall(officer: Actor, code: str, version: int | None) -> Dossier:
    """Take back the step one has just passed on (rút lại), while nobody has touched it since.

    Everything stands again as it did before: status, run, deadline and whose turn it is, also where
    the step led straight to a wait of the workflow. Raises NotFound,
    NotAllowed, Overtaken, AlreadyTaken.
    """
    case = await open_case(officer, Act.RECALL, code, version)
    dossier, task = case.dossier, _recalled(case)
    earlier = running.recall(case.tree, case.run, task.node)
    if earlier is None:
        raise await overtaken(dossier, officer)
    if any(turn.officer_id for turn in case.facts.turns):
        raise AlreadyTaken
    await tasks.withdraw(officer, case, earlier)
    if waiting.paused_by_workflow(case):
        await waiting.undo(officer, dossier)
    dossier.run = msgspec.json.encode(earlier).decode()
    dossier.status = _status_before(case).value
    return await carry_out(officer, Act.RECALL, case)


def _recalled(case: Case) -> TaskRow:
    return next(task for task in case.tasks if task.id == case.dossier.recall_task)


def _status_before(case: Case) -> Status:
    """The first step is the desk's: back there the dossier is only received again."""
    earlier = [task for task in case.tasks if task.state == "done" and task.kind == "step"]
    first = len(earlier) == 1 and case.dossier.status in RUNNING
    return Status.RECEIVED if first else Status.PROCESSING
