"""Asking another agency for its opinion (lấy ý kiến), with a limit of its own."""

from datetime import datetime
from uuid import UUID

from app.onestop.catalog.shapes import PostKind
from app.onestop.deadlines import ledger_service as ledger
from app.onestop.deadlines.clocks import OPINION
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers.models import Dossier, Task
from app.onestop.dossiers.refusals import AskElsewhere, LaterDay
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import tasks
from app.onestop.dossiers.service.last_days import last_day
from app.onestop.dossiers.service.steps import Case, carry_out, open_case
from app.onestop.dossiers.service.traces import needed_note
from app.onestop.workflows.tree import Step
from app.people.shapes import Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_QUESTION = "Ghi nội dung cần lấy ý kiến."
_ANSWER = "Ghi ý kiến trả lời của cơ quan."
_CLOSE = """
update task set state = 'done', closed_at = $2, closed_by = $3, answer = $4 where id = $1
"""


async def ask_opinion(
    officer: Actor,
    code: str,
    version: int | None,
    *,
    agency_id: UUID,
    question: str,
    answer_by: datetime,
    node: str | None = None,
) -> Dossier:
    """Ask an agency, which answers until the end of that working day; the whole time goes on.

    Decree 118/2025, Article 19 clause 5. Raises NotFound, NotAllowed, NotYourTurn, Overtaken,
    NobodyThere, AskElsewhere, LaterDay, Malformed without a question.
    """
    case = await open_case(officer, Act.ASK_OPINION, code, version, node=node)
    text, until = needed_note(question, _QUESTION), await _until(agency_id, answer_by)
    if case.turn is None or agency_id == case.turn.agency_id:
        raise AskElsewhere
    task_id = await _ask(case, agency_id, text, until)
    await ledger.start_until(
        officer, case.dossier.id, until, basis=OPINION, agency_id=agency_id,
        clock=ClockName.OPINION, subject_id=task_id,
    )  # fmt: skip
    return await carry_out(officer, Act.ASK_OPINION, case, note=text)


async def give_opinion(
    officer: Actor, code: str, version: int | None, note: str | None, *, node: str | None = None
) -> Dossier:
    """Answer for one's agency (trả lời ý kiến). Raises NotFound, NotAllowed, Overtaken,
    Malformed."""
    case = await open_case(officer, Act.GIVE_OPINION, code, version, node=node)
    text = needed_note(note, _ANSWER)
    assert case.turn is not None, "an opinion is given at the task that asks for it"
    await db.tenant.execute(_CLOSE, case.turn.id, now(), officer.id, text)
    await ledger.stop(
        officer, case.dossier.id, Act.GIVE_OPINION.value,
        clock=ClockName.OPINION, subject_id=case.turn.id,
    )  # fmt: skip
    return await carry_out(officer, Act.GIVE_OPINION, case, note=text)


async def _ask(case: Case, agency_id: UUID, question: str, until: datetime) -> UUID:
    task_id = uuid7()
    step = Step(f"opinion:{task_id}", "Trả lời ý kiến", PostKind.SPECIALIST)
    await Task(
        id=task_id,
        dossier_id=case.dossier.id,
        node=step.id,
        kind="opinion",
        name=step.name,
        agency_id=agency_id,
        post_id=await tasks.post_for(agency_id, step),
        state="open",
        opened_at=now(),
        due_at=until,
        question=question,
    ).save()
    return task_id


async def _until(agency_id: UUID, day: datetime) -> datetime:
    calendar = await calendar_in_force(agency_id=agency_id)
    wanted = last_day(day, "answer_by", now())
    if not calendar.is_working_day(wanted) or calendar.closes(wanted) <= now():
        raise LaterDay
    return calendar.closes(wanted)
