"""The worker process: `python -m app.worker`. Run as many as needed; none of them is special.

A ring names a job and a tenant; the job drains a bounded batch of that tenant's rows and rings
again when more may be waiting, so that a busy province stands in line like any other.
"""

import asyncio
import signal
import sys
from functools import partial

import structlog
import uvloop

from app.jobs import BY_NAME, JOBS, Job
from infra import bell, log
from infra.answering import Tick, answer_until
from infra.clock import VIETNAM, now
from infra.settings import BadSetting, settings
from tenants import db, registry
from tenants.current import acting_for
from tenants.shapes import Tenant

_log = structlog.get_logger()

# Jobs at work in this process; the value tells whether the bell rang again meanwhile.
_at_work: dict[tuple[str, str], bool] = {}


async def answer(name: str, slug: str) -> None:
    """Run one batch of a job for one tenant; what goes wrong is logged and left to the sweep."""
    key = (name, slug)
    if key in _at_work:
        # A second batch of the same tenant would only take a place from another tenant.
        _at_work[key] = True
        return
    _at_work[key] = False
    try:
        more = await _run(BY_NAME[name], slug)
    finally:
        rung_again = _at_work.pop(key)
    if more or rung_again:
        await bell.ring(name, slug)


async def _run(job: Job, slug: str) -> bool:
    structlog.contextvars.bind_contextvars(job=job.name, tenant=slug)
    try:
        tenant = await _tenant(slug)
        if tenant is None:
            _log.warning("job_for_no_tenant")
            return False
        with acting_for(tenant):
            return await job.run()
    except Exception as error:
        _log.error("job_failed", error=type(error).__name__, exc_info=True)
        return False


async def _tenant(slug: str) -> Tenant | None:
    tenant = await registry.by_slug(slug)
    if tenant is None:
        await registry.reload()  # It may be newer than our copy of the list.
        tenant = await registry.by_slug(slug)
    return tenant if tenant and tenant.status != "provisioning" else None


async def look(every: str) -> None:
    """Ring for rows whose bell may have been lost; one tenant's trouble is its own."""
    once = f"{now().astimezone(VIETNAM):%Y-%m-%d}" if every == "night" else None
    for tenant in await registry.active():
        for job in JOBS:
            if job.every == every and await _is_worth(job, tenant):
                await bell.ring(job.name, tenant.slug, once=once)


async def _is_worth(job: Job, tenant: Tenant) -> bool:
    if job.waiting is None:
        return True
    try:
        with acting_for(tenant):
            return await job.waiting()
    except Exception as error:
        _log.error("look_failed", job=job.name, tenant=tenant.slug, error=type(error).__name__)
        return False


TICKS = (
    Tick("minute", partial(look, "minute")),
    Tick("hour", partial(look, "hour"), minute=7, second=30),
    Tick("night", partial(look, "night"), hour=17, minute=20),  # 00:20 in Vietnam.
)


async def work_until(stop: asyncio.Event) -> None:
    """Answer the bell until `stop` is set; rows left from before wait for the next minute."""
    try:
        await answer_until(stop, list(BY_NAME), answer, TICKS)
    finally:
        await bell.close()
        await db.close()


async def _serve() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work_until(stop)


def main() -> None:
    """Work until told to stop; a wrong setting ends it with one sentence."""
    try:
        chosen = settings()
    except BadSetting as error:
        sys.exit(f"motcua: {error}")
    log.configure(chosen.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())


if __name__ == "__main__":
    main()
