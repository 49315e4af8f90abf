"""Exports that are killed: a child process that shares nothing with its parent but the disk."""

import asyncio
import os
import random
import signal
import time
from pathlib import Path

from app.leaving import exporting
from tenants.shapes import Tenant


def killed(tenant: Tenant, folder: Path, seconds: float, share: int = 100) -> bool:
    """Go on exporting for that long, then die by kill -9; whether it was over before."""
    child = os.fork()
    if child == 0:
        ended = 1
        try:
            asyncio.run(exporting.export(tenant, folder, resume=True, share=share))
            ended = 0
        finally:
            os._exit(ended)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def moments(times: int, longest: float, seed: int) -> list[float]:
    """So many random moments within an export of that length."""
    chance = random.Random(seed)
    return [chance.uniform(0, longest) for _ in range(times)]
