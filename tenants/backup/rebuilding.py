"""A whole cluster again, in a directory beside the old one; needs the archive and the keys only."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from infra.clock import now
from infra.embedded.process import remove
from infra.embedded.restored import Restored
from tenants.backup import opening, wal
from tenants.backup.shapes import BackupError, Manifest
from tenants.clusters import owner_address


class Rebuilt(NamedTuple):
    """The base it began with, and the directory a PostgreSQL of one's own is given (-D)."""

    base: Manifest
    data: Path


async def rebuild(cluster: str, target: datetime | None, directory: Path) -> Rebuilt:
    """Make `directory` the cluster as it was at `target`, or last of all, for the embedded server.

    What the receiver had on its disk and nobody could archive any more is used too. Where the
    directory holds a half-made one it is made anew. Raises BackupError and what opening raises.
    """
    if (directory / "password").exists():
        raise BackupError(f"{directory} already holds a cluster: choose another directory")
    found = await opening.base_before(cluster, target or now())
    server = opening.restored_in(directory, found.manifest, lasting=True)
    await opening.unpack(found, target, server)
    wal.add_unfinished(cluster, server)
    async with opening.as_it_was(server, target):
        pass
    _leave_nothing(server)
    # Its roles and their passwords are those of then; this one the embedded server signs in with.
    password = directory / "password"
    password.touch(0o600)
    password.write_text(owner_address(cluster).password)
    return Rebuilt(found.manifest, server.data)


def _leave_nothing(server: Restored) -> None:
    """Take away what only the restoring needed."""
    remove(server.log_home)
    for file in server.place.home.glob("restored.*"):
        file.unlink()
