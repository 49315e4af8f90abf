"""What a workflow's conditions may ask of a dossier."""

import msgspec

from app.onestop.dossiers.service.opening import Case
from app.onestop.dossiers.shapes import KIND_OF_CHANNEL
from app.onestop.workflows.conditions import Facts
from tenants import db

# Served by paper_by_dossier.
_SLOTS = "select distinct slot from paper where dossier_id = $1 and kind = 'submitted'"


async def known_of(case: Case) -> Facts:
    """The answers, the case, the channel and the papers given, as they are now."""
    dossier = case.dossier
    rows = await db.tenant.fetch(_SLOTS, dossier.id)
    return Facts(
        answers=msgspec.json.decode(dossier.answers, type=dict[str, str]),
        case_id=dossier.case_id,
        channel=KIND_OF_CHANNEL[dossier.channel],
        slots=frozenset(row["slot"] for row in rows),
    )
