"""Planning a reorganisation and carrying it out, batch by batch, from its day on."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.catalog.rules import normalise
from app.onestop.reorganisation import moving, reading
from app.onestop.reorganisation.checking import faults
from app.onestop.reorganisation.organising import organise
from app.onestop.reorganisation.queries import undecided
from app.onestop.reorganisation.refusals import PlanFaulty, PlanUnreadable
from app.onestop.reorganisation.shapes import Plan
from app.onestop.reorganisation.standing import standing_for
from app.people.service import administrator_only
from app.people.shapes import SYSTEM, Actor
from app.refusals import Malformed
from app.trail.service import record
from infra.clock import now, today
from infra.ids import uuid7
from tenants import db

BATCH = 200
_OTHER_NUMBER = "Số văn bản này khác số ghi trong phương án. Kiểm tra lại tệp hoặc số văn bản."

_PLAN = """
insert into reorganisation (id, digest, number, title, decided_on, on_day, document, state,
                            planned_at, planned_by)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, 'planned', $8, $9)
"""
_KNOWN = "select id from reorganisation where digest = $1 and state <> 'refused'"
# Served by reorganisation_waiting. Two workers at once: the second waits and finds what is left.
_NEXT = """
select id, state, document::text as document from reorganisation
where state in ('planned', 'running') and on_day <= $1 and ($2::uuid is null or id = $2)
order by on_day, planned_at limit 1 for update
"""
# A dossier filed in the very moment its agency ended is moved after all.
_STRANDED = """
select r.id, 'running' as state, r.document::text as document
from reorganisation r join agency_succession s on s.reorganisation_id = r.id and s.is_main
where exists (select from dossier d where d.agency_id = s.from_id
                 and d.status not in (3, 7, 8, 10))
limit 1 for update of r
"""
_REFUSE = "update reorganisation set state = 'refused', faults = $2::jsonb where id = $1"
_BEGIN = "update reorganisation set state = 'running', begun_at = $2 where id = $1"
_COUNT = """
update reorganisation
set figures = jsonb_set(figures, array[$2], to_jsonb(coalesce((figures->>$2)::int, 0) + $3::int))
where id = $1
"""
_DONE = """
update reorganisation set state = 'done', done_at = coalesce(done_at, $2) where id = $1
"""
_FORGET_REFUSED = "delete from reorganisation where digest = $1 and state = 'refused'"


async def plan(actor: Actor, description: str | bytes) -> UUID:
    """Enter a reorganisation (phương án sắp xếp); it is carried out from its day on.

    The same description gives the same reorganisation. Raises NotAllowed, PlanUnreadable,
    PlanFaulty.
    """
    administrator_only(actor)
    described = readable(description)
    text = msgspec.json.encode(described)
    digest = hashlib.sha256(text).hexdigest()
    known: UUID | None = await db.tenant.fetch_value(_KNOWN, digest)
    if known is not None:
        return known
    if found := await faults_of(described):
        raise PlanFaulty(found)
    await db.tenant.execute(_FORGET_REFUSED, digest)
    await db.tenant.execute(
        _PLAN,
        *(planned := uuid7(), digest, described.number, described.title, described.decided_on),
        *(described.on, text.decode(), now(), actor.name),
    )
    detail = {"title": described.title, "on": described.on}
    subject = ("reorganisation", planned)
    await record(actor, "reorganisation.plan", subject, detail=detail, basis=described.number)
    return planned


async def approve(actor: Actor, description: str | bytes, *, number: str) -> UUID:
    """Enter the plan (phê duyệt phương án) by whoever has its decision before them.

    `number` is the decision's, typed by hand: it must be the plan's own. Raises Malformed and what
    `plan` raises.
    """
    administrator_only(actor)
    if normalise(number) != normalise(readable(description).number):
        raise Malformed(fields={"number": _OTHER_NUMBER})
    return await plan(actor, description)


async def advance(reorganisation_id: UUID | None = None, *, limit: int = BATCH) -> bool:
    """Do one batch of what is due, in the caller's transaction; whether more may be waiting.

    First the new organisation begins, then open dossiers, work and drafts move, `limit` at a time.
    """
    row = await db.tenant.fetch_row(_NEXT, today(), reorganisation_id)
    row = row or await db.tenant.fetch_row(_STRANDED)
    if row is None:
        return False
    described = msgspec.json.decode(row["document"], type=Plan)
    if row["state"] == "planned":
        return await _begin(row["id"], described)
    course = await moving.course_of(described, row["id"])
    for name, move in _STAGES:
        if moved := await move(course, limit):
            await db.tenant.execute(_COUNT, row["id"], name, moved)
            return True
    await _finish(row["id"], described)
    return reorganisation_id is None  # Another one may be due.


async def faults_of(described: Plan) -> list[str]:
    """All that keeps the plan from being carried out as things stand, dossiers included."""
    found = faults(described, await standing_for(described))
    if found:
        return found
    return [
        f"{line.agency}: hồ sơ {line.code} chưa xác định được cơ quan kế thừa."
        for line in await undecided(described)
    ]


def readable(description: str | bytes) -> Plan:
    """The plan described. Raises PlanUnreadable with the place that is wrong."""
    if len(description) > reading.MOST_BYTES:
        most = f"{reading.MOST_BYTES // 1000} KB"
        raise PlanUnreadable(f"Tệp phương án vượt quá {most}. Vui lòng kiểm tra và chọn lại tệp.")
    try:
        return reading.read_plan(description)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanUnreadable(f"{PlanUnreadable.message} {reading.reason_of(error)}") from error


async def _begin(identity: UUID, described: Plan) -> bool:
    # The organisation may have changed since the plan was entered.
    if found := await faults_of(described):
        await db.tenant.execute(_REFUSE, identity, msgspec.json.encode(found).decode())
        await _record("reorganisation.refuse", identity, described, faults=found[:20])
        return True
    await organise(described, await standing_for(described), identity)
    await db.tenant.execute(_BEGIN, identity, now())
    await _record("reorganisation.begin", identity, described)
    return True


async def _finish(identity: UUID, described: Plan) -> None:
    await db.tenant.execute(_DONE, identity, now())
    await _record("reorganisation.finish", identity, described)


async def _record(act: str, identity: UUID, described: Plan, **detail: Any) -> None:
    subject = ("reorganisation", identity)
    await record(SYSTEM, act, subject, detail=detail, basis=described.number)


_STAGES = (
    ("dossiers", moving.move_dossiers),
    ("tasks", moving.move_tasks),
    ("drafts", moving.move_drafts),
)
