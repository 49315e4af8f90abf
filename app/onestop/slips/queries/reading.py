"""Reading slips, as they were issued."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.onestop.slips import rules, source
from app.onestop.slips.filling import number_text
from app.onestop.slips.printing import Print, print_of
from app.onestop.slips.shapes import CONTENTS, Slip
from tenants import db


class SlipLine(msgspec.Struct, frozen=True, kw_only=True):
    """One slip in the list of a dossier's slips; `number` as it is written, "" without one."""

    id: UUID
    form: str
    name: str
    number: str
    issued_at: datetime
    officer: str
    replaced: bool


_FIELDS = """
select s.id, s.dossier_id, s.form, s.form_version, s.content::text as content, s.issued_at,
       s.number, r.issued_at as replaced_at, r.content->>'replaces_why' as replaced_why
from slip s join dossier d on d.id = s.dossier_id left join slip r on r.replaces = s.id
"""
# Served by slip_by_dossier and slip_replaces_key.
_NEWEST = f"""{_FIELDS} where d.id = dossier_named($1) and s.form = $2
order by r.id is not null, s.issued_at desc, s.id desc limit 1"""
_ONE = f"{_FIELDS} where d.id = dossier_named($1) and s.id = $2"
_ALL = """
select s.id, s.form, s.form_version, s.number, s.issued_at, o.full_name as officer,
       exists (select from slip r where r.replaces = s.id) as replaced
from slip s join dossier d on d.id = s.dossier_id left join officer o on o.id = s.issued_by
where d.id = dossier_named($1) order by s.issued_at desc, s.id desc
"""


async def slip_view(code: str, form: str = rules.RECEIPT) -> Print | None:
    """The newest slip of that form for the dossier of that code, ready to print; None without one.

    The caller has asked the access rule of the dossier before.
    """
    row = await db.tenant.fetch_row(_NEWEST, code, form)
    return view_of(_slip(dict(row))) if row else None


async def slip_of(code: str, slip_id: UUID) -> Slip | None:
    """One slip of that dossier; None when it has no such slip. Access is asked before."""
    row = await db.tenant.fetch_row(_ONE, code, slip_id)
    return _slip(dict(row)) if row else None


async def slips_of(code: str) -> list[SlipLine]:
    """Every slip of that dossier, the newest first. The caller has asked the access rule."""
    return [_line(dict(row)) for row in await db.tenant.fetch(_ALL, code)]


def view_of(slip: Slip, copies: int | None = None) -> Print:
    """The slip laid out under its own version of the form, its codes drawn. Pure."""
    return print_of(slip, source.document(slip.form, slip.form_version), copies)


def _slip(row: dict[str, Any]) -> Slip:
    content = msgspec.json.decode(row.pop("content"), type=CONTENTS[row["form"]])
    return Slip(content=content, **row)


def _line(row: dict[str, Any]) -> SlipLine:
    document = source.document(row["form"], row.pop("form_version"))
    said = {
        "number": number_text(document, row["number"]),
        "officer": row["officer"] or rules.BY_ITSELF,
    }
    return SlipLine(**{**row, **said}, name=document.name)
