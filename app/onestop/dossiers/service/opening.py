"""What every act begins with: lock the dossier, ask the rules, or say why not."""

import msgspec
from piccolo.columns.combination import WhereRaw

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import Procedure
from app.onestop.dossiers import refusals, standing
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Answer, Facts, Need, Turn, allowed, transition, turn_for
from app.onestop.dossiers.service.overtaking import overtaken
from app.onestop.dossiers.standing import TaskRow
from app.onestop.workflows.running import Run
from app.onestop.workflows.shelf import pinned
from app.onestop.workflows.tree import Node
from app.people.shapes import Actor
from app.refusals import NotAllowed, NotFound
from infra.clock import now
from tenants import db

# Served by task_by_dossier.
_TASKS = """
select id, node, kind, state, agency_id, post_id, officer_id, closed_by
from task where dossier_id = $1 order by opened_at, id
"""


class Case(msgspec.Struct, frozen=True):
    """A locked dossier, the procedure it is pinned to, its way, and what the rules know of it.

    `turn` is the open work the act is done at; None where it needs none.
    """

    dossier: Dossier
    procedure: Procedure
    tree: Node
    run: Run
    tasks: list[TaskRow]
    facts: Facts
    turn: Turn | None = None


async def open_case(
    actor: Actor, act: Act, code: str, version: int | None, *, on_paper: bool = False,
    node: str | None = None,
) -> Case:  # fmt: skip
    """Lock the dossier and make sure the actor may do `act` with it now.

    `node` is the open work it is meant for, by default the actor's own.

    Raises NotFound (also when it is not this person's), Overtaken, NotAllowed, and the refusals
    that say what the dossier lacks for the act.
    """
    named = WhereRaw("id = dossier_named({})", code)
    dossier = await Dossier.objects().where(named).first().lock_rows("UPDATE")
    if dossier is None:
        raise NotFound
    case = await case_of(dossier, has_result=on_paper or await _has_result(dossier, act))
    answer = allowed(act, case.facts, actor, node)
    if answer is Answer.NOT_YOURS:
        raise NotFound
    if answer is Answer.NOT_NOW or version not in (None, dossier.version):
        raise await overtaken(dossier, actor)
    if answer is Answer.PAUSED and case.facts.halted:
        raise refusals.WaitedFor
    if answer is not Answer.YES:
        raise _REFUSALS[answer]
    return msgspec.structs.replace(case, turn=turn_for(act, case.facts, actor, node))


async def case_of(dossier: Dossier, *, has_result: bool = False) -> Case:
    """All that is known of a dossier whose row is locked by the caller."""
    procedure = await catalog.document(dossier.procedure_id)
    tree = standing.tree_of(procedure, await pinned(dossier.workflow_id))
    rows = await db.tenant.fetch(_TASKS, dossier.id)
    tasks = [TaskRow(**dict(row)) for row in rows]
    facts = standing.facts_of(dossier.to_dict(), tree, tasks, moment=now(), has_result=has_result)
    return Case(dossier, procedure, tree, standing.run_of(dossier.run), tasks, facts)


async def _has_result(dossier: Dossier, act: Act) -> bool:
    if Need.RESULT not in transition(act).needs:
        return False
    found = await db.tenant.fetch_value(
        "select 1 from paper where dossier_id = $1 and kind = 'result' limit 1", dossier.id
    )
    return found is not None


_REFUSALS = {
    Answer.NOT_YOUR_WORK: NotAllowed,
    Answer.NOT_YOUR_TURN: refusals.NotYourTurn,
    Answer.NO_RESULT: refusals.ResultMissing,
    Answer.DECIDED: refusals.AlreadyDecided,
    Answer.PAUSED: refusals.ClockPaused,
    Answer.NEEDS_LEADER: refusals.LeaderAsksAgain,
    Answer.TOO_LATE: refusals.ExtensionTooLate,
    Answer.EXTENDED: refusals.ExtendedBefore,
}
