"""What we tell the other system of the work it asked of us: received, wanting, over."""

from typing import Any

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status
from app.onestop.exchange import outbox
from app.onestop.exchange.shapes import Acceptance, Answer, Content, Question
from tenants import db

_ERRAND = """
select partner_id, work_id from errand where dossier_id = $1 and withdrawn_at is null
"""
# Served by supplement_request_dossier_id_round_key.
_WANTED = """
select array(select item->>'name' from jsonb_array_elements(items) as item) as items, note, reply_by
from supplement_request where dossier_id = $1 order by round desc limit 1
"""
_ENDS = (Act.REFUSE, Act.STOP, Act.WITHDRAW)
_ASKS = (Act.ASK_SUPPLEMENT, Act.ASK_AGAIN)


async def reply(dossier: Dossier, act: Act, note: str | None) -> None:
    """Tell the system that asked, in the transaction of the act; others tell it nothing."""
    if dossier.channel != "linked":
        return
    errand = await db.tenant.fetch_row(_ERRAND, dossier.id)
    said = await _words(dossier, act, note) if errand else None
    if errand and said:
        await outbox.put(errand["partner_id"], errand["work_id"], dossier.id, said)


async def _words(dossier: Dossier, act: Act, note: str | None) -> Content | None:
    if act is Act.RECEIVE:
        return Acceptance(code=dossier.code, due_at=dossier.due_at)
    if act in _ASKS:
        return _question(dossier, await db.tenant.fetch_row(_WANTED, dossier.id))
    if act is Act.FINISH or act in _ENDS:
        return Answer(
            code=dossier.code,
            finished=act is Act.FINISH,
            status=Status(dossier.status).title,
            note=note or "",
            papers=await outbox.papers(dossier.id, ("result",)),
        )
    return None


def _question(dossier: Dossier, wanted: Any) -> Question:
    return Question(
        code=dossier.code,
        items=tuple(wanted["items"]),
        note=wanted["note"] or "",
        reply_by=wanted["reply_by"],
    )
