"""Applying an approved calendar: open dossiers by the batch, each in its own transaction."""

import structlog

from app.onestop.deadlines.calendar import BadCalendar
from app.onestop.deadlines.ledger import BrokenLedger
from app.onestop.recounting import queries, service
from tenants.work import work

log = structlog.get_logger()

BATCH = 100


async def recount_dossiers() -> bool:
    """Count a batch anew; whether more may be waiting. Killed or run twice, it does no harm."""
    async with work():
        waiting = await queries.to_recount(BATCH)
    failed = 0
    for dossier_id in waiting:
        try:
            async with work():
                await service.recount(dossier_id)
        except (BrokenLedger, BadCalendar) as error:
            failed += 1
            log.error("dossier_not_recounted", dossier=str(dossier_id), why=str(error))
    if failed == len(waiting):
        async with work():
            await service.settle()
    return len(waiting) == BATCH and failed < BATCH
