"""Answering the bell: the worker's side of arq, kept alive through outages of Redis."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC
from typing import Any, NamedTuple, cast

import structlog
from arq import cron
from arq.cron import CronJob
from arq.worker import Function, Worker
from arq.worker import func as arq_function
from redis.exceptions import RedisError

from infra import bell

log = structlog.get_logger()

# Short, so that an idle worker answers at once; it costs about a hundredth of a core.
POLL_SECONDS = 0.05
MAX_JOBS = 20
JOB_SECONDS = 150
_FAREWELL_SECONDS = 15.0
_ASKED_AGAIN_SECONDS = 0.5
_PAUSE_SECONDS = 1.0

Answer = Callable[[str, str], Awaitable[None]]


class Tick(NamedTuple):
    """Something done by the clock, once for all workers together; UTC, None is every."""

    name: str
    run: Callable[[], Awaitable[None]]
    hour: int | None = None
    minute: int | None = None
    second: int = 0


async def answer_until(
    stop: asyncio.Event,
    names: Collection[str],
    answer: Answer,
    ticks: Collection[Tick],
    look: Callable[[], Awaitable[None]],
) -> None:
    """Call `answer(job, whom)` for every ring of one of `names` until `stop` is set.

    What a job or a tick raises is logged and ends nothing. Redis may go and come back. `look` is
    called whenever rings may have been lost: at the start, after an outage, when Redis was
    emptied.
    """
    while not stop.is_set():
        worker = _worker(names, answer, ticks)
        running = asyncio.create_task(worker.async_run())
        stopping = asyncio.create_task(stop.wait())
        watching = asyncio.create_task(_watch(look))
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, watching):
            task.cancel()
        if stop.is_set():
            await _finish_jobs(worker)
        await _end(worker, running)
        if not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE_SECONDS)


async def _watch(look: Callable[[], Awaitable[None]]) -> None:
    """Look as soon as Redis answers, and again when it answered not or had forgotten us."""
    lost = True
    while True:
        try:
            lost = await bell.forgotten() or lost
            if lost:
                await look()
            lost = False
        except (RedisError, OSError, TimeoutError):
            lost = True
        except Exception as error:
            log.error("look_failed", error=type(error).__name__, exc_info=True)
        await asyncio.sleep(_PAUSE_SECONDS)


def _worker(names: Collection[str], answer: Answer, ticks: Collection[Tick]) -> Worker:
    return Worker(
        functions=[_function(name, answer) for name in names],
        cron_jobs=[_cron(tick) for tick in ticks],
        queue_name=bell.QUEUE,
        redis_pool=bell.queue(patient=True),
        job_serializer=bell.pack,
        job_deserializer=bell.unpack,
        handle_signals=False,
        max_jobs=MAX_JOBS,
        job_timeout=JOB_SECONDS,
        poll_delay=POLL_SECONDS,
        keep_result=0,
        timezone=UTC,
        log_results=False,
    )


def _function(name: str, answer: Answer) -> Function:
    async def run(ctx: dict[str, Any], whom: str) -> None:
        await bell.begins(ctx["redis"], name, whom)
        await answer(name, whom)

    return arq_function(run, name=name)


def _cron(tick: Tick) -> CronJob:
    async def run(_: dict[Any, Any]) -> None:
        try:
            await tick.run()
        except Exception as error:
            log.error("tick_failed", tick=tick.name, error=type(error).__name__, exc_info=True)

    return cron(
        cast("Any", run),
        name=f"tick:{tick.name}",
        hour=tick.hour,
        minute=tick.minute,
        second=tick.second,
    )


async def _finish_jobs(worker: Worker) -> None:
    """Take no new job and give those at work a little time; rows of the others wait."""
    worker.allow_pick_jobs = False
    if worker.tasks:
        await asyncio.wait(list(worker.tasks.values()), timeout=_FAREWELL_SECONDS)


async def _end(worker: Worker, running: "asyncio.Task[None]") -> None:
    # Asked more than once: a library that gives a wait up at that very moment (asyncio.timeout
    # around an answer of Redis) may take the first asking for its own.
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=_ASKED_AGAIN_SECONDS)
    for step in (running, worker.close()):
        try:
            await step
        except asyncio.CancelledError:
            pass
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("redis_lost", error=type(error).__name__)
