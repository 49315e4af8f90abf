"""Ending without a result: stopped on request with form 05, or withdrawn by the citizen."""

from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Status
from app.onestop.dossiers.service import answering, clock
from app.onestop.dossiers.service.steps import Case, carry_out, open_case
from app.onestop.dossiers.service.traces import needed_note
from app.onestop.notices import service as notices
from app.onestop.slips import service as slips
from app.people.shapes import Actor

_STOP_WHY = "Ghi đề nghị của người nộp và lý do dừng giải quyết."
_WITHDRAW_WHY = "Ghi lý do rút hồ sơ."


async def stop(officer: Actor, code: str, version: int | None, *, reason: str) -> Dossier:
    """Stop on the applicant's request (dừng giải quyết), before there is a decision; form 05.

    Raises NotFound, NotAllowed, Overtaken, AlreadyDecided, Malformed without a reason.
    """
    case = await open_case(officer, Act.STOP, code, version)
    why, stage = needed_note(reason, _STOP_WHY), Status(case.dossier.status).title
    dossier = await end(officer, Act.STOP, case, why)
    await slips.issue_stop(
        officer, dossier, reason=why, requested_by=dossier.applicant_name, stage=stage
    )
    await notices.notify(dossier, "DUNG")
    return dossier


async def withdraw(actor: Actor, code: str, version: int | None, *, reason: str) -> Dossier:
    """Withdraw (rút hồ sơ): the citizen online, or the desk at the citizen's request.

    Raises NotFound, NotAllowed, Overtaken, AlreadyDecided, Malformed without a reason.
    """
    case = await open_case(actor, Act.WITHDRAW, code, version)
    dossier = await end(actor, Act.WITHDRAW, case, needed_note(reason, _WITHDRAW_WHY))
    await notices.notify(dossier, "RUT")
    return dossier


async def end(actor: Actor, act: Act, case: Case, why: str) -> Dossier:
    """End it without a result; the caller has made sure that `act` may be done now."""
    dossier = case.dossier
    if dossier.due_at is not None:
        await clock.stop(actor, dossier, act.value)
    elif dossier.received_at is None:
        await answering.stop(actor, dossier, act)
    dossier.pause, dossier.back_to = None, None
    return await carry_out(actor, act, case, note=why)
