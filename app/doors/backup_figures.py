"""How many things are wrong with each tenant's backups, as a figure to be alarmed by."""

import time

import structlog
from asyncpg.exceptions import PostgresError
from prometheus_client import Gauge

from tenants.backup.queries import standings

_log = structlog.get_logger()
_FRESH_SECONDS = 60.0
_worries = Gauge("motcua_backup_worries", "What is red about a tenant's backups", ["tenant"])
_read_at = float("-inf")


async def refresh() -> None:
    """Bring the figures up to date, once a minute at most; never raises."""
    global _read_at
    if time.monotonic() - _read_at < _FRESH_SECONDS:
        return
    _read_at = time.monotonic()
    try:
        lines = await standings()
    except (OSError, TimeoutError, PostgresError) as error:
        _log.warning("backup_figures_stale", error=type(error).__name__)
        return
    _worries.clear()
    for line in lines:
        _worries.labels(line.slug).set(len(line.worries))
