"""What a citizen has filed."""

from datetime import datetime

import msgspec

from app.onestop.dossiers.queries import paging
from app.onestop.dossiers.queries.drafts import DraftView, draft, open_drafts
from app.onestop.dossiers.rules import Status
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
    pause: str | None  # why its clock stands still
    reply_by: datetime | None  # until when papers are waited for


class MyDossiers(msgspec.Struct, frozen=True, kw_only=True):
    """The citizen's dossiers, the newest first."""

    lines: list[MyDossier]
    next: str | None


# Served by dossier_by_citizen and supplement_request_dossier_id_round_key.
_MINE = """
select d.id, d.code, d.status, t.short_name as procedure_name, d.summary,
       a.name as agency_name, d.filed_at, d.due_at, d.delivered_at, d.pause,
       (select max(q.reply_by) from supplement_request q
         where q.dossier_id = d.id and d.status = 5 and q.answered_at is null) as reply_by
from dossier d
join procedure t on t.id = d.procedure_id
join agency a on a.id = d.agency_id
where d.citizen_id = $1 and ($2::timestamptz is null or (d.filed_at, d.id) < ($2, $3::uuid))
order by d.filed_at desc, d.id desc limit $4
"""

# Served by dossier_code_key.
_OWN_CODE = "select code from dossier where id = dossier_named($2) and citizen_id = $1"


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


async def own_code(citizen: Actor, code: str) -> str | None:
    """The code of one of the citizen's own dossiers, asked for by any code it ever had; None for
    anybody else's."""
    own: str | None = await db.tenant.fetch_value(_OWN_CODE, citizen.id, code)
    return own


async def my_draft(citizen: Actor, procedure_code: str) -> DraftView | None:
    """The citizen's open draft of a procedure, whatever version it was begun on."""
    found = await open_drafts(citizen, procedure_code)
    return await draft(citizen, found[0].id) if found else None
