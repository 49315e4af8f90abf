"""The two cores and the processes on them: the program measured has one core to itself."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from infra.embedded.process import stop, tie_to_parent
from infra.embedded.server import ROOT, python_environment

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = _CORES[0], _CORES[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Run the block, and whatever it starts, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def program(
    *argv: str,
    environment: Mapping[str, str] | None = None,
    talk: bool = False,
    core: int = SERVER_CORE,
) -> Iterator[subprocess.Popen[str]]:
    """Python with `argv` on a core, ended with the block; `talk` opens its pipes."""
    pipe = subprocess.PIPE if talk else subprocess.DEVNULL
    parent = os.getpid()

    def settle_down() -> None:
        os.sched_setaffinity(0, {core})
        tie_to_parent(parent, 15)

    child = subprocess.Popen(
        [sys.executable, *argv], stdin=pipe, stdout=pipe, text=True, cwd=ROOT,
        env={**python_environment(), **(environment or {})}, preexec_fn=settle_down,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.stdin:
            with suppress(BrokenPipeError):
                child.stdin.close()
        stop(child)  # type: ignore[arg-type]  # text or bytes makes no difference to a signal


def cpu_seconds(pid: int) -> float:
    """Processor time a process and its children have used so far, ended ones included."""
    found = psutil.Process(pid)
    total = 0.0
    for process in [found, *found.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # It ended just now: its parent has its time.
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_mb(pid: int) -> dict[str, float]:
    """Resident and proportional memory of one process: shared pages count for their share."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
    return {"rss": kilobytes["Rss"] / 1024, "pss": kilobytes["Pss"] / 1024}
