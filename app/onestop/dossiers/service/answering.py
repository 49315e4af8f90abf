"""The reception's own clock: an online filing is answered within eight working hours.

Decree 118/2025/NĐ-CP, Article 17. The whole time begins only when it has ended by a reception.
"""

from app.onestop.deadlines import clocks
from app.onestop.deadlines import ledger_service as ledger
from app.onestop.deadlines.shapes import ClockName
from app.onestop.dossiers.models import Dossier
from app.onestop.dossiers.rules import Act
from app.people.shapes import Actor

_CLOCK = ClockName.RECEPTION


async def start(actor: Actor, dossier: Dossier) -> None:
    """The desk's hours begin with the filing, on the calendar of its agency."""
    await ledger.start(
        actor, dossier.id, clocks.RECEPTION_HOURS, clocks.RECEPTION_UNIT, at=dossier.filed_at,
        basis=clocks.RECEPTION, agency_id=dossier.agency_id, clock=_CLOCK,
    )  # fmt: skip


async def pause(actor: Actor, dossier: Dossier, reason: str) -> None:
    """The desk waits for its citizen."""
    await ledger.pause(actor, dossier.id, reason, clock=_CLOCK)


async def restart(actor: Actor, dossier: Dossier) -> None:
    """The papers have come: the desk has its hours again from nought."""
    await ledger.restart(actor, dossier.id, agency_id=dossier.agency_id, clock=_CLOCK)


async def stop(actor: Actor, dossier: Dossier, act: Act) -> None:
    """The desk has answered, or nobody awaits an answer any more."""
    await ledger.stop(actor, dossier.id, act.value, basis=clocks.RECEPTION, clock=_CLOCK)
