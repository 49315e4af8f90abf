"""Work that is killed: a child process that shares nothing with its parent but disk and servers."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine
from typing import Any

from tenants import db


def killed(doing: Callable[[], Coroutine[Any, Any, object]], seconds: float) -> bool:
    """Work for that long, then die by kill -9; whether the work was over before."""
    return ended(begun(doing), seconds)


def begun(doing: Callable[[], Coroutine[Any, Any, object]]) -> int:
    """Let a child process do it; the child's id."""
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            db._pools.clear()  # The parent's connections are not ours to speak on.
            asyncio.run(doing())  # type: ignore[arg-type]
            ended = 0
        finally:
            os._exit(ended)
    return child


def ended(child: int, seconds: float) -> bool:
    """Leave a child that long, then kill it with -9; whether it was over before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def moments(times: int, longest: float, seed: int) -> list[float]:
    """So many random moments within work of that length."""
    chance = random.Random(seed)
    return [chance.uniform(0, longest) for _ in range(times)]
