"""Following a cluster's write-ahead log: PostgreSQL's own receiver, as long as we live."""

import contextlib
import signal
import subprocess
from pathlib import Path

from infra.embedded.process import spawn
from infra.embedded.server import Server
from infra.postgres_programs import environment, program
from tenants.backup.servers import SLOT, replication
from tenants.backup.wal import arriving

# The log was removed; the cluster was restored to before what we have; its slot was given up.
_FINAL = (
    b"has already been removed",
    b"is ahead of the WAL flush position",
    b"is not in this server's history",
    b"can no longer access replication slot",
)


class Receiver(Server):
    """Writes the log of one cluster to `wal.arriving(cluster)`, every byte as it comes.

    The cluster keeps what was not received yet (a slot), up to what its own settings allow. With
    `synchronous`, each piece is on the disk here before the cluster is told so.
    """

    farewell = (signal.SIGINT,)
    patience = 3

    def __init__(self, cluster: str, *, synchronous: bool) -> None:
        """Describe; nothing happens before `start`."""
        self.name = f"Receiver-{cluster}"
        self._cluster = cluster
        self._synchronous = synchronous
        super().__init__(arriving(cluster).parent)
        # What an earlier process's receiver could not go on with is over.
        with contextlib.suppress(OSError):
            self._log_start = self.log.stat().st_size

    def _launch(self) -> subprocess.Popen[bytes]:
        target = arriving(self._cluster)
        target.mkdir(0o700, parents=True, exist_ok=True)
        address = replication(self._cluster)
        said = {**environment(address), "PGAPPNAME": SLOT}
        mode = ["--synchronous"] if self._synchronous else []
        argv: list[str | Path] = [program("pg_receivewal"), f"--slot={SLOT}", "--no-password"]
        made = subprocess.run(  # noqa: S603
            [*argv, "--create-slot", "--if-not-exists"], env=said, capture_output=True, check=False
        )
        with self.log.open("ab") as told:
            told.write(made.stderr)
        more = [f"--directory={target}", "--status-interval=1", *mode]
        return spawn([*argv, *more], log=self.log, env=said, cwd=target)

    def cannot_go_on(self) -> bool:
        """Whether the cluster has said that it does not have what this one still wants."""
        with contextlib.suppress(OSError):
            said = self.log.read_bytes()[self._log_start :]
            return any(word in said for word in _FINAL)
        return False

    def _answers(self) -> bool:
        return self._child is not None and self._child.poll() is None
