"""Ceph's S3 gateway in one directory, where its packages are installed: mon, osd and radosgw.

No root, no authentication between the daemons, loopback only. Debian packages: radosgw ceph-mon
ceph-osd ceph-common.
"""

import base64
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from infra.embedded.process import spawn, stop
from infra.embedded.server import listening

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool")
_CONF = """[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{mon}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind port min = {low}
ms bind port max = {high}
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
osd max object name len = 256
osd max object namespace len = 64
run dir = {home}/run
admin socket = {home}/run/$name.$pid.asok
log file = {home}/log/$name.log
pid file = {home}/run/$name.pid
crash dir = {home}/log
mon cluster log file = {home}/log/cluster.log
mon data = {home}/mon
osd data = {home}/osd
rgw data = {home}/rgw
keyring = {home}/keyring
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw crypt require ssl = false
rgw crypt default encryption key = {key}
"""


def installed() -> bool:
    """Whether every program is there."""
    return all(shutil.which(program) for program in PROGRAMS)


class Radosgw:
    """One gateway on `port`, its monitor on the next one, further ports above."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.access_key, self.secret_key = "motcua", secrets.token_hex(16)
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """The S3 endpoint."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Make a new cluster and wait until the gateway listens."""
        self._prepare()
        self._spawn("ceph-mon", "-i", "a", "-f")
        _wait(lambda: self._ok("ceph", "mon", "stat"))
        osd = str(uuid4())
        self._run("ceph", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._start_osd()
        self._spawn("radosgw", "-n", "client.rgw", "-f")
        _wait(lambda: listening(self.port))
        self.add_user(self.access_key, self.access_key, self.secret_key)

    def add_user(self, name: str, access: str, secret: str) -> None:
        """One more account with its own buckets."""
        self._run(
            *("radosgw-admin", "-n", "client.rgw", "user", "create", f"--uid={name}"),
            *(f"--display-name={name}", f"--access-key={access}", f"--secret-key={secret}"),
        )

    def stop(self) -> None:
        """End all three at once: nothing of the cluster is wanted any more."""
        while self._children:
            stop(self._children.pop(), signal.SIGKILL)

    def _prepare(self) -> None:
        for part in ("mon", "osd", "rgw", "run", "log"):
            (self.home / part).mkdir(parents=True)
        (self.home / "keyring").touch()
        fsid, mon = str(uuid4()), self.port + 1
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        ports = {"mon": mon, "low": mon + 1, "high": mon + 40}
        text = _CONF.format(fsid=fsid, home=self.home, port=self.port, key=key, **ports)
        (self.home / "ceph.conf").write_text(text)
        address = f"[v1:127.0.0.1:{mon}]"
        monmap = str(self.home / "monmap")
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monmap)
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap)

    def _start_osd(self) -> None:
        # Now and then the daemon loses a race with the monitor ("wrong fsid") and ends.
        for _ in range(5):
            child = self._spawn("ceph-osd", "-i", "0", "-f")
            _wait(lambda: child.poll() is not None or b"1 up" in self._out("ceph", "osd", "stat"))  # noqa: B023
            if child.poll() is None:
                return
        raise RuntimeError(f"ceph-osd does not start; see {self.home}/log")

    def _command(self, *words: str) -> list[str]:
        return [words[0], "-c", str(self.home / "ceph.conf"), *words[1:]]

    def _spawn(self, *words: str) -> subprocess.Popen[bytes]:
        child = spawn(self._command(*words), log=self.home / "log" / f"{words[0]}.out")
        self._children.append(child)
        return child

    def _run(self, *words: str) -> None:
        done = subprocess.run(self._command(*words), capture_output=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stderr.decode(errors='replace')[-500:]}")

    def _ok(self, *words: str) -> bool:
        done = subprocess.run(self._command(*words), capture_output=True, timeout=30)
        return done.returncode == 0

    def _out(self, *words: str) -> bytes:
        return subprocess.run(self._command(*words), capture_output=True, timeout=30).stdout


def _wait(ready: Callable[[], bool], seconds: float = 90) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise RuntimeError("Ceph does not come up")
        time.sleep(0.2)
