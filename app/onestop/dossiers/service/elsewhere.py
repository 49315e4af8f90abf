"""Received for another agency (tiếp nhận không phụ thuộc địa giới), and got by the competent one.

Decree 118/2025/NĐ-CP, Article 17 clause 3, as amended by Decree 309/2026/NĐ-CP, Article 8: the
citizen hands the dossier in at any desk of the province and has a receipt at once; the time is
counted from the moment the competent agency has it.
"""

from app.onestop.deadlines.clocks import ELSEWHERE
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.onestop.dossiers.service import clock, linking
from app.onestop.dossiers.service.reception import count_use
from app.onestop.dossiers.service.steps import carry_out, open_case
from app.onestop.dossiers.service.traces import leave_trace
from app.onestop.notices import service as notices
from app.onestop.slips import service as slips
from app.people.shapes import Actor
from infra.clock import now
from tenants import db

# Served by task_open.
_FIRST = """
select node from task where dossier_id = $1 and state = 'open' order by opened_at, id limit 1
"""
_WHY = "Cơ quan có thẩm quyền đã nhận hồ sơ và hẹn ngày trả kết quả"


async def taken_in(officer: Actor, dossier: Dossier) -> None:
    """What taking in for another agency brings with it: form 01 without a date, a message."""
    await leave_trace(officer, dossier, Act.INTAKE_FOR)
    await slips.issue_receipt(officer, dossier)
    await notices.notify(dossier, "TIEP_NHAN_HO")
    await count_use(dossier)


async def take_over(
    officer: Actor, code: str, version: int | None, *, working_days: int | None = None
) -> Dossier:
    """The competent agency confirms that it has the dossier (cơ quan có thẩm quyền nhận hồ sơ).

    Its clock starts, and the receipt is replaced by one with the date. `working_days` is needed
    only where the procedure publishes no time limit. Raises NotFound, NotAllowed, Overtaken,
    LimitNeeded, NobodyThere.
    """
    case = await open_case(officer, Act.TAKE_OVER, code, version)
    dossier = case.dossier
    dossier.competent_received_at = now()
    wound = await clock.wind(case.procedure, dossier, working_days)
    desk = officer.holds("reception", dossier.agency_id)
    await carry_out(officer, Act.TAKE_OVER, case, post_id=desk.id if desk else None)
    await clock.start(officer, dossier, wound)
    await _came_from(officer, dossier)
    await slips.replace_receipt(officer, dossier, _WHY)
    await notices.notify(dossier, "CO_QUAN_NHAN")
    return dossier


async def _came_from(officer: Actor, dossier: Dossier) -> None:
    """The desk that took it in has handed it over, and its papers with it."""
    node = await db.tenant.fetch_value(_FIRST, dossier.id)
    await linking.write_down(
        officer, dossier, dossier.desk_agency_id, dossier.agency_id, node, ELSEWHERE
    )
