"""Verbs on papers: attach a stored file, take one away, hand out a link to one."""

from typing import Any
from uuid import UUID

from app.onestop.catalog import queries as catalog
from app.onestop.papers import queries, refusals, rules
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.reading import note_dossier
from app.trail.service import record
from infra.clock import now
from infra.ids import uuid7
from storage import queries as storage
from storage.shapes import StoredObject
from storage.store import LINK_SECONDS, store_of
from storage.sweeping import discard
from tenants import db
from tenants.current import current


async def attach_to_draft(citizen: Actor, draft_id: UUID, slot: str, stored: StoredObject) -> UUID:
    """The citizen's file becomes a paper (giấy tờ) of an unfiled draft; returns the paper's id.

    Attaching the same file again, or one with the same bytes in the same place, changes nothing.
    Raises NotFound, AlreadyFiled, SlotFull.
    """
    draft = await db.tenant.fetch_row(_LOCK_DRAFT, draft_id)
    if draft is None:
        raise NotFound
    holder = rules.Holder(citizen_id=draft["citizen_id"], agency_id=draft["agency_id"])
    if not rules.may_add(citizen, holder):
        raise NotFound
    if draft["dossier_id"] is not None:
        raise refusals.AlreadyFiled
    title = await title_of(draft["procedure_id"], slot)
    return await _attach(citizen, ("draft", draft_id), slot, title, stored)


async def attach_to_dossier(
    actor: Actor, dossier_id: UUID, slot: str, stored: StoredObject
) -> UUID:
    """A file for a dossier still open: an officer's scan, or what its citizen was asked for.

    Raises NotFound and SlotFull.
    """
    dossier = await db.tenant.fetch_row(_LOCK_DOSSIER, dossier_id)
    if dossier is None or not rules.may_add(actor, holder_of(dossier)):
        raise NotFound
    title = await title_of(dossier["procedure_id"], slot, dossier_id)
    return await _attach(actor, ("dossier", dossier_id), slot, title, stored)


async def remove(actor: Actor, paper_id: UUID) -> None:
    """Take a paper away before the dossier, or the answer to a request, is sent; its file is
    erased soon after.

    Raises NotFound and AlreadyFiled.
    """
    paper = await _find_and_lock(paper_id)
    if not rules.may_remove(actor, paper.holder, paper.kind, unsent=paper.unsent):
        raise refusals.AlreadyFiled if rules.may_open(actor, paper.holder, paper.kind) else NotFound
    await db.tenant.execute("delete from paper where id = $1", paper_id)
    if paper.object_id:
        await discard([paper.object_id])
    subject = ("dossier", paper.dossier_id) if paper.dossier_id else ("draft", paper.draft_id)
    await record(actor, "paper.remove", subject, detail={"paper": paper_id, "slot": paper.slot})


async def link_for(actor: Actor, paper_id: UUID) -> str:
    """An address that gives the paper's file for a minute; the access rule comes first.

    Raises NotFound, also for a paper that exists and is not this person's to read.
    """
    paper = await queries.find(paper_id)
    if paper is None or paper.object_id is None:
        raise NotFound
    if not rules.may_open(actor, paper.holder, paper.kind):
        raise NotFound
    stored = await storage.found(paper.object_id)
    if stored is None:
        raise NotFound
    if paper.dossier_id:
        note_dossier(actor, paper.holder.citizen_id, paper.dossier_id, paper=paper_id)
    return store_of(current()).link(
        stored.key,
        file_name=stored.file_name,
        media_type=stored.media_type,
        seconds=LINK_SECONDS,
    )


async def _attach(
    actor: Actor,
    subject: tuple[str, UUID],
    slot: str,
    title: str,
    stored: StoredObject,
) -> UUID:
    known = await db.tenant.fetch_value(
        _KNOWN, subject[1], slot, stored.id, bytes.fromhex(stored.digest)
    )
    if known is not None:
        return UUID(str(known))
    # The lock keeps the sweep from taking the object away in this very moment.
    if await db.tenant.fetch_value(_LOCK_OBJECT, stored.id) is None:
        raise refusals.UploadGone
    if await db.tenant.fetch_value(_IN_SLOT, subject[1], slot) >= rules.MOST_PER_SLOT:
        raise refusals.SlotFull
    identity = uuid7()
    of_draft, of_dossier = (subject[1], None) if subject[0] == "draft" else (None, subject[1])
    values = (of_draft, of_dossier, slot, title, stored.id, stored.file_name)
    await db.tenant.execute(_ADD, identity, *values, now(), f"{actor.kind}:{actor.id}")
    detail = {"paper": identity, "slot": slot, "sha256": stored.digest}
    await record(actor, "paper.attach", subject, detail=detail)
    return identity


async def _find_and_lock(paper_id: UUID) -> queries.Found:
    """The paper, its draft or dossier locked so that a filing at this moment waits or is seen."""
    paper = await queries.find(paper_id)
    if paper is None:
        raise NotFound
    await db.tenant.execute(_HOLD_DRAFT, paper.draft_id)
    await db.tenant.execute(_HOLD_DOSSIER, paper.dossier_id)
    locked = await queries.find(paper_id)
    if locked is None:
        raise NotFound
    return locked


async def title_of(procedure_id: UUID, slot: str, dossier_id: UUID | None = None) -> str:
    """The procedure's name for the paper, or the officer's for something else that the dossier was
    asked for; NotFound when nobody asks for it."""
    procedure = await catalog.document(procedure_id)
    for case in procedure.cases:
        for paper in case.papers:
            if paper.id == slot:
                return paper.short
    asked = rules.read_asked_slot(slot)
    title = await db.tenant.fetch_value(_ASKED, dossier_id, *asked) if asked else None
    if title is None:
        raise NotFound
    return str(title)


def holder_of(dossier: Any) -> rules.Holder:
    """The holder in a row that has its columns."""
    return rules.Holder(**{name: dossier[name] for name in rules.Holder.__struct_fields__})


_HOLD_DRAFT = "select from draft where id = $1 for update"
_HOLD_DOSSIER = "select from dossier where id = $1 for update"
_LOCK_DRAFT = """
select citizen_id, agency_id, procedure_id, dossier_id from draft where id = $1 for update
"""
_LOCK_DOSSIER = """
select procedure_id, citizen_id, agency_id, status,
       array(select agency_id from task where dossier_id = dossier.id
             union select desk_agency_id where desk_agency_id is not null) as helpers
from dossier where id = $1 for update
"""
# Served by supplement_request_dossier_id_round_key.
_ASKED = """
select items->$3::int->>'name' from supplement_request
where dossier_id = $1 and round = $2 and answered_at is null
"""
# A form sent twice brings the same bytes as another object, which a sweep then takes away.
# Served by paper_by_draft and paper_by_dossier.
_KNOWN = """
select p.id from paper p join stored_object o on o.id = p.object_id
where (p.draft_id = $1 or p.dossier_id = $1) and p.slot = $2 and p.kind = 'submitted'
  and (o.id = $3 or o.sha256 = $4 and o.removed_at is null)
order by p.added_at limit 1
"""
_LOCK_OBJECT = "select id from stored_object where id = $1 and removed_at is null for share"
_IN_SLOT = "select count(*) from paper where (draft_id = $1 or dossier_id = $1) and slot = $2"
_ADD = """
insert into paper (id, draft_id, dossier_id, kind, slot, name, form, object_id, file_name,
                   added_at, added_by)
values ($1, $2, $3, 'submitted', $4, $5, 'electronic', $6, $7, $8, $9)
"""
