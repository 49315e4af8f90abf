"""The page of one dossier, for its citizen and for the officers who handle it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.needs import limit_for, papers_for
from app.onestop.catalog.shapes import Paper, PostKind, Procedure
from app.onestop.deadlines.queries import calendar_in_force
from app.onestop.deadlines.rules import Remaining, remaining
from app.onestop.dossiers import standing
from app.onestop.dossiers.queries.openings import awaited, openings
from app.onestop.dossiers.rules import ENDED, Act, Facts, Status, acts_open, works_on
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL, Applicant
from app.onestop.forms.rules import lines as form_lines
from app.onestop.forms.shapes import Sheet
from app.onestop.forms.source import form_named
from app.onestop.notices.queries import NoticeView, notices_of
from app.onestop.papers.queries import PaperView, papers_of_dossier
from app.onestop.workflows.conditions import Facts as Known
from app.onestop.workflows.queries import posts_of
from app.onestop.workflows.rules import PostChoice
from app.onestop.workflows.shelf import pinned
from app.onestop.workflows.tree import Node
from app.people.shapes import Actor
from app.trail.reading import note_dossier
from infra.clock import now
from tenants import db


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline; `note` is the officers' own and None for the citizen."""

    status: int
    title: str
    agency_name: str
    officer_name: str | None
    note: str | None
    at: datetime


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the deadline's ledger, of the reception's time or of the whole: why that date."""

    kind: str
    at: datetime
    due_at: datetime | None
    basis: str
    explanation: list[str]


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the procedure's flow, and whether the dossier is past it, at it or before it."""

    name: str
    state: str  # done | current | ahead


class TaskView(standing.TaskRow, frozen=True, kw_only=True):
    """Work with the dossier: what, where, and by when. `officer_name`: who it is assigned to."""

    name: str
    agency_name: str
    post_title: str | None
    officer_name: str | None
    due_at: datetime | None
    question: str | None
    answer: str | None


class DossierPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one dossier. `acts` are the buttons of the one who looks.

    `desk_agency_name`: whose desk took it in for the competent agency, which has it since
    `competent_received_at`. `receivers` are the posts the desk may hand it over to;
    `needs_working_days`: the officer who receives it must set the time, for nothing is published.
    `nodes`: for each act done at open work, at which of it (id, name) the one who looks may do it.
    `carried_from` is the system it was carried over from, at `carried_at`.
    `awaited`: what an officer may note down as come (id, name, what is awaited). `pay_by`: the last
    day to pay what is owed. `checklist` are the papers the procedure asks for, `answers` those
    other systems gave to the officers. Answers, notices and ledger are empty for the citizen.
    """

    id: UUID
    code: str
    version: int
    status: Status
    procedure_code: str
    procedure_name: str
    procedure_full_name: str
    field: str
    agency_id: UUID
    agency_name: str
    channel: str
    case_id: str | None
    wanted_way: str
    delivered_way: str | None
    result_on_paper: bool
    summary: str
    applicant: Applicant
    sheets: list[Sheet]
    filed_at: datetime
    received_at: datetime | None
    desk_agency_name: str | None
    competent_received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    delivered_at: datetime | None
    remaining: Remaining | None
    pause: str | None
    pay_by: date | None
    extensions: int
    requests: int
    delivery: str
    carried_from: str | None
    carried_at: datetime | None
    tasks: list[TaskView]
    steps: list[StepView]
    passed: list[Passed]
    ledger: list[LedgerEntry]
    checklist: list[Paper]
    papers: list[PaperView]
    results: list[PaperView]
    answers: list[PaperView]
    notices: list[NoticeView]
    acts: list[Act]
    act_titles: dict[str, str]
    nodes: dict[str, list[tuple[str, str]]]
    awaited: list[tuple[str, str, str]]
    receivers: list[PostChoice]
    needs_working_days: bool


# Served by dossier_code_key, progress_by_dossier, deadline_entry_by_dossier and primary keys.
_PAGE = """
select d.id, d.code, d.version, d.status, d.procedure_id, d.agency_id, d.channel, d.case_id,
       d.run::text as run, d.pause, d.pay_by, d.requests, d.extensions, d.recall_task, d.delivery,
       d.workflow_id, d.desk_agency_id, d.competent_received_at, c.name as desk_agency_name,
       d.citizen_id, d.wanted_way, d.delivered_way, d.result_on_paper,
       d.summary, d.filed_at, d.received_at, d.due_at, d.finished_at, d.delivered_at,
       d.carried_from, d.carried_at, d.applicant::text as applicant, d.answers::text as answers,
       a.name as agency_name,
  (select json_agg(json_build_object('id', k.id, 'node', k.node, 'kind', k.kind, 'state', k.state,
            'name', k.name, 'agency_id', k.agency_id, 'agency_name', b.name,
            'post_id', k.post_id, 'post_title', p.title, 'officer_id', k.officer_id,
            'officer_name', o.full_name, 'closed_by', k.closed_by, 'due_at', k.due_at,
            'question', k.question, 'answer', k.answer) order by k.opened_at, k.id)
     from task k join agency b on b.id = k.agency_id
     left join post p on p.id = k.post_id left join officer o on o.id = k.officer_id
    where k.dossier_id = d.id)::text as tasks,
  (select json_agg(json_build_object('status', g.status, 'title', g.title,
            'agency_name', g.agency_name, 'officer_name', o.full_name, 'note', g.note, 'at', g.at)
            order by g.at, g.id)
     from progress g left join officer o on o.id = g.officer_id
    where g.dossier_id = d.id)::text as passed,
  (select json_agg(json_build_object('kind', e.kind, 'at', e.at, 'due_at', e.due_at,
            'basis', e.basis, 'explanation', e.explanation) order by e.seq)
     from deadline_entry e
    where e.dossier_id = d.id and e.clock in ('reception', 'whole'))::text as ledger
from dossier d
join agency a on a.id = d.agency_id
left join agency c on c.id = d.desk_agency_id
where d.id = dossier_named($1)
"""
_CARRIED = (
    "id", "code", "version", "agency_id", "agency_name", "channel", "case_id", "wanted_way",
    "delivered_way", "result_on_paper", "summary", "filed_at", "received_at", "due_at",
    "desk_agency_name", "competent_received_at",
    "finished_at", "delivered_at", "pause", "pay_by", "extensions", "requests", "delivery",
    "carried_from", "carried_at",
)  # fmt: skip


async def dossier_page(code: str, actor: Actor) -> DossierPage | None:
    """The dossier of that code as this person may see it; None when it is not theirs to see.

    Its citizen sees all but officers' opinions; officers see the dossiers of agencies they work
    in, and those their agency has had work with.
    """
    row = await db.tenant.fetch_row(_PAGE, code)
    if row is None:
        return None
    procedure = await catalog.document(row["procedure_id"])
    papers = await papers_of_dossier(row["id"])
    tasks = msgspec.json.decode(row["tasks"] or "[]", type=list[TaskView])
    tree = standing.tree_of(procedure, await pinned(row["workflow_id"]))
    official = actor.kind == "officer"
    result = any(paper.kind == "result" for paper in papers)
    facts = standing.facts_of(dict(row), tree, tasks, moment=now(), has_result=result)
    if not _may_see(facts, actor):
        return None
    note_dossier(actor, row["citizen_id"], row["id"], code=row["code"])
    acts = acts_open(facts, actor)
    kind, case_id = KIND_OF_CHANNEL[row["channel"]], row["case_id"]
    return DossierPage(
        **{name: row[name] for name in _CARRIED},
        status=Status(row["status"]),
        procedure_code=procedure.code,
        procedure_name=procedure.short_name,
        procedure_full_name=procedure.name,
        field=procedure.field,
        applicant=msgspec.json.decode(row["applicant"], type=Applicant),
        sheets=_sheets(procedure, row["answers"]),
        remaining=await _remaining(row),
        steps=_steps(tree, row["run"]),
        tasks=tasks,
        passed=_passed(row["passed"], official=official),
        ledger=_ledger(row["ledger"] if official else None),
        checklist=papers_for(procedure, kind, case_id),
        papers=_of("submitted", papers, shown=True),
        results=_of("result", papers, shown=_shows(row, actor)),
        answers=_of("answer", papers, shown=official),
        notices=await notices_of(row["id"]) if official else [],
        **openings(acts, facts, actor, tasks),
        awaited=awaited(tree, row["run"], row["pause"]) if Act.RESUME in acts else [],
        receivers=await _receivers(row, facts, tree, papers) if Act.HAND_OVER in acts else [],
        needs_working_days=_takes(acts) and limit_for(procedure, kind, case_id) is None,
    )


def _takes(acts: list[Act]) -> bool:
    return Act.RECEIVE in acts or Act.TAKE_OVER in acts


def _may_see(facts: Facts, actor: Actor) -> bool:
    if actor.kind == "citizen":
        return actor.id is not None and facts.citizen_id == actor.id
    return actor.kind == "officer" and works_on(facts, actor)


async def _receivers(
    row: Any, facts: Facts, tree: Node, papers: list[PaperView]
) -> list[PostChoice]:
    """A choice only where one step of the own agency follows; else the workflow chooses."""
    known = Known(
        answers=msgspec.json.decode(row["answers"], type=dict[str, str]),
        case_id=row["case_id"],
        channel=KIND_OF_CHANNEL[row["channel"]],
        slots=frozenset(paper.slot for paper in papers if paper.kind == "submitted"),
    )
    desk = next((turn for turn in facts.turns if turn.kind is PostKind.RECEPTION), None)
    run = standing.run_of(row["run"])
    step = standing.own_step_after(tree, run, desk.node, known) if desk else None
    return await posts_of(row["agency_id"], step.post) if step else []


def _ledger(text: str | None) -> list[LedgerEntry]:
    return msgspec.json.decode(text or "[]", type=list[LedgerEntry])


def _of(kind: str, papers: list[PaperView], *, shown: bool) -> list[PaperView]:
    return [paper for paper in papers if shown and paper.kind == kind]


def _shows(row: Any, actor: Actor) -> bool:
    """A result is the citizen's once the agency has finished."""
    return actor.kind == "officer" or row["status"] in (Status.FINISHED, Status.DELIVERED)


def _sheets(procedure: Procedure, answers: str) -> list[Sheet]:
    values = msgspec.json.decode(answers, type=dict[str, str])
    return form_lines(form_named(procedure.form), values)


def _steps(tree: Node, run: str) -> list[StepView]:
    path = standing.path_of(tree, standing.run_of(run))
    return [StepView(name=name, state=state) for name, state in path]


def _passed(text: str | None, *, official: bool) -> list[Passed]:
    found = msgspec.json.decode(text or "[]", type=list[Passed])
    return found if official else [msgspec.structs.replace(each, note=None) for each in found]


async def _remaining(row: Any) -> Remaining | None:
    over = row["finished_at"] is not None or Status(row["status"]) in ENDED
    if row["due_at"] is None or over or row["pause"]:
        return None
    return remaining(now(), row["due_at"], await calendar_in_force())
