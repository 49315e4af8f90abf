"""The worker process: `python -m app.worker`. Run as many as needed; none of them is special.

A ring names a job and a tenant; the job drains a bounded batch of that tenant's rows and rings
again when more may be waiting, so that a busy province stands in line like any other. No tenant
has more jobs at work than its share, and heavy jobs leave room for the others; who finds no room
is rung for again when a job ends.
"""

import asyncio
import sys
from contextvars import Context
from functools import partial
from typing import NamedTuple

import structlog
from asyncpg import exceptions

from app import release
from app.jobs import BY_NAME, JOBS, Job
from app.serving import serve_until_told
from infra import bell
from infra.answering import MAX_JOBS, Tick, answer_until
from infra.clock import VIETNAM, now
from infra.settings import BadSetting, settings
from infra.turns import share
from tenants import db, registry
from tenants.current import acting_for
from tenants.shapes import Tenant

_log = structlog.get_logger()

Key = tuple[str, str]  # a job's name and a tenant's


class Bounds(NamedTuple):
    """How many jobs at once: all together, of one tenant alone, of one among many."""

    places: int
    most: int
    least: int


# A tenant whose database is slow holds up few others, and those not for long.
_LOOKED_AT_TOGETHER = 4
_LOOK_SECONDS = 5.0
ANY = Bounds(MAX_JOBS, most=6, least=2)
HEAVY = Bounds(4, most=2, least=1)

# What a dependency that does not answer makes a job raise; it is tried again soon, and after half
# a minute with the next sweep.
OUTAGES = (
    OSError,
    exceptions.ObjectNotInPrerequisiteStateError,  # A restored database is being put in place.
    exceptions.PostgresConnectionError,
    exceptions.AdminShutdownError,
    exceptions.CrashShutdownError,
    exceptions.CannotConnectNowError,
    exceptions.InterfaceError,
    exceptions.InternalClientError,
)
_OUTAGE_SECONDS = 1.5
_TRIALS = 20

# Jobs at work in this process; the value tells whether the bell rang again meanwhile.
_at_work: dict[Key, bool] = {}
# Jobs that found no room, in the order in which they came.
_later: dict[Key, None] = {}
# Jobs that an outage cut short: how often one after the other, and who will ring for them.
_cut_short: dict[Key, int] = {}
_waiting: set[asyncio.Task[None]] = set()


async def answer(name: str, slug: str) -> None:
    """Run one batch of a job for one tenant; what goes wrong is logged and left to the sweep, but
    a job that an outage cut short is rung for again at once."""
    key = (name, slug)
    if key in _at_work:
        # A second batch of the same tenant would only take a place from another tenant.
        _at_work[key] = True
        return
    if not _has_room(key):
        _later[key] = None
        return
    _later.pop(key, None)
    _at_work[key] = False
    try:
        more = await _run(BY_NAME[name], slug)
    except OUTAGES as error:
        _log.warning("job_cut_short", job=name, tenant=slug, error=type(error).__name__)
        more = False
        _soon(key)
    else:
        _cut_short.pop(key, None)
    finally:
        rung_again = _at_work.pop(key)
    if more or rung_again:
        await bell.ring(name, slug)
    await _call_next()


def _soon(key: Key) -> None:
    """Ring when what we lean on may have come back."""
    _cut_short[key] = _cut_short.get(key, 0) + 1
    if _cut_short[key] > _TRIALS:
        del _cut_short[key]
        return

    async def later() -> None:
        await asyncio.sleep(_OUTAGE_SECONDS)
        await bell.ring(*key)

    task = asyncio.get_running_loop().create_task(later(), context=Context())
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


def _has_room(key: Key) -> bool:
    if not _fits(key, set(_at_work), ANY):
        return False
    heavy = {each for each in _at_work if BY_NAME[each[0]].heavy}
    return not BY_NAME[key[0]].heavy or _fits(key, heavy, HEAVY)


def _fits(key: Key, at_work: set[Key], bounds: Bounds) -> bool:
    present = {slug for _, slug in (*at_work, *_later, key)}
    mine = sum(slug == key[1] for _, slug in at_work)
    return len(at_work) < bounds.places and mine < share(*bounds, len(present))


async def _call_next() -> None:
    """Ring for the first that fits now; should the ring be lost, the sweep rings again."""
    key = next((each for each in _later if _has_room(each)), None)
    if key is not None:
        del _later[key]
        await bell.ring(*key)


async def _run(job: Job, slug: str) -> bool:
    structlog.contextvars.bind_contextvars(job=job.name, tenant=slug)
    try:
        tenant = await _tenant(slug)
        if tenant is None:
            _log.warning("job_for_no_tenant")
            return False
        with acting_for(tenant):
            return await job.run()
    except OUTAGES:
        raise
    except Exception as error:
        _log.error("job_failed", error=type(error).__name__, exc_info=True)
        return False


async def _tenant(slug: str) -> Tenant | None:
    tenant = await registry.by_slug(slug)
    if tenant is None:
        await registry.reload()  # It may be newer than our copy of the list.
        tenant = await registry.by_slug(slug)
    ready = tenant and tenant.status != "provisioning" and release.serves(tenant)
    return tenant if ready else None


async def look(every: str, *, afresh: bool = False) -> None:
    """Ring for rows whose bell may have been lost; one tenant's trouble is its own.

    `afresh` also where a ring is thought to be under way.
    """
    once = f"{now().astimezone(VIETNAM):%Y-%m-%d}" if every == "night" else None
    few = asyncio.Semaphore(_LOOKED_AT_TOGETHER)

    async def look_at(tenant: Tenant) -> None:
        async with few:
            for job in JOBS:
                if job.every == every and await _is_worth(job, tenant):
                    await bell.ring(job.name, tenant.slug, once=once, afresh=afresh)

    served = [tenant for tenant in await registry.active() if release.serves(tenant)]
    await asyncio.gather(*(look_at(tenant) for tenant in served))


async def _is_worth(job: Job, tenant: Tenant) -> bool:
    if job.waiting is None:
        return True
    try:
        with acting_for(tenant), db.patience(_LOOK_SECONDS):
            return await job.waiting()
    except OUTAGES as error:
        # The job itself finds out whether anything waits, as soon as it can.
        _log.warning("look_failed", job=job.name, tenant=tenant.slug, error=type(error).__name__)
        return True
    except Exception as error:
        _log.error("look_failed", job=job.name, tenant=tenant.slug, error=type(error).__name__)
        return False


TICKS = (
    Tick("minute", partial(look, "minute")),
    Tick("hour", partial(look, "hour"), minute=7, second=30),
    Tick("night", partial(look, "night"), hour=17, minute=20),  # 00:20 in Vietnam.
)


async def work_until(stop: asyncio.Event) -> None:
    """Answer the bell until `stop` is set; rows left from before are looked for first."""
    try:
        await answer_until(stop, list(BY_NAME), answer, TICKS, partial(look, "minute", afresh=True))
    finally:
        await bell.close()
        await db.close()


def main() -> None:
    """Work until told to stop; a wrong setting ends it with one sentence."""
    try:
        settings()
    except BadSetting as error:
        sys.exit(f"motcua: {error}")
    serve_until_told("worker", work_until)


if __name__ == "__main__":
    main()
