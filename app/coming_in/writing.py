"""Writes what was judged: each row with its trail, its figures and where it comes from."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from app.coming_in.judging_people import record_of
from app.coming_in.opening import open_here
from app.coming_in.shapes import DossierIn, Origin, PaperIn, PersonIn, ProcedureIn, StepIn
from app.coming_in.world import KnownProcedure
from app.onestop.catalog import service as catalog
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Delivery
from app.onestop.statistics import service as statistics
from app.onestop.statistics.shapes import Kind
from app.people import service as people
from app.people.refusals import PostHeldAlready
from app.people.shapes import Actor
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from storage.shapes import StoredObject
from tenants import db

_DOSSIER = """
insert into dossier (id, code, procedure_id, agency_id, channel, status, run, delivery,
    applicant_name, applicant, phone, summary, wanted_way, delivered_way, result_on_paper, filed_at,
    received_at, due_at, finished_at, delivered_at, carried_from, carried_at)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::jsonb, $11, $12, $13, $14, $15, $16, $17,
    $18, $19, $20, $21, $22)
"""
_PROGRESS = """
insert into progress (id, dossier_id, status, act, title, agency_name, note, at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_CARRIED = """
insert into carried_row (source, sheet, old_id, digest, original, subject_id, at)
values ($1, $2, $3, $4, $5::jsonb, $6, $7)
"""
_PAPER = """
insert into paper (id, dossier_id, kind, slot, name, form, object_id, file_name, added_at, added_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ELECTRONIC = "update dossier set result_on_paper = false, version = version + 1 where id = $1"
_NEWEST = "select id from procedure where code = $1 order by version desc limit 1"
_OFFICER = "select id from officer where username = $1"


class Source(NamedTuple):
    """The other system, as people read it and as rows are known by, and who carries over."""

    key: str
    name: str
    actor: Actor


async def write_person(source: Source, found: PersonIn) -> None:
    """Admit the officer, or only give the post where the officer is known here."""
    officer_id = await db.tenant.fetch_value(_OFFICER, found.username)
    if officer_id is None:
        officer_id = await people.admit(
            source.actor, found.username, found.full_name, email=found.email
        )
    with suppress(PostHeldAlready):  # What the row asks for is so already.
        await people.hold_post(source.actor, officer_id, found.post_id, from_on=found.from_on)
    await _mark(source, found.origin, officer_id)


async def write_procedure(source: Source, found: ProcedureIn) -> None:
    """Put the procedure into the catalogue, where only administrators see it."""
    await catalog.load([record_of(found, source.name)])
    procedure_id = await db.tenant.fetch_value(_NEWEST, found.code)
    detail = {"code": found.code, "source": source.key}
    await record(source.actor, "procedure.carry_in", ("procedure", procedure_id), detail=detail)
    await _mark(source, found.origin, procedure_id)


async def write_dossier(
    source: Source, found: DossierIn, procedure_id: UUID, procedure: KnownProcedure
) -> UUID:
    """The dossier with its history; work that is open opens here. Causes no message and no usage.

    Raises NobodyThere, BadCalendar, ClockRefuses; UniqueViolationError for a code that is taken.
    """
    dossier_id = uuid7()
    await db.tenant.execute(_DOSSIER, *_values(dossier_id, source, found, procedure_id, procedure))
    await _add_history(dossier_id, source, found)
    if found.is_open:
        await open_here(source.actor, source.name, dossier_id, found, procedure)
    await statistics.carry_in(_countable(dossier_id, found, procedure_id), _moments(found))
    detail = {"code": found.code, "source": source.key, "old_id": found.origin.old_id,
              "status": found.status}  # fmt: skip
    await record(source.actor, "dossier.carry_in", ("dossier", dossier_id), detail=detail)
    await _mark(source, found.origin, dossier_id)
    return dossier_id


async def write_paper(
    source: Source, found: PaperIn, dossier_id: UUID, stored: StoredObject | None
) -> None:
    """The paper of a dossier; `stored` None: it lies on paper where it was."""
    paper_id = uuid7()
    await db.tenant.execute(
        _PAPER, paper_id, dossier_id, found.kind, _slot(found), found.name, found.form,
        stored.id if stored else None, stored.file_name if stored else None,
        found.added_at or now(), source.actor.name,
    )  # fmt: skip
    if stored and found.kind == "result":
        await db.tenant.execute(_ELECTRONIC, dossier_id)
    detail = {"name": found.name, "source": source.key, "digest": stored.digest if stored else None}
    await record(source.actor, "paper.carry_in", ("dossier", dossier_id), detail=detail)
    await _mark(source, found.origin, paper_id)


async def _mark(source: Source, origin: Origin, subject_id: UUID) -> None:
    original = msgspec.json.encode(origin.original).decode()
    await db.tenant.execute(
        _CARRIED, source.key, origin.sheet.value, origin.old_id, origin.digest, original,
        subject_id, now(),
    )  # fmt: skip


def _values(
    dossier_id: UUID,
    source: Source,
    found: DossierIn,
    procedure_id: UUID,
    procedure: KnownProcedure,
) -> tuple[object, ...]:
    over = found.status in (9, 10)
    done = [step.id for step in procedure.document.flow] if over else []
    applicant = {name: value for name, value in found.applicant.items() if value is not None}
    return (
        dossier_id, found.code, procedure_id, found.agency_id, found.channel, found.status,
        msgspec.json.encode({"done": done}).decode() if done else "{}", _delivery(found).value,
        found.applicant_name, msgspec.json.encode(applicant).decode(), found.phone, found.summary,
        found.way, found.way if found.status == 10 else None, over, found.filed_at,
        found.received_at, found.due_at if found.status not in (7, 8) else None, found.finished_at,
        found.delivered_at, source.name, now(),
    )  # fmt: skip


def _delivery(found: DossierIn) -> Delivery:
    if found.status == 10:
        return Delivery.POSTED if found.way == "postal" else Delivery.GIVEN
    return Delivery.READY if found.status == 9 else Delivery.NONE


async def _add_history(dossier_id: UUID, source: Source, found: DossierIn) -> None:
    # A day without an hour is one moment for all that was done in it: the ids keep their order.
    ids = sorted(uuid7() for _ in range(len(found.steps) + 1))
    rows = [
        (id_, dossier_id, _status_at(step, found), "carried", step.title,
         step.agency_name or found.agency_name, step.note, step.at)
        for id_, step in zip(ids, sorted(found.steps, key=lambda step: step.at), strict=False)
    ]  # fmt: skip
    said = f"Chuyển từ {source.name}"
    last = (ids[-1], dossier_id, found.status, "carry_in", said, found.agency_name, None, now())
    await db.tenant.execute_many(_PROGRESS, [*rows, last])


def _status_at(step: StepIn, found: DossierIn) -> int:
    """The status the dossier must have had then, as far as its dates tell."""
    if found.delivered_at and step.at >= found.delivered_at:
        return 10
    if found.finished_at and step.at >= found.finished_at:
        return 9
    if found.received_at and step.at >= found.received_at:
        return 4 if step.at > found.received_at else 2
    return 1 if found.status != 3 or step.at < found.ended_at else 3


def _slot(found: PaperIn) -> str:
    return "result" if found.kind == "result" else "chuyen-den"


def _countable(dossier_id: UUID, found: DossierIn, procedure_id: UUID) -> Dossier:
    return Dossier(
        id=dossier_id, status=found.status, agency_id=found.agency_id, procedure_id=procedure_id,
        channel=found.channel, wanted_way=found.way, requests=0, received_at=found.received_at,
        due_at=found.due_at, finished_at=found.finished_at,
    )  # fmt: skip


def _moments(found: DossierIn) -> Mapping[Kind, datetime]:
    """When what is counted happened; what is not named here happened at the dossier's end."""
    known = {Kind.RECEIVED: found.received_at, Kind.DELIVERED: found.delivered_at}
    settled = (Kind.SETTLED_EARLY, Kind.SETTLED_ON_TIME, Kind.SETTLED_LATE)
    known |= dict.fromkeys(settled, found.finished_at)
    return {kind: known.get(kind) or found.ended_at for kind in Kind}
