"""Ending what waits only for time, each dossier in its own transaction."""

import structlog

from app.onestop.dossiers.service import passing
from app.refusals import Refusal
from tenants.work import work

log = structlog.get_logger()

BATCH = 100


async def end_waits() -> bool:
    """End a batch of waits whose time is over; whether more may be waiting. Twice does no harm."""
    async with work():
        waiting = await passing.waits_over(BATCH)
    ended = 0
    for dossier_id in waiting:
        try:
            async with work():
                ended += await passing.end_waits(dossier_id)
        except Refusal as refusal:
            log.error("wait_not_ended", dossier=str(dossier_id), why=refusal.code)
    return len(waiting) == BATCH and ended > 0
