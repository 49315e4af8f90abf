"""What is done every night for what a tenant used."""

import structlog

from app.usage import officers
from app.usage.rows import ROWS
from billing import quota, rebuild
from billing.jobs import collect_usage

log = structlog.get_logger()


async def count_officers() -> bool:
    """Count who was active this month, up to yesterday; never more to do."""
    await officers.count_officers()
    return False


async def check_books() -> bool:
    """Count the books again from the rows below them; what differs is on the vendor's page."""
    while await collect_usage():
        pass
    await rebuild.check(ROWS)
    return False


async def warn_of_limits() -> bool:
    """Leave a warning wherever a limit of the contract comes near or is passed."""
    for meter, percent in await quota.watch():
        log.warning("limit_reached", meter=meter, percent=percent)
    return False
