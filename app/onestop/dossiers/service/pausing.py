"""Time that is not counted: money owed, publication, an agency outside (tạm dừng tính thời hạn)."""

from datetime import datetime

from app.onestop.deadlines.reasons import reason_on
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act, Finance
from app.onestop.dossiers.service import clock, waiting
from app.onestop.dossiers.service.last_days import last_day
from app.onestop.dossiers.service.steps import Case, carry_out, open_case
from app.onestop.dossiers.service.waiting import awaited
from app.onestop.notices import service as notices
from app.onestop.workflows.tree import Until, Wait
from app.onestop.workflows.waiting import BY_WORD
from app.people.shapes import Actor
from app.refusals import Malformed
from infra.clock import now, today

PAYMENT = "financial_duty"
# What the agency itself may pause for; the others come with a status of their own.
OF_AGENCY = ("publication", "outside_agency")


async def ask_payment(
    officer: Actor, code: str, version: int | None, *, pay_by: datetime, note: str | None = None
) -> Dossier:
    """Ask for the financial duty (nghĩa vụ tài chính); the clock stands still until it is done.

    Raises NotFound, NotAllowed, NotYourTurn, Overtaken, ClockPaused, Malformed.
    """
    case = await open_case(officer, Act.ASK_PAYMENT, code, version)
    until = last_day(pay_by, "pay_by", now())
    case.dossier.finance, case.dossier.pay_by = Finance.DUE.value, until
    await _stand_still(officer, case, PAYMENT)
    dossier = await carry_out(officer, Act.ASK_PAYMENT, case, note=note)
    await notices.notify(dossier, "NGHIA_VU_TC", occasion=str(dossier.version), HAN=until)
    return dossier


async def confirm_payment(
    officer: Actor, code: str, version: int | None, *, note: str | None = None
) -> Dossier:
    """The duty is done (đã thực hiện nghĩa vụ tài chính): the clock goes on. Raises as above."""
    case = await open_case(officer, Act.CONFIRM_PAYMENT, code, version)
    case.dossier.finance, case.dossier.pay_by = Finance.PAID.value, None
    return await _go_on(officer, Act.CONFIRM_PAYMENT, case, note, awaited(case, Until.PAYMENT))


async def pause(
    officer: Actor, code: str, version: int | None, *, reason: str, note: str | None = None
) -> Dossier:
    """Pause for a reason the law knows (niêm yết, chờ cơ quan ngoài): `reason` is its code.

    Raises NotFound, NotAllowed, NotYourTurn, Overtaken, ClockPaused, Malformed.
    """
    case = await open_case(officer, Act.PAUSE, code, version)
    if reason not in OF_AGENCY or reason_on(reason, today()) is None:
        raise Malformed(fields={"reason": "Chọn lý do tạm dừng trong danh sách."})
    await _stand_still(officer, case, reason)
    return await carry_out(officer, Act.PAUSE, case, note=note)


async def resume(
    officer: Actor,
    code: str,
    version: int | None,
    *,
    note: str | None = None,
    node: str | None = None,
) -> Dossier:
    """Count the time again (tiếp tục tính thời hạn); the citizen learns the new date.

    Where the workflow awaits an agency outside or a publication, that has come: `node` says which,
    by default the first. Raises NotFound, NotAllowed, Overtaken, Malformed.
    """
    case = await open_case(officer, Act.RESUME, code, version)
    return await _go_on(officer, Act.RESUME, case, note, _word_of(case, node))


def _word_of(case: Case, node: str | None) -> tuple[Wait, ...]:
    """The wait that is over; none when it is an officer's own pause that ends."""
    if case.dossier.pause is not None and not waiting.paused_by_workflow(case):
        return ()
    found = awaited(case, *BY_WORD)
    named = tuple(wait for wait in found if wait.id == node) if node else found[:1]
    if not named:
        raise Malformed(fields={"node": "Chọn phần chờ đã có kết quả."})
    return named


async def _stand_still(officer: Actor, case: Case, reason: str) -> None:
    dossier = case.dossier
    await clock.pause(officer, dossier, reason)
    dossier.pause, dossier.back_to = reason, dossier.status


async def _go_on(
    officer: Actor, act: Act, case: Case, note: str | None, done: tuple[Wait, ...]
) -> Dossier:
    before = case.dossier.due_at
    await waiting.come(officer, case, done)
    dossier = await carry_out(officer, act, case, note=note)
    if dossier.due_at != before:
        await notices.notify(dossier, "HEN_MOI", occasion=str(dossier.version))
    return dossier
