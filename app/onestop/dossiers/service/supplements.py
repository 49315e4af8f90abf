"""Papers that are wanting (bổ sung, hoàn thiện hồ sơ): asking in one go, and getting them."""

from collections.abc import Sequence
from datetime import datetime

from app.onestop.deadlines.calendar import local
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import NotConfirmed, NothingNew
from app.onestop.dossiers.rules import RUNNING, Act
from app.onestop.dossiers.service import answering, asking, clock, waiting, wanting
from app.onestop.dossiers.service.last_days import last_day
from app.onestop.dossiers.service.steps import Case, carry_out, open_case
from app.onestop.dossiers.service.waiting import went_back
from app.onestop.notices import service as notices
from app.onestop.slips import service as slips
from app.onestop.slips.shapes import SupplementItem
from app.onestop.workflows.tree import Until
from app.people.shapes import Actor
from app.refusals import Malformed
from infra.clock import now
from tenants import db

PAUSE = "supplement"
_NAME_LENGTH = 300
_TOO_LONG = f"Rút gọn tên giấy tờ còn tối đa {_NAME_LENGTH} ký tự; ghi chi tiết ở phần hướng dẫn."
_NEW_DATE = "Hồ sơ đã được bổ sung, thời hạn được tính lại từ đầu"
# Served by supplement_request_dossier_id_round_key.
_OPEN = """
select id, asked_at from supplement_request where dossier_id = $1 and answered_at is null
order by round desc limit 1
"""
# Served by paper_by_dossier.
_NEW_PAPERS = """
select count(*) from paper where dossier_id = $1 and kind = 'submitted' and added_at >= $2
"""


async def ask_supplement(
    officer: Actor,
    code: str,
    version: int | None,
    *,
    items: Sequence[SupplementItem],
    reply_by: datetime,
    note: str = "",
    again: bool = False,
    confirmed: bool = False,
) -> Dossier:
    """Ask for everything that is wanting at once (form 02); the clock stands still meanwhile.

    A second request counts as late by the quality index (Decision 766/QĐ-TTg, indicator 2.1), so
    only a leader makes it: `again`, with `confirmed`. Raises NotFound, NotAllowed, Overtaken,
    LeaderAsksAgain, NotConfirmed, AlreadyDecided, Malformed, and the slip's refusals.
    """
    act = Act.ASK_AGAIN if again else Act.ASK_SUPPLEMENT
    case = await open_case(officer, act, code, version)
    if again and not confirmed:
        raise NotConfirmed
    last_day(reply_by, "reply_by", now())
    if any(len(item.name) > _NAME_LENGTH for item in items):
        raise Malformed(fields={"other": _TOO_LONG})
    await _write(officer, case, items, reply_by, note)
    dossier = await carry_out(officer, act, case, note=note)
    await slips.issue_supplement_request(
        officer, dossier, items=items, reply_by=reply_by, note=note
    )
    short = "giay to ghi tai phieu huong dan"
    await notices.notify(
        dossier, "BO_SUNG", occasion=str(dossier.requests), LYDO=short, HAN=local(reply_by).date()
    )
    return dossier


async def supplement(
    actor: Actor, code: str, version: int | None, *, note: str | None = None
) -> Dossier:
    """The papers have come (đã bổ sung): by its citizen, or laid on the counter.

    A dossier never received waits for its reception again; one received is counted from zero
    (Decree 118/2025, Article 19 clause 4) and gets a receipt with its new date. Raises NotFound,
    NotAllowed, Overtaken, NothingNew.
    """
    return await come(actor, await open_case(actor, Act.SUPPLEMENT, code, version), note=note)


async def come(actor: Actor, case: Case, *, note: str | None = None) -> Dossier:
    """The papers have come; the caller has made sure that they may. Raises NothingNew."""
    dossier, before = case.dossier, case.dossier.due_at
    asked = await db.tenant.fetch_row(_OPEN, dossier.id)
    if actor.kind == "citizen":
        since = asked["asked_at"] if asked else await waiting.papers_asked_at(dossier)
        await _something_new(dossier, since or dossier.filed_at)
    if asked:
        await db.tenant.execute(
            "update supplement_request set answered_at = $2 where id = $1", asked["id"], now()
        )
    dossier.status, dossier.pause, dossier.back_to = went_back(dossier), None, None
    if dossier.status in RUNNING:
        await clock.restart(actor, dossier)
        await waiting.come(actor, case, waiting.awaited(case, Until.PAPER))
    else:
        await answering.restart(actor, dossier)
    dossier = await carry_out(actor, Act.SUPPLEMENT, case, note=note)
    await asking.send_papers(dossier, note)
    if dossier.status in RUNNING:
        await notices.notify(dossier, "DA_BO_SUNG", occasion=str(dossier.requests))
    if dossier.due_at != before:
        await slips.renew_receipt(actor, dossier, _NEW_DATE)
    return dossier


async def _write(
    officer: Actor, case: Case, items: Sequence[SupplementItem], reply_by: datetime, note: str
) -> None:
    dossier = case.dossier
    dossier.requests += 1
    if dossier.status in RUNNING:
        await clock.pause(officer, dossier, PAUSE)
    else:
        await answering.pause(officer, dossier, PAUSE)
    dossier.pause, dossier.back_to = PAUSE, dossier.status
    await wanting.write(dossier.id, list(items), note or None, reply_by, officer.id)


async def _something_new(dossier: Dossier, since: datetime) -> None:
    if not await db.tenant.fetch_value(_NEW_PAPERS, dossier.id, since):
        raise NothingNew
