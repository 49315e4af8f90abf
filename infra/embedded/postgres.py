"""An embedded PostgreSQL 18: the binaries of a wheel, one cluster per directory, a Unix socket.

    with Postgres(Path(".data/postgres")) as postgres:
        connection = await asyncpg.connect(postgres.dsn)

No TCP port is opened and every login needs a password (SCRAM-SHA-256). PostgreSQL refuses to run
as root, so root lends it an unprivileged user; see `places.py` for what that entails.
"""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

from infra.embedded import places
from infra.embedded.process import (
    Claim,
    Trouble,
    end_orphan,
    last_words,
    remove,
    run,
    socket_directory,
    spawn,
    stop,
    wait_until,
)

OWNER = "motcua_admin"
VERSION = "18"
_SOCKET = ".s.PGSQL.5432"

# Durable (fsync and synchronous_commit stay on), for a small machine and short transactions.
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
}


class Postgres:
    """One PostgreSQL cluster kept under `directory`; two directories may run side by side."""

    def __init__(
        self,
        directory: Path,
        *,
        max_connections: int = 100,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a cluster; nothing happens before `start`."""
        self.directory = directory.absolute()
        self.log = self.directory / "postgres.log"
        self._settings = {
            **_SETTINGS,
            "max_connections": str(max_connections),
            **(settings or {}),
        }
        self._claim: Claim | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._place: places.Place | None = None
        self._sockets = Path()

    def start(self) -> None:
        """Create the cluster if there is none, recover from an earlier crash, and launch."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._claim = Claim(self.directory, f"PostgreSQL already runs in {self.directory}")
        try:
            self._place = places.find(self.directory)
            self._sockets = socket_directory(
                self._place.home / "sockets", _SOCKET + ".lock", self._place.owner
            )
            self._initialise(self._place)
            self._recover(self._cluster)
            self._child = self._launch(self._place)
        except BaseException:
            self._claim.release()
            raise

    def ready(self, timeout: float = 60) -> None:
        """Return when connections are accepted; Trouble after `timeout` seconds."""
        assert self._child is not None, "start() comes first"
        wait_until(self._accepts, self._child, name="PostgreSQL", log=self.log, timeout=timeout)

    def stop(self) -> None:
        """End every session and shut down cleanly; harmless when nothing runs."""
        if self._child is not None:
            stop(self._child, signal.SIGINT, signal.SIGQUIT, patience=20)
            self._child = None
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def erase(self) -> None:
        """Stop and remove the cluster with all its data, wherever it was placed."""
        self.stop()
        places.forget(self.directory)
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
    def dsn(self) -> str:
        """The administrator's address: may create databases and roles."""
        return self.dsn_for("postgres", OWNER, self._password())

    def dsn_for(self, database: str, user: str, password: str) -> str:
        """The address of `database` for another role."""
        where = urlencode({"host": str(self._sockets), "port": "5432"})
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@/{quote(database)}?{where}"

    @property
    def _cluster(self) -> Path:
        assert self._place is not None
        return self._place.home / "cluster"

    def _password(self) -> str:
        """The administrator's password, made once and kept in a file only we can read."""
        path = self.directory / "password"
        with contextlib.suppress(FileNotFoundError):
            if kept := path.read_text():
                return kept
        password = secrets.token_urlsafe(24)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(password)
        return password

    def _initialise(self, place: places.Place) -> None:
        """Run initdb beside the final place and rename, so that a cluster is whole or absent."""
        if self._cluster.exists():
            self._refuse_other_version()
            return
        half = place.home / "cluster.new"
        remove(half)
        password = place.hand_over("password.once", self._password())
        try:
            done = run(
                [
                    *(place.program / "initdb", "-D", half, "-U", OWNER),
                    *("-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"),
                    *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
                ],
                env=_environment(),
                user=place.user,
                cwd=place.home,
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            self.log.write_text(done.stdout + done.stderr)
            raise Trouble(f"PostgreSQL could not be set up: {last_words(self.log)}")
        # initdb skipped its own slow sync; one for the whole cluster makes the rename safe.
        os.sync()
        half.rename(self._cluster)

    def _refuse_other_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise Trouble(
                f"{self._cluster} was made by PostgreSQL {found}, but this is {VERSION}: "
                "carry it over with pg_dump, or remove the directory to begin anew"
            )

    def _recover(self, cluster: Path) -> None:
        """End a server orphaned by a killed parent and drop the note it left."""
        note = cluster / "postmaster.pid"
        try:
            pid = int(note.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            pid = 0
        if pid:
            end_orphan(pid, lambda line: str(cluster) in line, signal.SIGINT, signal.SIGQUIT)
        # The claim on the directory proves that nobody else serves it.
        note.unlink(missing_ok=True)

    def _launch(self, place: places.Place) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "unix_socket_directories": str(self._sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log.touch()
        return spawn(
            [place.program / "postgres", "-D", self._cluster, *options],
            log=self.log,
            env=_environment(),
            cwd=place.home,
            user=place.user,
            death_signal=signal.SIGINT,
        )

    def _accepts(self) -> bool:
        """Whether the postmaster's own note says ready, the way pg_ctl reads it."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        assert self._child is not None
        return len(lines) > 7 and lines[0] == str(self._child.pid) and lines[7].strip() == "ready"


def _environment() -> dict[str, str]:
    """A clean environment, so that a person's PG* variables change nothing."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
