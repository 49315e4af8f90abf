"""Printing a slip once more."""

from typing import Any
from uuid import UUID

from app.onestop.dossiers.rules import handles
from app.onestop.slips import rules
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from tenants import db

_SLIP = """
select s.form, s.dossier_id, d.agency_id, d.desk_agency_id
from slip s join dossier d on d.id = s.dossier_id
where s.id = $1
"""


async def reprinted(officer: Actor, slip_id: UUID) -> None:
    """Record that a slip was printed again (in lại); nothing else changes.

    Raises NotFound when it is not of an agency the officer works in.
    """
    row = await db.tenant.fetch_row(_SLIP, slip_id)
    if row is None or not any(handles(one, officer) for one in _desks(row)):
        raise NotFound
    await record(
        officer,
        rules.REPRINTED,
        ("dossier", row["dossier_id"]),
        detail={"form": row["form"], "slip": slip_id},
    )


def _desks(row: Any) -> list[UUID]:
    """The competent agency, and the one that took it in where that is another."""
    return [one for one in (row["agency_id"], row["desk_agency_id"]) if one is not None]
