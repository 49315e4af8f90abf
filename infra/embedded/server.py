"""The small shape every embedded server has: start, ready, stop, erase.

    with Valkey(Path(".data/valkey")) as valkey:
        ...

`start` launches and returns at once, `ready` waits, so that several can come up side by side.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from infra.embedded.process import (
    Claim,
    Trouble,
    end_orphan,
    identity,
    last_words,
    remove,
    spawn,
    stop,
    wait_until,
)

ROOT = Path(__file__).resolve().parents[2]
LOG_LIMIT_BYTES = 10 * 1024**2


class Server(ABC):
    """One server program whose state is kept under `directory`."""

    name: str
    # Sent one after the other, `patience` seconds apart, to end it.
    farewell: ClassVar[tuple[int, ...]] = (signal.SIGTERM,)
    patience: ClassVar[float] = 10

    def __init__(self, directory: Path) -> None:
        """Describe a server; nothing happens before `start`."""
        self.directory = directory.absolute()
        self.log = self.directory / f"{self.name.lower()}.log"
        self._log_start = 0  # where the log of this start begins
        self._claim: Claim | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Prepare the directory and start the program."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the program does its work now."""

    def start(self) -> None:
        """Recover from an earlier crash and launch; call from a thread that lives on."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._claim = Claim(self.directory, f"{self.name} already runs in {self.directory}")
        try:
            end_orphan(self._note, *self.farewell, patience=self.patience)
            self._log_start = _rotate(self.log)
            self._child = self._launch()
            self._note.write_text(identity(self._child.pid))
        except BaseException:
            self.stop()
            raise

    def ready(self, timeout: float = 180) -> None:
        """Return when the server answers; Trouble if it ends first or after `timeout` seconds."""
        assert self._child is not None, "start() comes first"
        wait_until(
            self._answers,
            self._child,
            name=self.name,
            log=self.log,
            log_start=self._log_start,
            timeout=timeout,
        )

    def stop(self) -> None:
        """End the server cleanly; harmless when nothing runs."""
        if self._child is not None:
            stop(self._child, *self.farewell, patience=self.patience)
            self._child = None
            self._note.unlink(missing_ok=True)
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def erase(self) -> None:
        """Stop and remove everything the server ever kept."""
        self.stop()
        remove(self.directory)

    def __enter__(self) -> Self:
        self.start()
        try:
            self.ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> subprocess.Popen[bytes] | None:
        """The server's process, for a supervisor that watches it."""
        return self._child

    def last_words(self) -> str:
        """What this start's log says about a failure, as the end of a sentence."""
        return last_words(self.log, self._log_start)

    @property
    def _note(self) -> Path:
        """Where the identity of the running process is kept, for the start after a crash."""
        return self.directory / "process"


class PythonServer(Server):
    """A server that is a Python program of ours, listening on TCP ports of 127.0.0.1."""

    module: str

    def __init__(self, directory: Path, port: int) -> None:
        """Describe a server on `port`; nothing happens before `start`."""
        super().__init__(directory)
        self.port = port

    def command(self) -> list[str | Path]:
        """What Python is to run."""
        return ["-m", self.module, "--port", str(self.port), "--directory", self.directory]

    def ports(self) -> list[int]:
        """Every TCP port the program opens."""
        return [self.port]

    def environment(self) -> dict[str, str]:
        """The environment the program runs in."""
        return python_environment()

    def _launch(self) -> subprocess.Popen[bytes]:
        for port in self.ports():
            refuse_taken(port, self.name)
        return spawn(
            [sys.executable, *self.command()],
            log=self.log,
            env=self.environment(),
            cwd=ROOT,
        )

    def _answers(self) -> bool:
        return all(listening(port) for port in self.ports())


def _rotate(log: Path) -> int:
    """Keep one older log, so that years of starts do not fill the disk; the size of what stays."""
    size = log.stat().st_size if log.exists() else 0
    if size <= LOG_LIMIT_BYTES:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def python_environment() -> dict[str, str]:
    """Our own environment, with output unbuffered and the clone first on the import path."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def refuse_taken(port: int, name: str) -> None:
    """Trouble, naming `port`, when another program listens there."""
    try:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(("127.0.0.1", port))
            trial.listen()
    except PermissionError:
        raise Trouble(
            f"port {port} ({name}) may only be opened by root: choose another with PORT=…"
        ) from None
    except OSError:
        raise Trouble(
            f"port {port} ({name}) is already in use by another program: "
            "stop that program, or choose other ports with make up PORT=9080"
        ) from None


def listening(port: int) -> bool:
    """Whether something accepts connections on `port` of this machine."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
