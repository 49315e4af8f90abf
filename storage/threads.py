"""Threads for work that blocks, apart from one another and from the event loop's own.

The default pool also resolves names and touches files: a store that hangs or a PDF that keeps its
reader busy must not take its few threads.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NETWORK = ThreadPoolExecutor(max_workers=16, thread_name_prefix="store")
PARSING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="inspect")


async def run(
    pool: ThreadPoolExecutor, call: Callable[P, T], *arguments: P.args, **named: P.kwargs
) -> T:
    """What `call` returns, called in a thread of `pool`."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, partial(call, *arguments, **named))
