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

from infra.embedded.process import Claim, Trouble, end_orphan, remove, spawn, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Server(ABC):
    """One server program whose state is kept under `directory`."""

    name: ClassVar[str]
    # Sent one after the other, `patience` seconds apart, to end it.
    farewell: ClassVar[tuple[int, ...]] = (signal.SIGTERM,)
    patience: ClassVar[float] = 10

    def __init__(self, directory: Path) -> None:
        """Describe a server; nothing happens before `start`."""
        self.directory = directory.absolute()
        self.log = self.directory / f"{self.name.lower()}.log"
        self._claim: Claim | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]:
        """Prepare the directory and start the program."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the program does its work now."""

    @abstractmethod
    def _is_ours(self, command_line: str) -> bool:
        """Whether a process with this command line is this server, left over from a crash."""

    def start(self) -> None:
        """Recover from an earlier crash and launch; call from a thread that lives on."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._claim = Claim(self.directory, f"{self.name} already runs in {self.directory}")
        try:
            self._end_orphan()
            self._child = self._launch()
            (self.directory / "pid").write_text(str(self._child.pid))
        except BaseException:
            self.stop()
            raise

    def ready(self, timeout: float = 60) -> None:
        """Return when the server answers; Trouble if it ends first or after `timeout` seconds."""
        assert self._child is not None, "start() comes first"
        wait_until(self._answers, self._child, name=self.name, log=self.log, timeout=timeout)

    def stop(self) -> None:
        """End the server cleanly; harmless when nothing runs."""
        if self._child is not None:
            stop(self._child, *self.farewell, patience=self.patience)
            self._child = None
            (self.directory / "pid").unlink(missing_ok=True)
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

    def _end_orphan(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.directory / "pid").read_text())
            end_orphan(pid, self._is_ours, *self.farewell)


class PythonServer(Server):
    """A server that is a Python program of ours, listening on one TCP port of 127.0.0.1."""

    module: ClassVar[str]

    def __init__(self, directory: Path, port: int) -> None:
        """Describe a server on `port`; nothing happens before `start`."""
        super().__init__(directory)
        self.port = port

    def arguments(self) -> list[str | Path]:
        """The program's arguments after its name."""
        return ["--port", str(self.port), "--directory", self.directory]

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
            [sys.executable, "-m", self.module, *self.arguments()],
            log=self.log,
            env=self.environment(),
            cwd=ROOT,
        )

    def _answers(self) -> bool:
        return all(listening(port) for port in self.ports())

    def _is_ours(self, command_line: str) -> bool:
        return self.module in command_line and str(self.directory) in command_line


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
