"""What stands on the inner port: alive, ready, figures, and the SMS gateway's reports."""

from contextlib import suppress

from asyncpg.exceptions import PostgresError
from litestar import Litestar, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis.exceptions import RedisError

from app.doors import backup_figures, failures, program_figures
from app.doors.gateway import gateway_routes
from app.doors.measures import trail_checked
from app.trail import heads
from infra import bell
from tenants.db import control

_leaving = False
# Asked for its own sake: quiet traffic is counted without it, so nobody else would notice at night.
_valkey = Gauge("motcua_valkey_answers", "Whether Valkey answers this process")


def leave() -> None:
    """From now on this process is not ready: it finishes what it has and ends."""
    global _leaving
    _leaving = True


@get("/health/live", opt={"public": True}, sync_to_thread=False)
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt={"public": True})
async def ready() -> Response[dict[str, str]]:
    """The parts it leans on answer; 503 names the one that does not."""
    parts = {
        "control_database": await _control_answers(),
        "redis": await _redis_answers(),
        "staying": not _leaving,
    }
    status = 200 if all(parts.values()) else 503
    return Response({n: "ok" if ok else "down" for n, ok in parts.items()}, status_code=status)


@get("/metrics", opt={"public": True})
async def metrics() -> Response[bytes]:
    """Prometheus text format."""
    with suppress(OSError, TimeoutError, PostgresError):
        for slug, checked in (await heads.latest()).items():
            trail_checked(slug, checked.checked_at, checked.findings, checked.unsealed)
    await backup_figures.refresh()
    await program_figures.refresh()
    _valkey.set(await _redis_answers())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def create_inner() -> Litestar:
    """The application behind the inner port."""
    return Litestar(
        [alive, ready, metrics, gateway_routes],
        exception_handlers=failures.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


async def _control_answers() -> bool:
    try:
        return bool(await control.fetch_value("select true"))
    except (OSError, TimeoutError, PostgresError):
        return False


async def _redis_answers() -> bool:
    try:
        return await bell.answers()
    except (OSError, TimeoutError, RedisError):
        return False
