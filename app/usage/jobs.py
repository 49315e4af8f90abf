"""What is done every night for what a tenant used."""

from app.usage.rows import ROWS
from billing import rebuild
from billing.jobs import collect_usage


async def check_books() -> bool:
    """Count the books again from the rows below them; what differs is on the vendor's page."""
    while await collect_usage():
        pass
    await rebuild.check(ROWS)
    return False
