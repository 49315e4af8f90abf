"""Working gently: an export takes its share of the machine and leaves the rest to the living."""

import asyncio
import time

_SLICE_SECONDS = 0.02


class Pace:
    """`await pace.breathe()` often: after each slice of work it rests as long as was agreed.

    `share` is the percentage of time to work; 100 never rests.
    """

    def __init__(self, share: int = 100) -> None:
        self._rest = (100 - share) / share
        self._began = time.monotonic()

    async def breathe(self) -> None:
        """Rest if a slice is over."""
        worked = time.monotonic() - self._began
        if worked < _SLICE_SECONDS:
            return
        await asyncio.sleep(worked * self._rest)
        self._began = time.monotonic()
