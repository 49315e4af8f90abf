"""Reads of drafts (bản nháp), for the person who writes them."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.catalog import queries as catalog
from app.onestop.catalog.shapes import Procedure
from app.onestop.forms.shapes import Form
from app.onestop.forms.source import form_named
from app.people.shapes import Actor
from app.refusals import NotFound
from tenants import db


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """One draft as its pages show it; `answers` as typed, by field id."""

    id: UUID
    procedure: Procedure
    form: Form
    agency_id: UUID
    agency_name: str
    case_id: str | None
    wanted_way: str
    answers: dict[str, str]
    saved_at: datetime
    dossier_code: str | None  # of the dossier it became


class DraftLine(msgspec.Struct, frozen=True):
    """An open draft in the citizen's list."""

    id: UUID
    procedure_code: str
    procedure_name: str
    saved_at: datetime


# By primary key; the citizen is part of the question, so another's draft does not exist.
_ONE = """
select d.id, d.procedure_id, d.agency_id, a.name as agency_name, d.case_id, d.wanted_way,
       d.answers::text as answers, d.saved_at, s.code as dossier_code
from draft d join agency a on a.id = d.agency_id left join dossier s on s.id = d.dossier_id
where d.id = $1 and d.citizen_id = $2
"""
# Served by draft_open.
_OPEN = """
select d.id, p.code, p.name, d.saved_at from draft d join procedure p on p.id = d.procedure_id
where d.citizen_id = $1 and d.dossier_id is null and ($2::text is null or p.code = $2)
order by d.saved_at desc limit 50
"""


async def draft(citizen: Actor, draft_id: UUID) -> DraftView:
    """The citizen's own draft. Raises NotFound."""
    row = await db.tenant.fetch_row(_ONE, draft_id, citizen.id)
    if row is None:
        raise NotFound
    document = await catalog.document(row["procedure_id"])
    return DraftView(
        procedure=document,
        form=form_named(document.form),
        answers=msgspec.json.decode(row["answers"], type=dict[str, str]),
        **{
            name: row[name]
            for name in ("id", "agency_id", "agency_name", "case_id", "wanted_way", "saved_at",
                         "dossier_code")
        },
    )  # fmt: skip


async def open_drafts(citizen: Actor, procedure_code: str | None = None) -> list[DraftLine]:
    """The citizen's open drafts, the newest first, of one procedure when said."""
    rows = await db.tenant.fetch(_OPEN, citizen.id, procedure_code)
    return [DraftLine(*row) for row in rows]
