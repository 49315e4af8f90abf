"""What the processes without a door have in common: at work until a signal ends them."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import uvloop

from app import release
from infra import log
from infra.settings import reread, settings
from tenants import db
from tenants.running import running


def serve_until_told(kind: str, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Do `work` until SIGTERM or SIGINT sets its event; `kind` is the program's name.

    Secrets are changed without stopping: SIGHUP has their files read again.
    """
    log.configure(settings().log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(kind, work))


async def _serve(kind: str, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reread)
    try:
        async with running(kind, release.own()):
            await work(stop)
    finally:
        await db.close()
