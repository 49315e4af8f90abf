"""Which programs are at work and what went wrong in them, so that somebody is told."""

from contextlib import suppress
from datetime import timedelta

from asyncpg.exceptions import PostgresError
from prometheus_client import Gauge

from infra.clock import now
from tenants.running import at_work, errors

# Each says every ten seconds that it lives.
_FRESH = timedelta(seconds=45)
_KINDS = ("web", "worker", "keeper")
_programs = Gauge("motcua_programs", "Programs heard of in the last 45 seconds", ["kind"])
_lines = Gauge("motcua_error_lines", "Lines of level error ever logged", ["kind", "event"])
_last = Gauge("motcua_last_error_seconds", "When the last such line was", ["kind", "event"])


async def refresh() -> None:
    """Bring the figures up to date; a database that does not answer leaves them as they were."""
    with suppress(OSError, TimeoutError, PostgresError):
        since = now() - _FRESH
        heard_of = [each.kind for each in await at_work() if each.seen_at >= since]
        for kind in _KINDS:
            _programs.labels(kind).set(heard_of.count(kind))
        for error in await errors():
            _lines.labels(error.kind, error.event).set(error.lines)
            _last.labels(error.kind, error.event).set(error.last_at.timestamp())
