"""What the worker does for the trail, for one tenant at a time."""

import structlog

from app.trail import heads
from app.trail.joined import verify_joined
from app.trail.retention import drop_old
from app.trail.sealing import BATCH, seal_rows

log = structlog.get_logger()


async def seal_trail() -> bool:
    """Seal one batch and publish the head; whether more may wait."""
    sealed = await seal_rows()
    if sealed:
        await heads.publish()
    return sealed == BATCH


async def check_trail() -> bool:
    """Verify the whole trail and write down what was found; never more to do."""
    await heads.publish()
    verdict = await heads.verify_here()
    for _, theirs in await verify_joined():
        verdict.add(theirs.findings)
    await heads.note_check(verdict)
    if not verdict.whole:
        log.error("trail_not_whole", findings=verdict.faults, first=verdict.findings[0].line)
    return False


async def drop_old_trail() -> bool:
    """Let the oldest seals' rows go where the time to keep them is over; whether more may."""
    return bool(await drop_old())
