"""How many programs of each kind are at work, so that somebody is told when one kind is missing."""

from contextlib import suppress
from datetime import timedelta

from asyncpg.exceptions import PostgresError
from prometheus_client import Gauge

from infra.clock import now
from tenants.running import at_work

# Each says every ten seconds that it lives.
_FRESH = timedelta(seconds=45)
_KINDS = ("web", "worker", "keeper")
_programs = Gauge("motcua_programs", "Programs heard of in the last 45 seconds", ["kind"])


async def refresh() -> None:
    """Bring the figures up to date; a database that does not answer leaves them as they were."""
    with suppress(OSError, TimeoutError, PostgresError):
        since = now() - _FRESH
        heard_of = [each.kind for each in await at_work() if each.seen_at >= since]
        for kind in _KINDS:
            _programs.labels(kind).set(heard_of.count(kind))
