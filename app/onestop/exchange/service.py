"""What an officer does about messages that are stuck, and papers another system asked for."""

from functools import partial
from typing import Any
from uuid import UUID

from piccolo.columns.combination import WhereRaw

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import handles
from app.onestop.dossiers.service.asking import send_papers
from app.onestop.exchange.outbox import JOB
from app.onestop.exchange.refusals import NothingAsked, NothingStuck
from app.people.shapes import Actor
from app.refusals import NotFound
from app.trail.service import record
from infra import bell
from infra.clock import now
from tenants import db
from tenants.current import current
from tenants.work import after_commit

_FIND = """
select o.id, o.dossier_id, o.state, d.agency_id
from outgoing o join dossier d on d.id = o.dossier_id where o.id = $1 for update of o
"""
_AGAIN = """
update outgoing set state = 'pending', attempts = 0, next_at = $2, error = null where id = $1
"""
_DROP = "update outgoing set state = 'dropped' where id = $1"


async def try_again(officer: Actor, message_id: UUID) -> None:
    """Send a message that is stuck once more (gửi lại). Raises NotFound, NothingStuck."""
    found = await _stuck(officer, message_id)
    await db.tenant.execute(_AGAIN, message_id, now())
    await _settle(officer, "exchange.try_again", found)


async def drop(officer: Actor, message_id: UUID) -> None:
    """Give a stuck message up (bỏ qua), so that those behind it go. Raises as above."""
    found = await _stuck(officer, message_id)
    await db.tenant.execute(_DROP, message_id)
    await _settle(officer, "exchange.drop", found)


async def send_what_came(officer: Actor, code: str, note: str | None = None) -> int:
    """Send the papers that have come since another system asked for more; to how many of them.

    Raises NotFound, NothingAsked.
    """
    named = WhereRaw("id = dossier_named({})", code)
    dossier = await Dossier.objects().where(named).first().lock_rows("UPDATE")
    if dossier is None or not handles(dossier.agency_id, officer):
        raise NotFound
    told = await send_papers(dossier, note)
    if not told:
        raise NothingAsked
    await record(officer, "exchange.send_papers", ("dossier", dossier.id), detail={"code": code})
    return told


async def _stuck(officer: Actor, message_id: UUID) -> Any:
    row = await db.tenant.fetch_row(_FIND, message_id)
    if row is None or not handles(row["agency_id"], officer):
        raise NotFound
    if row["state"] not in ("refused", "stuck"):
        raise NothingStuck
    return row


async def _settle(officer: Actor, act: str, found: Any) -> None:
    await record(officer, act, ("dossier", found["dossier_id"]), detail={"message": found["id"]})
    # What stood behind it may go now.
    await after_commit(partial(bell.ring, JOB, current().slug))
