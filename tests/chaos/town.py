"""An installation each part of which can be struck by itself and set up again."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.instance import Instance, free_base
from infra.embedded.postgres import Postgres
from infra.embedded.process import Trouble
from infra.embedded.program import Program
from infra.embedded.server import ROOT, Server, python_environment
from infra.embedded.swift import Swift
from infra.embedded.valkey import Valkey
from tests.chaos.plan import ALL
from tests.chaos.wire import Wires

_NAMES = {
    "Web": "web", "Worker": "worker", "PostgreSQL": "postgres", "Valkey": "valkey",
    "Swift": "store", "SMS": "sms",
}  # fmt: skip
_PORTS_SECONDS = 15.0
_DISK_BYTES = 1024**3
# Lines that may hang longer than a person waits; the ports after them are the store's own.
_STORE_STEP, _SMS_STEP = 30, 31


class Town(Instance):
    """Every part reaches the others over lines that can be cut; papers are in the object store."""

    def __init__(self, data: Path, *, own_disk: bool) -> None:
        """`own_disk` says that `data` is a disk of its own, which may be filled up."""
        super().__init__(data, free_base(), s3=True)
        self.own_disk, self.was_wrong = own_disk, False
        self.wires = Wires()
        self._straight: dict[str, str] = {}
        self.sockets = Path(tempfile.mkdtemp(prefix="mc-", dir="/tmp"))
        # Not on the disk that is filled up: the clock has to be set right meanwhile.
        self._clock = self.sockets / "clock"

    @property
    def able(self) -> tuple[tuple[str, str], ...]:
        """The faults that can be played here."""
        return tuple(each for each in ALL if self.own_disk or each[0] != "full")

    @property
    def direct(self) -> dict[str, str]:
        """The settings of who looks from outside, past all lines."""
        return {**python_environment(), **self.environment, **self._straight}

    def motcua(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """What the vendor's operator types, past all lines."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            env=self.direct, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def server(self, name: str) -> Server:
        """The part of that name."""
        return next(one for one in self._supervisor._servers if _NAMES.get(one.name) == name)

    def strike(self, name: str) -> None:
        """Kill a part with -9."""
        child = self.server(name).running
        if child is not None:
            child.kill()
            child.wait()

    def mend(self, name: str) -> None:
        """Set a part up again if it does not run."""
        server = self.server(name)
        if server.running is None or server.running.poll() is not None:
            server.stop()
            _start(server)
            server.ready()

    def mend_all(self) -> None:
        """Every part runs when this returns."""
        for name in ("postgres", "valkey", "store", "sms", "web", "worker"):
            self.mend(name)

    def flush(self) -> None:
        """Empty the queue and the sessions."""
        url = self._straight["MOTCUA_REDIS_URL"].removeprefix("unix://")
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(url)
            line.sendall(b"FLUSHALL\r\n")
            line.recv(64)

    def set_clock(self, wrong_seconds: int) -> None:
        """Set the clock of web and worker wrong by so much."""
        self.was_wrong |= wrong_seconds != 0
        self._clock.write_text(str(wrong_seconds))

    def complaints(self) -> list[str]:
        """What the web process called its own mistakes."""
        lines = (self.data / "web" / "web.log").read_text(errors="replace").splitlines()
        return [line[-1500:] for line in lines if "request_failed" in line]

    def fill_disk(self) -> None:
        """Leave no byte on the disk that holds the databases, the queue and papers on their way."""
        with (self.data / "filler").open("wb") as file:
            at, piece = 0, 64 * 1024**2
            while piece >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), at, piece)
                    at += piece
                except OSError:
                    piece //= 2

    def free_disk(self) -> None:
        """Take the filling away."""
        (self.data / "filler").unlink(missing_ok=True)

    def _settings(self, postgres: Postgres, valkey: Valkey, objects: Swift) -> dict[str, str]:
        self._straight = super()._settings(postgres, valkey, objects)
        sockets = Path(postgres._sockets)
        self.wires.lay("postgres", self.sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432")
        self.wires.lay(
            "valkey", self.sockets / "valkey.sock", Path(valkey.url.removeprefix("unix://"))
        )
        store, sms = self.ports.web + _STORE_STEP, self.ports.web + _SMS_STEP
        self.wires.lay("store", store, self.ports.objects)
        self.wires.lay("sms", sms, self.ports.phone)
        self.set_clock(0)
        lines = {
            name: text.replace(_quoted(sockets), _quoted(self.sockets))
            for name, text in self._straight.items()
        }
        return {
            **lines,
            "MOTCUA_REDIS_URL": f"unix://{self.sockets}/valkey.sock",
            "MOTCUA_S3_ENDPOINT": f"http://127.0.0.1:{store}",
            "MOTCUA_SMS_URL": f"http://127.0.0.1:{sms}",
            "MOTCUA_SMS_UNLIMITED": "true",
            # Five people do the work of a hall.
            "MOTCUA_LIMITS_FACTOR": "100",
            "MOTCUA_TRUSTED_PROXIES": "127.0.0.1",
            "MOTCUA_LOG_LEVEL": "warning",
        }

    def _programs(self) -> list[Program]:
        return [self._with_clock(each) for each in super()._programs()]

    def _with_clock(self, program: Program) -> Program:
        program._settings |= {"CHAOS_PROGRAM": program._module, "CHAOS_CLOCK": str(self._clock)}
        program._module = "tests.chaos.wrong_clock"
        return program


def _start(server: Server) -> None:
    """Start it as soon as what the killed one left behind has let go of its ports."""
    limit = time.monotonic() + _PORTS_SECONDS
    while True:
        try:
            return server.start()
        except Trouble:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


def _quoted(path: Path) -> str:
    return str(path).replace("/", "%2F")


@contextmanager
def town() -> Iterator[Town]:
    """One on a small disk of its own where the machine allows that; gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="motcua-chaos-"))
    root.chmod(0o711)
    own_disk = _mount(root)
    made = Town(root / "data", own_disk=own_disk)
    try:
        with made:
            yield made
    finally:
        made.wires.close()
        made.free_disk()
        made.erase()
        if own_disk:
            subprocess.run(["umount", "-l", root], check=False)
        shutil.rmtree(made.sockets)
        root.rmdir()


def _mount(place: Path) -> bool:
    if os.geteuid() != 0:
        return False
    size = f"size={_DISK_BYTES},mode=711"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "motcua-chaos", place],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
