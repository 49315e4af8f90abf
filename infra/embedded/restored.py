"""A PostgreSQL that is rolled forward from a base backup, beside the one it was taken from.

    server = Restored(directory, owner="motcua_admin", shared={"max_connections": "100"})
    files = server.unpack_into()        # the base goes here, the log into `server.log_home`
    server.found()
    async with server.rolled_to(lsn="0/3000060", hold=True): ...

Who runs this program signs in as `owner` without a password, over a socket that only the server's
user and root can reach: the cluster's own passwords may have changed since. Its configuration is
all ours; what the original's files say is not read.
"""

import asyncio
import os
import pwd
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from infra.embedded import places
from infra.embedded.postgres import Postgres, environment
from infra.embedded.process import Trouble, make_private, remove, socket_directory, spawn

# What a server that follows the log must set at least as high as the one that wrote it.
SHARED = (
    "max_connections",
    "max_worker_processes",
    "max_wal_senders",
    "max_prepared_transactions",
    "max_locks_per_transaction",
)
_BEYOND = "recovery ended before configured recovery target was reached"
_PATIENCE_SECONDS = 24 * 3600.0
# One call for the whole disk, in place of one for each of thousands of files.
_LASTING = {"recovery_init_sync_method": "syncfs"}
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Beyond(Trouble):
    """The log holds nothing after the target: its end is the target."""


class Restored(Postgres):
    """One restored cluster under `directory`, as `Postgres` would keep it."""

    name = "Restored"

    def __init__(
        self,
        directory: Path,
        *,
        owner: str,
        shared: Mapping[str, str] | None = None,
        programs: Path | None = None,
        lasting: bool = False,
    ) -> None:
        """Describe; `lasting` = it is to be served for good, so nothing is left unsynced."""
        wanted = {name: value for name, value in (shared or {}).items() if name in SHARED}
        own = {**wanted, **(_LASTING if lasting else _FAST)}
        super().__init__(directory, settings=own, programs=programs)
        self.owner = owner
        self.lasting = lasting
        self._target: dict[str, str] = {}

    @property
    def dsn(self) -> str:
        """The owner's address."""
        return self.dsn_for("postgres", self.owner, "")

    @property
    def place(self) -> places.Place:
        """Where the files belong and to whom."""
        if self._place is None:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o711)
            self._place = places.find(self.directory, self._programs)
        return self._place

    @property
    def data(self) -> Path:
        """The data directory, once it is whole."""
        return self.place.home / "cluster"

    @property
    def log_home(self) -> Path:
        """Where the files of the write-ahead log are put for it to read."""
        home = self.place.home / "log"
        make_private(home, self.place.owner)
        return home

    def own_log(self) -> list[str]:
        """The files of the log the base itself brought with it."""
        return [file.name for file in (self.data / "pg_wal").iterdir() if len(file.name) == 24]

    def add_log(self, name: str, content: bytes) -> None:
        """Put one file of the write-ahead log where the server will look for it."""
        path = self.log_home / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchown(file.fileno(), *self.place.owner)
            file.write(content)

    def unpack_into(self) -> Path:
        """An empty directory for the base's files; what an earlier attempt left is gone."""
        half = self.place.home / "cluster.new"
        for old in (half, self.data):
            remove(old)
        make_private(half, self.place.owner)
        return half

    def found(self) -> None:
        """The files are all there: make them a cluster that reads the log."""
        half = self.place.home / "cluster.new"
        (half / "recovery.signal").touch()
        # Settings made by statements: a standby to wait for, a place to copy the log to.
        (half / "postgresql.auto.conf").write_text("")
        os.chown(half / "recovery.signal", *self.place.owner)
        half.rename(self.data)

    @asynccontextmanager
    async def rolled_to(
        self, *, lsn: str | None = None, at: datetime | None = None, hold: bool
    ) -> AsyncIterator[Self]:
        """Serve it as it was at a place of the log, or at a moment, or at the end of the log.

        `hold`: read-only, and a later call may roll it on. Otherwise it becomes a cluster of its
        own. Raises Beyond when the log ends before the target, Trouble when it does not come up.
        """
        action = "pause" if hold else "promote"
        self._target = {"recovery_target_action": action, "hot_standby": "on" if hold else "off"}
        if lsn is not None:
            # The place parts what was seen from what was not: nothing at it was seen.
            self._target |= {"recovery_target_lsn": lsn, "recovery_target_inclusive": "off"}
        elif at is not None:
            self._target["recovery_target_time"] = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00}"
        # Servers end with the thread that started them, so it is this one.
        self.start()
        try:
            await self._is_up()
            yield self
        finally:
            await asyncio.to_thread(self.stop)

    async def _is_up(self) -> None:
        try:
            await asyncio.to_thread(self.ready, _PATIENCE_SECONDS)
        except Trouble:
            if _BEYOND in self.log.read_text(errors="replace")[self._log_start :]:
                raise Beyond("the log ends before the moment asked for") from None
            raise

    def _launch(self) -> subprocess.Popen[bytes]:
        place = self.place
        self._sockets = socket_directory(place.home / "sockets", ".s.PGSQL.5432.lock", place.owner)
        if not self.data.exists():
            raise Trouble(f"{self.data} holds no restored cluster")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        restore = f"cp '{self.log_home}/%f' '%p'"
        settings = {
            **self._settings,
            **self._target,
            **self._written(),
            "unix_socket_directories": str(self._sockets),
            "restore_command": restore,
            "synchronous_standby_names": "",
            "shared_preload_libraries": "",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return spawn(
            [place.program / "postgres", "-D", self.data, *options],
            log=self.log,
            env=environment(),
            cwd=place.home,
            user=place.user,
            death_signal=signal.SIGINT,
        )

    def _written(self) -> dict[str, str]:
        """Our own configuration files, in place of the original's."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        texts = {
            "config_file": "",
            "hba_file": "local all all peer map=keeper\n",
            "ident_file": f'keeper "{me}" "{self.owner}"\n',
        }
        found = {}
        for name, text in texts.items():
            path = self.place.hand_over(f"restored.{name}", text)
            found[name] = str(path)
        return found
