"""What the worker does for the books, for one tenant at a time."""

from billing.collect import collect
from billing.samples import sample_missing

BATCH = 2000


async def collect_usage() -> bool:
    """Carry one batch of the current tenant's usage into the books; whether more may wait."""
    return await collect(BATCH) == BATCH


async def sample_storage() -> bool:
    """Count the stored bytes of every day that is over and was not counted; never more to do."""
    await sample_missing()
    return False
