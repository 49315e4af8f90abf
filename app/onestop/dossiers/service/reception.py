"""Receiving (tiếp nhận): the clock starts, the receipt is given, the use is counted."""

from app.onestop.catalog.shapes import ChannelKind
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.refusals import PapersMissing
from app.onestop.dossiers.rules import Act, missing_papers
from app.onestop.dossiers.service import answering, clock
from app.onestop.dossiers.service.clock import Clock
from app.onestop.dossiers.service.steps import Case, carry_out, open_case
from app.onestop.notices import service as notices
from app.onestop.slips import service as slips
from app.people.shapes import Actor
from billing import meter
from infra.clock import now
from tenants import db

# Served by paper_by_dossier.
_SLOTS = """
select distinct slot from paper
where dossier_id = $1 and kind = 'submitted' and object_id is not null
"""


async def receive(
    officer: Actor, code: str, version: int | None, *, working_days: int | None = None
) -> Dossier:
    """Receive a dossier filed online (tiếp nhận hồ sơ trực tuyến).

    `working_days` is needed only where the procedure publishes no time limit. Raises NotFound,
    NotAllowed, Overtaken, PapersMissing, LimitNeeded, NobodyThere.
    """
    case = await open_case(officer, Act.RECEIVE, code, version)
    await _papers_must_be_there(case)
    dossier = case.dossier
    dossier.received_at = now()
    wound = await clock.wind(case.procedure, dossier, working_days)
    desk = officer.holds("reception", dossier.agency_id)
    await carry_out(officer, Act.RECEIVE, case, post_id=desk.id if desk else None)
    await answering.stop(officer, dossier, Act.RECEIVE)
    await give_receipt(officer, dossier, wound)
    return dossier


async def give_receipt(officer: Actor, dossier: Dossier, wound: Clock) -> None:
    """What every reception brings with it: ledger, slip 01, the notice, the usage."""
    await clock.start(officer, dossier, wound)
    await slips.issue_receipt(officer, dossier)
    await notices.notify(dossier, "TIEP_NHAN")
    await count_use(dossier)


async def count_use(dossier: Dossier) -> None:
    """A dossier is paid for once, where it was received; not again where it is only helped with."""
    if dossier.channel == "linked":
        return
    await meter.count(
        f"dossier:{dossier.id}:received",
        "dossier.received",
        subject=dossier.code,
        occurred_at=dossier.received_at,
    )


async def _papers_must_be_there(case: Case) -> None:
    if case.dossier.channel == "linked":
        return  # Whoever asks answers for what it sends; what is wanting is asked for.
    rows = await db.tenant.fetch(_SLOTS, case.dossier.id)
    slots = {row["slot"] for row in rows}
    if missing := missing_papers(case.procedure, ChannelKind.ONLINE, case.dossier.case_id, slots):
        raise PapersMissing(missing)
