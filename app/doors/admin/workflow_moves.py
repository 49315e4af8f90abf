"""Moving open dossiers to a version of their workflow: shown first, then those chosen."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from app.doors.admin.entry import administrator
from app.doors.admin.workflows_view import (
    Outcome,
    line_view,
    movable_rows,
    steps_to_choose,
    version_words,
)
from app.doors.asked import Asked
from app.doors.desk.inputs import uuid_or_none
from app.doors.render import page
from app.doors.sent import texts
from app.onestop.dossiers.queries.moving import Movable, movable_to
from app.onestop.dossiers.service.moving import move
from app.onestop.workflows import shelf
from app.onestop.workflows.refusals import NoSuchWorkflow, NotInUse
from app.onestop.workflows.shelf import Kept
from app.people.shapes import Actor
from app.refusals import Refusal
from infra.clock import today
from tenants.work import work

After = Annotated[UUID | None, QueryParameter(name="sau")]
HERE = "/quan-tri/quy-trinh"
MOVES = f"{HERE}/{{workflow_id:uuid}}/chuyen-ho-so"
OWN: dict[str, Any] = {"own_work": True}
_CHOSEN, _STEP = "chon.", "buoc."


@get(MOVES)
async def show_moves(
    request: Asked, workflow_id: FromPath[UUID], after: After = None
) -> Response[bytes]:
    """The open dossiers that walk another version, and where each would stand in this one."""
    await administrator(request)
    return await _moves_page(await _target(workflow_id), after=after)


@post(MOVES, opt=OWN)
async def move_dossiers(request: Asked, workflow_id: FromPath[UUID]) -> Response[bytes]:
    """Move those chosen, each in its own transaction, and say what became of each."""
    sent = await texts(request)
    async with work():
        who, target = await administrator(request), await _target(workflow_id)
        names = {one.id: one for one in (await movable_to(target, _after(sent))).dossiers}
    chosen = [uuid_or_none(name.removeprefix(_CHOSEN)) for name in sent if name.startswith(_CHOSEN)]
    outcomes = [await _move(who, target, one, sent, names) for one in chosen if one is not None]
    async with work():
        return await _moves_page(target, outcomes=outcomes, empty=not outcomes)


async def _move(
    who: Actor, target: Kept, dossier_id: UUID, sent: Mapping[str, str], names: dict[UUID, Movable]
) -> Outcome:
    known = names.get(dossier_id)
    code = known.code if known else "Hồ sơ đã chuyển trước đó"
    step = sent.get(f"{_STEP}{dossier_id}") or None
    try:
        async with work():
            moved = await move(who, dossier_id, target.id, step=step)
    except Refusal as refusal:
        return Outcome(code, "late", refusal.message)
    return Outcome(code, "ok" if moved else "done", "Đã chuyển." if moved else "Không đổi.")


async def _target(workflow_id: UUID) -> Kept:
    kept = await shelf.kept(workflow_id)
    if kept is None:
        raise NoSuchWorkflow
    if kept.state != "published":
        raise NotInUse
    return kept


async def _moves_page(
    target: Kept,
    *,
    after: UUID | None = None,
    outcomes: list[Outcome] | None = None,
    empty: bool = False,
) -> Response[bytes]:
    found, workflow = await movable_to(target, after), await shelf.workflow_of(target.id)
    return page(
        "admin/workflow_moves.html",
        status=422 if empty else 200,
        here=HERE,
        line=line_view(target, await shelf.in_force(target.procedure_code), today()),
        rows=movable_rows(found.dossiers),
        changes=[(version_words(version), said) for version, said in found.changes],
        steps=steps_to_choose(workflow.tree),
        after=after,
        next=found.next,
        outcomes=outcomes or [],
        nothing_chosen=empty,
    )


def _after(sent: Mapping[str, str]) -> UUID | None:
    return uuid_or_none(sent.get("sau", ""))
