"""Late, and said in time: the apology and the new appointment (form 04), once."""

from datetime import datetime

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import clock
from app.onestop.dossiers.service.last_days import last_day
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.service.traces import needed_note
from app.onestop.notices import service as notices
from app.onestop.slips import service as slips
from app.people.shapes import Actor
from infra.clock import now

_WHY = "Ghi lý do chậm để người nộp được biết; lý do này in trên văn bản xin lỗi."


async def extend(
    officer: Actor, code: str, version: int | None, *, until: datetime, reason: str
) -> Dossier:
    """Apologise and put the appointment off (xin lỗi và gia hạn) to the end of that working day.

    Decree 118/2025, Article 19 clause 9: once, before the time is over. Raises NotFound,
    NotAllowed, Overtaken, ExtensionTooLate, ExtendedBefore, NotLater, Malformed without a reason.
    """
    case = await open_case(officer, Act.EXTEND, code, version)
    why = needed_note(reason, _WHY)
    dossier, before = case.dossier, case.dossier.due_at
    await clock.extend(officer, dossier, until, why)
    last_day(until, "until", now())
    dossier.extensions += 1
    dossier = await carry_out(officer, Act.EXTEND, case, note=why)
    await slips.issue_apology(
        officer, dossier, old_due_at=before, new_due_at=dossier.due_at, reason=why
    )
    await notices.notify(dossier, "TRE_HAN", NGAYMOI=dossier.due_at)
    return dossier
