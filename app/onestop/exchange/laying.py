"""Papers that came with a message, laid into the dossier they belong to."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from app.onestop.exchange.shapes import Paper
from infra.clock import now
from infra.ids import uuid7
from tenants import db

_ADD = """
insert into paper (id, dossier_id, kind, slot, name, form, quantity, object_id, file_name,
                   added_at, added_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def lay_down(
    dossier_id: UUID, papers: Sequence[Paper], objects: Mapping[str, UUID], kind: str, whose: str
) -> None:
    """Add them in their order; `objects` gives the stored file behind each digest, `whose` names
    the system they came from."""
    # A microsecond apart: lists are sorted by time.
    at = now()
    await db.tenant.execute_many(
        _ADD,
        [
            (
                *(uuid7(), dossier_id, kind, paper.slot, paper.name, paper.form, paper.quantity),
                objects[paper.file.sha256] if paper.file else None,
                paper.file.name if paper.file else None,
                *(at + timedelta(microseconds=place), whose),
            )
            for place, paper in enumerate(papers)
        ],
    )
