"""What a citizen has filed."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.queries.drafts import DraftView, draft, open_drafts
from app.onestop.dossiers.rules import Status
from app.onestop.papers.queries import PaperView, papers_of_dossier
from app.people.shapes import Actor
from tenants import db


class MyDossier(msgspec.Struct, frozen=True, kw_only=True):
    """One line of "Hồ sơ của tôi"."""

    code: str
    status: Status
    procedure_name: str
    summary: str
    agency_name: str
    filed_at: datetime
    due_at: datetime | None
    delivered_at: datetime | None


class MyDossierView(MyDossier, frozen=True, kw_only=True):
    """One's own dossier with its papers and results."""

    id: UUID
    channel: str
    wanted_way: str
    received_at: datetime | None
    rated: bool
    papers: list[PaperView]


class MyDossiers(msgspec.Struct, frozen=True, kw_only=True):
    """The citizen's dossiers, the newest first."""

    lines: list[MyDossier]
    next: str | None


# Served by dossier_by_citizen.
_MINE = """
select d.id, d.code, d.status, t.short_name as procedure_name, d.summary,
       a.name as agency_name, d.filed_at, d.due_at, d.delivered_at
from dossier d
join procedure t on t.id = d.procedure_id
join agency a on a.id = d.agency_id
where d.citizen_id = $1 and ($2::timestamptz is null or (d.filed_at, d.id) < ($2, $3::uuid))
order by d.filed_at desc, d.id desc limit $4
"""

# Served by dossier_code_key.
_MY_ONE = """
select d.id, d.code, d.status, t.short_name as procedure_name, d.summary,
       a.name as agency_name, d.filed_at, d.received_at, d.due_at, d.delivered_at, d.channel,
       d.wanted_way, exists (select from rating r where r.dossier_id = d.id) as rated
from dossier d
join procedure t on t.id = d.procedure_id
join agency a on a.id = d.agency_id
where d.id = dossier_named($2) and d.citizen_id = $1
"""


async def my_dossiers(
    citizen: Actor, *, after: str | None = None, limit: int = paging.PAGE
) -> MyDossiers:
    """The dossiers this citizen filed through an account."""
    rows = await db.tenant.fetch(_MINE, citizen.id, *paging.read(after), limit + 1)
    shown, following = paging.cut(rows, limit, "filed_at")
    lines = [
        MyDossier(
            status=Status(row["status"]),
            **{key: value for key, value in row.items() if key not in ("id", "status")},
        )
        for row in shown
    ]
    return MyDossiers(lines=lines, next=following)


async def my_dossier(citizen: Actor, code: str) -> MyDossierView | None:
    """One of the citizen's own dossiers; None for anybody else's."""
    row = await db.tenant.fetch_row(_MY_ONE, citizen.id, code)
    if row is None:
        return None
    papers = await papers_of_dossier(row["id"])
    return MyDossierView(**{**dict(row), "status": Status(row["status"])}, papers=papers)


async def my_draft(citizen: Actor, procedure_code: str) -> DraftView | None:
    """The citizen's open draft of a procedure, whatever version it was begun on."""
    found = await open_drafts(citizen, procedure_code)
    return await draft(citizen, found[0].id) if found else None
