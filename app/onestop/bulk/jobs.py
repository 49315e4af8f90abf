"""Doing what was ordered: each dossier in a transaction of its own, with its own outcome."""

import structlog

from app.onestop.bulk import queries, service
from app.people.queries import actor_for_officer
from app.refusals import Refusal
from tenants.work import work

log = structlog.get_logger()

BATCH = 50
_GONE = "Ông/bà không còn quyền xử lý hồ sơ này."
_FAILED = "Chưa thực hiện được do lỗi hệ thống. Vui lòng mở hồ sơ và thực hiện lại."


async def settle_bulk_orders() -> bool:
    """Settle a batch; whether more may be waiting. Killed midway it goes on where it stopped:
    what is done is marked in the same transaction."""
    async with work():
        rows = await queries.waiting(BATCH)
    for row in rows:
        await _settle(row)
    return len(rows) == BATCH


async def _settle(row: queries.Waiting) -> None:
    try:
        async with work():
            if not await queries.claim(row):
                return  # Another worker has it, or had it.
            officer = await actor_for_officer(row["officer_id"])
            if officer is None:
                await service.settle(row, "refused", _GONE)
            else:
                await service.do_one(officer, row)
    except Refusal as refusal:
        async with work():
            await service.settle(row, "refused", _why(refusal))
    except Exception:
        log.error("bulk_item_failed", exc_info=True)
        async with work():
            await service.settle(row, "refused", _FAILED)


def _why(refusal: Refusal) -> str:
    """The reason without the form around it: a field's own sentence says more."""
    return " ".join(refusal.fields.values()) or refusal.message
