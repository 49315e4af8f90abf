"""Runs a program of the product with a clock that can be set wrong while it runs.

`python -m tests.chaos.wrong_clock`; CHAOS_PROGRAM names the program, CHAOS_CLOCK a file that says
by how many seconds its clock is wrong.
"""

import os
import runpy
import time
from datetime import datetime, timedelta
from pathlib import Path

from infra import clock

_FILE = Path(os.environ["CHAOS_CLOCK"])
_right = clock.now
_read = [0.0, 0.0]  # when the file was last read, and what it said


def _wrong() -> datetime:
    if time.monotonic() - _read[0] > 0.1:
        _read[:] = time.monotonic(), float(_FILE.read_text() or 0)
    return _right() + timedelta(seconds=_read[1])


# Before anything of the product is loaded, so that everybody gets this one.
clock.now = _wrong
runpy.run_module(os.environ["CHAOS_PROGRAM"], run_name="__main__", alter_sys=True)
