"""Refusing to receive (từ chối tiếp nhận), with form 03 and its reason."""

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import answering
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.notices import service as notices
from app.onestop.notices.rules import unmarked
from app.onestop.slips import service as slips
from app.onestop.slips.reasons import reason_named
from app.people.shapes import Actor
from infra.clock import today


async def refuse(
    officer: Actor, code: str, version: int | None, *, reason_code: str, reason: str = ""
) -> Dossier:
    """Refuse a dossier filed online (từ chối tiếp nhận hồ sơ) and tell its citizen why.

    `reason_code` names a coded reason of form 03, `reason` what it is here. Raises NotFound,
    NotAllowed, Overtaken, and UnknownReason or ReasonNeeded of the slip.
    """
    case = await open_case(officer, Act.REFUSE, code, version)
    coded = reason_named("03", reason_code, today())
    said = reason or (coded.words if coded else "")
    dossier = await carry_out(officer, Act.REFUSE, case, note=said)
    await answering.stop(officer, dossier, Act.REFUSE)
    await slips.issue_refusal(officer, dossier, reason_code=reason_code, reason=reason)
    await notices.notify(dossier, "TU_CHOI", LYDO=unmarked(coded.words if coded else reason))
    return dossier
