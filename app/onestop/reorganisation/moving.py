"""Moving what is open to the successors, one batch in one transaction.

A batch takes rows that still lie with an agency that has ended, so a batch that was lost is
simply done by the next one, and a run that finds nothing left changes nothing.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.notices.service import notify
from app.onestop.reorganisation.rules import (
    change_of,
    ending,
    followers,
    notice_of,
    post_after,
    target_of,
)
from app.onestop.reorganisation.shapes import Facts, KnownAgency, KnownPost, MovePost, Plan
from app.onestop.reorganisation.standing import standing_for
from app.onestop.statistics import service as statistics
from app.people.shapes import SYSTEM
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_TITLE = "Chuyển đến cơ quan kế thừa giải quyết tiếp"
FACTS = """
       p.field, coalesce(d.applicant->>'address', '') as address, d.answers::text as answers,
       array(select code from code_alias where dossier_id = d.id) || d.code as codes
"""
# Served by dossier_open_at_agency. What officers are just doing is finished first.
_DOSSIERS = f"""
select d.id, d.code, d.status, d.agency_id, d.pause, d.due_at, {FACTS}
from dossier d join procedure p on p.id = d.procedure_id
where d.agency_id = any($1) and d.status not in (3, 7, 8, 10)
order by d.agency_id, d.id limit $2 for update of d
"""  # noqa: S608
_MOVE = """
update dossier set agency_id = $2, version = version + 1, recall_task = null where id = $1
"""
_REMEMBER = """
insert into dossier_move (dossier_id, reorganisation_id, from_id, to_id, on_day, at)
values ($1, $2, $3, $4, $5, $6) on conflict do nothing
"""
_TELL = """
insert into progress (id, dossier_id, status, act, title, agency_name, note, at)
values ($1, $2, $3, 'transfer', $4, $5, $6, $7)
"""
# Served by task_by_dossier.
_TASKS_OF = """
select id, agency_id, post_id, dossier_id from task
where dossier_id = any($1) and agency_id = any($2) and state = 'open'
"""
# Work an agency did for another one's dossier, and work of posts that moved by themselves.
# Served by task_at_agency and task_by_turn.
_TASKS_LEFT = f"""
select t.id, t.agency_id, t.post_id, t.dossier_id, {FACTS}
from task t join dossier d on d.id = t.dossier_id join procedure p on p.id = d.procedure_id
where t.state = 'open' and (t.agency_id = any($1) or t.post_id = any($2))
order by t.id limit $3 for update of t
"""  # noqa: S608
# Whoever it was assigned to keeps it by holding the post that has it now.
_MOVE_TASK = """
update task set agency_id = $2, post_id = $3, officer_id = (
    select h.officer_id from post_holding h where h.officer_id = task.officer_id and h.post_id = $3
       and h.from_on <= $4 and (h.to_on is null or h.to_on >= $4) limit 1)
where id = $1
"""
# Served by draft_unfiled.
_DRAFTS = """
select d.id, d.agency_id, p.field, '' as address, d.answers::text as answers,
       '{}'::text[] as codes
from draft d join procedure p on p.id = d.procedure_id
where d.agency_id = any($1) and d.dossier_id is null order by d.id limit $2 for update of d
"""
_MOVE_DRAFT = "update draft set agency_id = $2 where id = $1"


class Moved(msgspec.Struct, frozen=True):
    """The dossier a notice is about."""

    id: UUID


class Course(msgspec.Struct, frozen=True):
    """A plan on its way: the agencies by id and by key as they stand now."""

    plan: Plan
    id: UUID
    agencies: dict[str, KnownAgency]
    by_id: dict[UUID, KnownAgency]
    posts: dict[UUID, KnownPost]

    @property
    def ended(self) -> list[UUID]:
        """The agencies that ended by the plan."""
        keys = [key for change in self.plan.changes for key in ending(change)]
        return [self.agencies[key].id for key in keys]

    def target(self, row: Any) -> KnownAgency:
        """The agency that goes on with what lies at `row`; what is undecided, the main one."""
        change = change_of(self.plan, self.by_id[row["agency_id"]].key)
        if change is None:
            raise LookupError("only what lies with an agency that ended is moved")
        return self.agencies[target_of(change, facts_of(row)) or followers(change)[0]]


async def course_of(plan: Plan, reorganisation_id: UUID) -> Course:
    """The plan with the organisation as it is now, after its beginning."""
    agencies = (await standing_for(plan)).agencies
    by_id = {one.id: one for one in agencies.values()}
    posts = {post.id: post for one in agencies.values() for post in one.posts.values()}
    return Course(plan, reorganisation_id, agencies, by_id, posts)


def facts_of(row: Any) -> Facts:
    """What a split may ask, out of a row of this module's statements."""
    return Facts(
        codes=frozenset(row["codes"]),
        field=row["field"],
        address=row["address"],
        answers=msgspec.json.decode(row["answers"], type=dict[str, str]),
    )


async def move_dossiers(course: Course, limit: int) -> int:
    """Open dossiers go on with the successor, their open work at its posts; how many."""
    rows = await db.tenant.fetch(_DOSSIERS, course.ended, limit)
    targets = {row["id"]: course.target(row) for row in rows}
    await db.tenant.execute_many(_MOVE, [(key, there.id) for key, there in targets.items()])
    await _move_tasks_of(course, targets)
    for row in rows:
        await _leave_traces(course, row, targets[row["id"]])
        await notify(Moved(row["id"]), notice_of(row["status"], row["pause"], row["due_at"]),
                     occasion=str(course.id))  # fmt: skip
    return len(rows)


async def move_tasks(course: Course, limit: int) -> int:
    """Open work that stayed at ended agencies and at posts that moved; how many tasks."""
    posts = {_post(course, change).id: change for change in course.plan.changes
             if isinstance(change, MovePost)}  # fmt: skip
    rows = await db.tenant.fetch(_TASKS_LEFT, course.ended, list(posts), limit)
    for row in rows:
        move = posts.get(row["post_id"])
        there = course.agencies[move.to] if move else course.target(row)
        await _move_task(course, row, there)
        detail = {"task": row["id"], "from": course.by_id[row["agency_id"]].name, "to": there.name}
        await _record(course, "dossier.transfer_task", ("dossier", row["dossier_id"]), detail)
    return len(rows)


async def move_drafts(course: Course, limit: int) -> int:
    """Declarations being written will be filed with the successor; how many."""
    rows = await db.tenant.fetch(_DRAFTS, course.ended, limit)
    for row in rows:
        there = course.target(row)
        await db.tenant.execute(_MOVE_DRAFT, row["id"], there.id)
        detail = {"from": course.by_id[row["agency_id"]].name, "to": there.name}
        await _record(course, "draft.transfer", ("draft", row["id"]), detail)
    return len(rows)


async def _move_tasks_of(course: Course, targets: dict[UUID, KnownAgency]) -> None:
    # A post that moves by itself takes its work along afterwards, wherever its dossier went.
    moving = {_post(course, one).id for one in course.plan.changes if isinstance(one, MovePost)}
    for row in await db.tenant.fetch(_TASKS_OF, list(targets), course.ended):
        if row["post_id"] not in moving:
            await _move_task(course, row, targets[row["dossier_id"]])


async def _move_task(course: Course, row: Any, there: KnownAgency) -> None:
    old = course.posts.get(row["post_id"])
    new = post_after(old, there.posts.values()) if old else None
    post_id = new.id if new else row["post_id"]
    await db.tenant.execute(_MOVE_TASK, row["id"], there.id, post_id, course.plan.on)


def _post(course: Course, move: MovePost) -> KnownPost:
    return course.agencies[move.agency].posts[move.post]


async def _leave_traces(course: Course, row: Any, there: KnownAgency) -> None:
    """The move, the figures, the citizen's progress, and the trail."""
    plan, moment, before = course.plan, now(), course.by_id[row["agency_id"]]
    await db.tenant.execute(_REMEMBER, row["id"], course.id, before.id, there.id, plan.on, moment)
    await statistics.move(row["id"], before.id, there.id)
    note = f"Trước đây: {before.name}. Căn cứ: {plan.number}."
    await db.tenant.execute(
        _TELL, uuid7(), row["id"], row["status"], _TITLE, there.name, note, moment
    )
    detail = {"code": row["code"], "from": before.name, "to": there.name}
    await _record(course, "dossier.transfer", ("dossier", row["id"]), detail)


async def _record(
    course: Course, act: str, subject: tuple[str, object], detail: Mapping[str, object]
) -> None:
    said = {**detail, "reorganisation": course.id}
    await record(SYSTEM, act, subject, detail=said, basis=course.plan.number)
