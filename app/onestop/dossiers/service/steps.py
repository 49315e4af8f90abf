"""What every act on a dossier has in common: lock, ask the rules, move, leave the traces."""

from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import Procedure
from app.onestop.dossiers.models import Dossier, Progress
from app.onestop.dossiers.refusals import NobodyThere, NotYourTurn, ResultMissing
from app.onestop.dossiers.rules import (
    Act,
    Answer,
    Facts,
    Move,
    Status,
    allowed,
    step_after,
    transition,
)
from app.onestop.dossiers.service.overtaking import overtaken
from app.onestop.forms import cleaning
from app.onestop.workflows.queries import posts_of
from app.onestop.workflows.rules import best_post
from app.people.shapes import Actor
from app.refusals import Malformed, NotAllowed, NotFound
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants import db

NOTE_LENGTH = 2000


class Case(msgspec.Struct, frozen=True):
    """A locked dossier with the procedure it is pinned to and what the rules know of it."""

    dossier: Dossier
    procedure: Procedure
    facts: Facts


async def open_case(
    officer: Actor, act: Act, code: str, version: int | None, *, on_paper: bool = False
) -> Case:
    """Lock the dossier and make sure the officer may do `act` with it now.

    Raises NotFound (also when it is not this officer's), Overtaken, NotAllowed, ResultMissing.
    """
    named = WhereRaw("id = dossier_named({})", code)
    dossier = await Dossier.objects().where(named).first().lock_rows("UPDATE")
    if dossier is None:
        raise NotFound
    procedure = await catalog.document(dossier.procedure_id)
    has_result = on_paper or (transition(act).needs_result and await _has_result(dossier.id))
    facts = facts_of(dossier, procedure, has_result=has_result)
    answer = allowed(act, facts, officer)
    if answer is Answer.NOT_YOURS:
        raise NotFound
    if answer is Answer.NOT_NOW or version not in (None, dossier.version):
        raise await overtaken(dossier)
    if answer is not Answer.YES:
        raise _REFUSALS[answer]
    return Case(dossier, procedure, facts)


def facts_of(dossier: Dossier, procedure: Procedure, *, has_result: bool = False) -> Facts:
    """What the rules must know of a dossier."""
    return Facts(
        status=Status(dossier.status),
        agency_id=dossier.agency_id,
        flow=tuple(procedure.flow),
        step=dossier.step,
        post_id=dossier.post_id,
        has_result=has_result,
    )


async def carry_out(
    officer: Actor, act: Act, case: Case, *, note: str | None = None, post_id: UUID | None = None
) -> Dossier:
    """Write what the act changes, with whatever the verb has set on the dossier itself.

    `post_id` chooses among the posts of the next step's kind. Raises NobodyThere, Malformed.
    """
    dossier, row = case.dossier, transition(act)
    clean_note = cleaned_note(note)
    if row.move is not Move.STAY:
        dossier.step = step_after(act, case.facts)
        dossier.post_id = (
            None if row.move is Move.LEAVE else await turn_of(case, dossier.step, post_id)
        )
    dossier.status = row.end.value
    dossier.version += 1
    await dossier.save()
    await leave_trace(officer, dossier, act, note=clean_note)
    return dossier


async def turn_of(case: Case, step: int | None, chosen: UUID | None = None) -> UUID:
    """The post (chức danh) that takes the step: the chosen one of its kind, or the best."""
    if step is None:
        raise NobodyThere
    return await post_for(case.dossier.agency_id, case.procedure, step, chosen)


async def post_for(
    agency_id: UUID, procedure: Procedure, step: int, chosen: UUID | None = None
) -> UUID:
    """The agency's post that takes a step of the flow. Raises NobodyThere, Malformed."""
    posts = await posts_of(agency_id, procedure.flow[step].post)
    if chosen is None:
        best = best_post(procedure.flow[step], posts)
        if best is None:
            raise NobodyThere
        return best.id
    if chosen not in {post.id for post in posts}:
        raise Malformed(fields={"post_id": "Chọn chức danh nhận hồ sơ trong danh sách."})
    return chosen


async def leave_trace(actor: Actor, dossier: Dossier, act: Act, *, note: str | None = None) -> None:
    """The citizen's progress row and the trail's, for an act that changed status or step."""
    row = transition(act)
    await _add_progress(actor, dossier, act, note)
    await record(
        actor,
        f"dossier.{act}",
        ("dossier", dossier.id),
        detail={"code": dossier.code, "status": dossier.status, "step": dossier.step},
        basis=row.basis,
    )


async def _add_progress(actor: Actor, dossier: Dossier, act: Act, note: str | None) -> None:
    agency = await db.tenant.fetch_value("select name from agency where id = $1", dossier.agency_id)
    await Progress(
        id=uuid7(),
        dossier_id=dossier.id,
        status=dossier.status,
        act=act.value,
        step=dossier.step,
        title=transition(act).title,
        agency_name=agency,
        officer_id=actor.id if actor.kind == "officer" else None,
        note=note,
        at=now(),
    ).save()


def cleaned_note(note: str | None) -> str | None:
    """The note as it is kept, None when it says nothing. Raises Malformed when it is too long."""
    text = cleaning.many_lines(note or "")
    if len(text) > NOTE_LENGTH:
        raise Malformed(fields={"note": f"Rút gọn ý kiến còn tối đa {NOTE_LENGTH} ký tự."})
    return text or None


async def _has_result(dossier_id: UUID) -> bool:
    found = await db.tenant.fetch_value(
        "select 1 from paper where dossier_id = $1 and kind = 'result' limit 1", dossier_id
    )
    return found is not None


_REFUSALS = {
    Answer.NOT_YOUR_WORK: NotAllowed,
    Answer.NOT_YOUR_TURN: NotYourTurn,
    Answer.NO_RESULT: ResultMissing,
}
