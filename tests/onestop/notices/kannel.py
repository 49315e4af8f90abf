"""Kannel with its fake message centre, as a province would run it before a real operator."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.ports import free_ports

FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
PARTS = ("bearerbox", "smsbox")

_CONFIG = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = adm
admin-allow-ip = "127.0.0.1"
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{directory}/bearerbox.log"
log-level = 0
store-type = spool
store-location = "{directory}/spool"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE1
host = 127.0.0.1
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = box1
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-file = "{directory}/smsbox.log"
log-level = 0
immediate-sendsms-reply = true

group = sendsms-user
username = app
password = app-pass
max-messages = 10
concatenation = true
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
text = ""
max-messages = 0

group = smsbox-route
smsbox-id = box1
smsc-id = FAKE1
"""


def absent() -> str | None:
    """Why Kannel cannot be tested against here; None when it can."""
    missing = [name for name in PARTS if not shutil.which(name)]
    missing += [] if FAKESMSC.exists() else ["fakesmsc"]
    return f"not installed: {', '.join(missing)}" if missing else None


class Kannel:
    """bearerbox, fakesmsc and smsbox on free ports, ended together."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running: list[subprocess.Popen[bytes]] = []
        names = ("admin", "box", "centre", "send")
        self._ports = dict(zip(names, free_ports(len(names)), strict=True))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports['send']}"

    @property
    def received(self) -> str:
        """What the fake message centre printed of the messages it was given."""
        return (self._directory / "fakesmsc.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        (self._directory / "spool").mkdir(parents=True)
        config = self._directory / "kannel.conf"
        config.write_text(_CONFIG.format(directory=self._directory, **self._ports))
        self._start("bearerbox", config)
        self._wait("centre")
        self._start(
            *(FAKESMSC, "-H", "127.0.0.1", "-r", self._ports["centre"], "-m", "0"),
            "84900000000 123 text chao",
        )
        self._wait("box")
        self._start("smsbox", config)
        self._wait("send")
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self._running):
            child.terminate()
        for child in reversed(self._running):
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _start(self, program: object, *arguments: object) -> None:
        log = self._directory / f"{Path(str(program)).name}.log"
        command = [str(program), *map(str, arguments)]
        with log.open("ab") as out:
            self._running.append(subprocess.Popen(command, stdout=out, stderr=out))

    def _wait(self, port: str) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._ports[port]), timeout=1).close()
                return
            except OSError:
                ended = [child for child in self._running if child.poll() is not None]
                assert not ended, f"{ended[0].args} ended"
                time.sleep(0.1)
