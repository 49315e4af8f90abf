"""Time that passes by itself: timers and terms of publication end without anybody's act."""

from uuid import UUID

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.service import waiting
from app.onestop.dossiers.service.opening import Case, case_of
from app.onestop.dossiers.service.waiting import awaited
from app.onestop.notices import service as notices
from app.onestop.workflows.tree import Wait
from app.onestop.workflows.waiting import BY_TIME
from app.people.shapes import SYSTEM
from app.trail.service import record
from infra.clock import now
from tenants import db

# Both served by task_time_passes.
_DUE = """
select dossier_id from task
where state = 'open' and awaits in ('timer', 'publication') and due_at <= $1
group by dossier_id order by min(due_at), dossier_id limit $2
"""
_ANY = """
select exists (select from task
    where state = 'open' and awaits in ('timer', 'publication') and due_at <= $1)
"""
# Served by task_open.
_OVER = """
select node, due_at from task
where dossier_id = $1 and state = 'open' and awaits in ('timer', 'publication') and due_at <= $2
"""


async def waits_over(limit: int) -> list[UUID]:
    """Dossiers with a wait whose time is over, the longest over first."""
    rows = await db.tenant.fetch(_DUE, now(), limit)
    return [row["dossier_id"] for row in rows]


async def any_over() -> bool:
    """Whether some dossier has waited long enough."""
    return bool(await db.tenant.fetch_value(_ANY, now()))


async def end_waits(dossier_id: UUID) -> bool:
    """End the dossier's waits whose time is over; whether there was one. Again changes nothing.

    The clock goes on from the moment the term ended, however late we are. Raises NobodyThere.
    """
    dossier = await Dossier.objects().where(Dossier.id == dossier_id).first().lock_rows("UPDATE")
    if dossier is None:
        return False
    case, before = await case_of(dossier), dossier.due_at
    over = {row["node"]: row["due_at"] for row in await db.tenant.fetch(_OVER, dossier_id, now())}
    done = [wait for wait in awaited(case, *BY_TIME) if wait.id in over]
    if not done:
        return False
    await waiting.come(SYSTEM, case, done, at=max(over[wait.id] for wait in done))
    dossier.version, dossier.recall_task = dossier.version + 1, None
    await dossier.save()
    for wait in done:
        await _leave_traces(case, wait)
    await waiting.settle(SYSTEM, case)
    if dossier.due_at != before:
        await notices.notify(dossier, "HEN_MOI", occasion=str(dossier.version))
    return True


async def _leave_traces(case: Case, wait: Wait) -> None:
    dossier = case.dossier
    await waiting.add_progress(dossier, "end_wait", wait.id, f"Đã hết thời gian: {wait.name}")
    await record(
        SYSTEM,
        "dossier.end_wait",
        ("dossier", dossier.id),
        detail={"code": dossier.code, "status": dossier.status, "step": wait.id},
    )
