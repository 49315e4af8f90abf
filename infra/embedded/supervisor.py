"""Servers that come up together, are watched together and go down together.

    with Supervisor(Path(".data")) as supervisor:
        supervisor.launch(postgres, valkey)
        supervisor.wait_ready()
        supervisor.watch()

Nothing outlives the block. If this very process is killed, the system ends the servers, and the
next start clears what they left (see `server.Server.start`).
"""

import contextlib
import errno
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Self

from infra.embedded.process import Claim, Trouble
from infra.embedded.server import Server

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEEDED_BYTES = 300 * 1024**2


class Supervisor:
    """Runs the servers of one data directory; a second supervisor there is refused."""

    def __init__(self, directory: Path) -> None:
        """Describe; nothing happens before the `with` block."""
        self.directory = directory.absolute()
        self._servers: list[Server] = []
        self._claim: Claim | None = None

    def __enter__(self) -> Self:
        # Others may pass through on their way to PostgreSQL's data, but not look around.
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
        _refuse_full(self.directory)
        self._claim = Claim(
            self.directory,
            f"motcua already runs with the data directory {self.directory}: stop it there "
            "with Ctrl-C, or choose another directory and port with make up DATA=… PORT=…",
        )
        return self

    def __exit__(self, *_: object) -> None:
        with _deaf():
            for server in reversed(self._servers):
                server.stop()
            self._servers.clear()
            if self._claim is not None:
                self._claim.release()

    def launch(self, *servers: Server) -> None:
        """Start servers in this order without waiting for them."""
        for server in servers:
            self._servers.append(server)
            server.start()

    def wait_ready(self, *servers: Server) -> None:
        """Wait until these servers (all when none is named) do their work."""
        for server in servers or self._servers:
            server.ready()

    def watch(self) -> None:
        """Return only by an exception: Trouble when a server ends by itself."""
        while True:
            for server in self._servers:
                child = server.running
                if child is not None and child.poll() is not None:
                    raise Trouble(f"{server.name} stopped by itself: {server.last_words()}")
            time.sleep(0.5)


@contextlib.contextmanager
def told_to_stop() -> Iterator[None]:
    """Inside, SIGTERM and a closed terminal act like Ctrl-C; then KeyboardInterrupt is over."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # What nohup or a background job was told to ignore stays ignored.
    heard = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Inside, a second Ctrl-C does not cut the clean-up short; every step of it has a limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_full(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise Trouble(
            f"the disk of {directory} has only {free // 1024**2} MB free: make room, then start"
        )


def sentence(error: OSError) -> str:
    """An error of the system as one sentence for the person at the terminal."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"the disk is full{place}: free some space, then start again"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"permission is missing{place}: start as the owner, or remove what is in the way"
    return f"{error.strerror or error}{place}"
