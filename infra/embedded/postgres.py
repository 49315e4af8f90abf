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
from urllib.parse import quote, urlencode

from infra.embedded import places
from infra.embedded.process import (
    Trouble,
    end_all_in,
    last_words,
    remove,
    run,
    socket_directory,
    spawn,
)
from infra.embedded.server import Server

OWNER = "motcua_admin"
VERSION = "18"
_SOCKET = ".s.PGSQL.5432"

# Durable (fsync and synchronous_commit stay on), for a small machine and short transactions.
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    # A receiver that is away for long costs a new base backup, never a full disk.
    "max_slot_wal_keep_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # A longer message quotes the whole row that was refused, and with it a person.
    "log_error_verbosity": "terse",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
}


class Postgres(Server):
    """One PostgreSQL cluster kept under `directory`; two directories may run side by side."""

    name = "PostgreSQL"
    farewell = (signal.SIGINT, signal.SIGQUIT)
    patience = 20

    def __init__(
        self,
        directory: Path,
        *,
        max_connections: int = 100,
        settings: Mapping[str, str] | None = None,
        programs: Path | None = None,
    ) -> None:
        """Describe a cluster; nothing happens before `start`. `programs`: the wheel's if None."""
        super().__init__(directory)
        self._programs = programs
        self._settings = {
            **_SETTINGS,
            "max_connections": str(max_connections),
            **(settings or {}),
        }
        self._place: places.Place | None = None
        self._sockets = Path()

    def erase(self) -> None:
        """Stop and remove the cluster with all its data, wherever it was placed."""
        self.stop()
        if self._sockets.name:
            remove(self._sockets)
        places.forget(self.directory)
        super().erase()

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
        hasty = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        password = place.hand_over("password.once", self._password())
        try:
            done = run(
                [
                    *(place.program / "initdb", "-D", half, "-U", OWNER),
                    *("-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"),
                    *("--locale=C.UTF-8", "--no-instructions", *hasty),
                ],
                env=environment(),
                user=place.user,
                cwd=place.home,
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            self.log.write_text(done.stdout + done.stderr)
            raise Trouble(f"PostgreSQL could not be set up: {last_words(self.log)}")
        half.rename(self._cluster)

    def _refuse_other_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise Trouble(
                f"{self._cluster} was made by PostgreSQL {found}, but this is {VERSION}: "
                "carry it over with pg_dump, or remove the directory to begin anew"
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        place = self._place = places.find(self.directory, self._programs)
        self._sockets = socket_directory(place.home / "sockets", _SOCKET + ".lock", place.owner)
        self._initialise(place)
        # The claim on the directory proves that nobody else serves it: a long query of a killed
        # server would refuse the next one its memory, and the note is stale.
        end_all_in(self._cluster.resolve())
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        settings = {**self._settings, "unix_socket_directories": str(self._sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return spawn(
            [place.program / "postgres", "-D", self._cluster, *options],
            log=self.log,
            env=environment(),
            cwd=place.home,
            user=place.user,
            death_signal=signal.SIGINT,
        )

    def _answers(self) -> bool:
        """Whether the postmaster's own note says ready, the way pg_ctl reads it."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        assert self._child is not None
        return len(lines) > 7 and lines[0] == str(self._child.pid) and lines[7].strip() == "ready"


def environment() -> dict[str, str]:
    """A clean environment, so that a person's PG* variables change nothing."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
