"""Reading papers: for a page's list, and for deciding who may open one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.papers.refusals import sentence
from app.onestop.papers.rules import Holder
from storage import queries as storage
from tenants import db


class PaperView(msgspec.Struct, frozen=True, kw_only=True):
    """A paper (giấy tờ) as lists show it; the fields of a file are None for a paper on paper."""

    id: UUID
    kind: str  # submitted | result | answer
    slot: str
    title: str  # the procedure's name for it
    form: str  # original | copy | electronic
    quantity: int
    name: str | None  # of the file
    size: int | None  # bytes
    media_type: str | None
    digest: str | None  # SHA-256 in hexadecimal, to compare a download with
    scan: str | None  # clean | unscanned
    verdict: str  # a sentence when something is to be known, else empty
    added_at: datetime

    @property
    def url(self) -> str | None:
        """Where the file is fetched, when there is one."""
        return f"/giay-to/{self.id}" if self.digest else None


class PendingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way (đang tải lên), being checked, or refused with a sentence."""

    id: UUID
    slot: str
    name: str
    size: int
    state: str  # open | checking | refused
    verdict: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One paper with what decides who may touch it."""

    id: UUID
    kind: str
    slot: str
    draft_id: UUID | None
    dossier_id: UUID | None
    object_id: UUID | None
    unsent: bool  # the citizen's own, added since papers were asked for and not sent yet
    holder: Holder


async def papers_of_draft(draft_id: UUID) -> list[PaperView]:
    """A draft's papers in the order they came. Served by paper_by_draft."""
    return [_view(row) for row in await db.tenant.fetch(_OF_DRAFT, draft_id)]


async def papers_of_dossier(dossier_id: UUID, kind: str | None = None) -> list[PaperView]:
    """A dossier's papers, of one kind when said, in the order they came."""
    return [_view(row) for row in await db.tenant.fetch(_OF_DOSSIER, dossier_id, kind)]


async def pending_of(target: str) -> list[PendingFile]:
    """Files for `draft:<id>` or `dossier:<id>` that are not present: a page shows their state."""
    words = {"open": "Đang tải lên", "checking": "Đang kiểm tra"}
    return [
        PendingFile(
            id=upload.id, slot=upload.slot, name=upload.file_name, size=upload.size,
            state=upload.state, verdict=words.get(upload.state) or sentence(upload.refusal or ""),
        )
        for upload in await storage.uploads_of([target])
    ]  # fmt: skip


async def find(paper_id: UUID) -> Found | None:
    """One paper with its holder."""
    row = await db.tenant.fetch_row(_FIND, paper_id)
    return found_of(row) if row else None


def found_of(row: Any) -> Found:
    """One row of the query for a paper and its holder."""
    names = ("id", "kind", "slot", "draft_id", "dossier_id", "object_id", "unsent")
    holder = Holder(**{name: row[name] for name in Holder.__struct_fields__})
    return Found(**{name: row[name] for name in names}, holder=holder)


def _view(row: Any) -> PaperView:
    digest = row["sha256"].hex() if row["sha256"] else None
    names = set(PaperView.__struct_fields__) - {"digest", "verdict"}
    return PaperView(**{name: row[name] for name in names}, digest=digest, verdict="")


_LISTED = """
select p.id, p.kind, p.slot, p.name as title, p.form, p.quantity, p.added_at,
       coalesce(p.file_name, o.file_name) as name, o.size, o.media_type, o.sha256, o.scan
from paper p left join stored_object o on o.id = p.object_id and o.removed_at is null
"""
_OF_DRAFT = _LISTED + "where p.draft_id = $1 order by p.added_at, p.id"
_OF_DOSSIER = (
    _LISTED
    + "where p.dossier_id = $1 and ($2::text is null or p.kind = $2) order by p.added_at, p.id"
)
_FIND = """
select p.id, p.kind, p.slot, p.draft_id, p.dossier_id, p.object_id, d.status,
       array(select agency_id from task where dossier_id = d.id
             union select d.desk_agency_id where d.desk_agency_id is not null) as helpers,
       coalesce(d.citizen_id, r.citizen_id) as citizen_id,
       coalesce(d.agency_id, r.agency_id) as agency_id,
       coalesce(p.added_by = 'citizen:' || d.citizen_id, false) and exists (
         select from supplement_request q where q.dossier_id = d.id and q.answered_at is null
            and q.asked_at <= p.added_at) as unsent
from paper p
left join draft r on r.id = p.draft_id
left join dossier d on d.id = coalesce(p.dossier_id, r.dossier_id)
where p.id = $1
"""
