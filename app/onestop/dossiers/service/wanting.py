"""Papers the workflow waits for (chờ giấy tờ): asked for as an officer would, with form 02."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.onestop.deadlines.calendar import local
from app.onestop.dossiers.service.opening import Case
from app.onestop.slips import service as slips
from app.onestop.slips.shapes import SupplementItem
from app.onestop.workflows.tree import Wait
from app.people.shapes import SYSTEM, Actor
from infra.clock import now
from infra.ids import uuid7
from tenants import db

# Served by supplement_request_dossier_id_round_key.
_ASK = """
insert into supplement_request (id, dossier_id, round, items, note, reply_by, asked_at, asked_by)
select $1, $2, coalesce(max(round), 0) + 1, $3::jsonb, $4, $5, $6, $7
from supplement_request where dossier_id = $2
"""


async def ask(actor: Actor, case: Case, wait: Wait, reply_by: datetime) -> None:
    """Form 02 with the papers of the wait, and their places on the citizen's page.

    No fault of anybody's: it does not count among the requests an officer makes. The officer whose
    act led here issues it, else the system.
    """
    items, note = _items(case, wait), f"Theo bước “{wait.name}” của quy trình giải quyết."
    await write(case.dossier.id, items, note, reply_by, None)
    issuer = actor if actor.kind == "officer" else SYSTEM
    last_day = local(reply_by).date()
    await slips.issue_supplement_request(
        issuer, case.dossier, items=items, reply_by=last_day, note=note
    )


async def write(
    dossier_id: UUID,
    items: list[SupplementItem],
    note: str | None,
    reply_by: datetime,
    asked_by: UUID | None,
) -> None:
    """The request's row, the next of its dossier; `asked_by` None: by the workflow."""
    text = msgspec.json.encode(items).decode()
    await db.tenant.execute(_ASK, uuid7(), dossier_id, text, note, reply_by, now(), asked_by)


def _items(case: Case, wait: Wait) -> list[SupplementItem]:
    """Papers as the procedure names them; a wait that names none of them is its own name."""
    known = {paper.id: paper.short for each in case.procedure.cases for paper in each.papers}
    names = [known[slot] for slot in wait.papers if slot in known] or [wait.name]
    return [SupplementItem(name=name) for name in names]
