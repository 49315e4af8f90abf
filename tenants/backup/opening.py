"""Opening a base backup: its files and its log become a server beside the living ones."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import msgspec

from infra import parts
from infra.clock import now
from infra.dsn import Address
from infra.embedded.restored import Beyond, Restored
from infra.postgres_programs import directory
from infra.settings import settings
from infra.untar import untar
from tenants.backup import believing, keyring, places, wal
from tenants.backup.layout import cluster_home
from tenants.backup.places import Found
from tenants.backup.shapes import BackupError, Manifest
from tenants.clusters import owner_address
from tenants.db import control


class _File(msgspec.Struct, rename="pascal"):
    """A file as PostgreSQL lists it."""

    path: str = ""
    size: int = 0


class _Listed(msgspec.Struct, rename="pascal"):
    """PostgreSQL's own list of a base backup."""

    files: list[_File]


_PATIENCE_SECONDS = 180
_REACHED = "select max(reaches_at) from backup_set where kind = 'wal' and cluster = $1"


async def base_before(cluster: str, target: datetime, system: str = "") -> Found:
    """The base backup a cluster is rolled forward from to `target`; BackupError when none is.

    `system` names one of several clusters that bore this name.
    """
    prefix = cluster_home(cluster, system) + "/base/" if system else f"clusters/{cluster}-"
    found = await believing.newest_before(prefix, target)
    if found is None:
        raise BackupError(f"no backup of {cluster} reaches back to {target:%Y-%m-%d %H:%M:%S} UTC")
    return found


async def reaching(cluster: str, target: datetime) -> None:
    """Wait until the archived log holds everything before `target`; BackupError when it will not.

    It goes to the archive every minute while the backup process runs.
    """
    if target > now():
        raise BackupError("that moment has not come yet")
    for _ in range(_PATIENCE_SECONDS):
        reached = await control.fetch_value(_REACHED, cluster)
        if reached is not None and reached >= target:
            return
        await asyncio.sleep(1)
    told = f"{reached:%Y-%m-%d %H:%M:%S} UTC" if reached else "nothing"
    raise BackupError(
        f"the archived log of {cluster} reaches to {told}: choose an earlier moment, or see to it"
        " that the backup process (python -m app.keeper) runs"
    )


@asynccontextmanager
async def opened(found: Found, until: datetime) -> AsyncIterator[Restored]:
    """A base backup with the log up to `until`, ready to be rolled forward; gone afterwards."""
    home = Path(settings().backup_root) / f"opened-{uuid4().hex[:12]}"
    server = restored_in(home, found.manifest)
    try:
        await unpack(found, until, server)
        yield server
    finally:
        server.erase()


def restored_in(home: Path, base: Manifest, *, lasting: bool = False) -> Restored:
    """A server that has still to be unpacked."""
    owner = owner_address(base.cluster).user
    return Restored(home, owner=owner, shared=base.server, programs=directory(), lasting=lasting)


async def unpack(found: Found, until: datetime | None, server: Restored) -> None:
    """Put files and log where the server reads them; no part of a base may be wanting.

    Raises PartDamaged, KeyGone, BackupError and what the archive raises.
    """
    key = await keyring.read(found.manifest.id)
    base = await places.trusted(found, key)
    files = server.unpack_into()
    stream = parts.read(found.archives, found.home, key, base.digests)
    async with contextlib.aclosing(stream):
        await untar(stream, files, server.place.owner, lasting=server.lasting)
    await asyncio.to_thread(_count, files)
    server.found()
    await wal.fetch(base, until, server)


@asynccontextmanager
async def as_it_was(server: Restored, at: datetime | None) -> AsyncIterator[Restored]:
    """The server at a moment, as a cluster of its own; None or after the last commit, its end."""
    if at is not None:
        with contextlib.suppress(Beyond):
            async with server.rolled_to(at=at, hold=False):
                yield server
                return
    async with server.rolled_to(hold=False):
        yield server


def address_in(server: Restored, database: str, user: str) -> Address:
    """Where a database of a restored server is."""
    return Address.parse(server.dsn_for(database, user, ""))


@asynccontextmanager
async def asking(server: Restored, database: str, user: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of a restored server."""
    connection = await asyncpg.connect(**address_in(server, database, user).keywords(), timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


async def until(connection: asyncpg.Connection, question: str) -> None:
    """Ask again and again until the answer is yes."""
    while not await connection.fetchval(question):  # noqa: ASYNC110 - a server does not ring
        await asyncio.sleep(0.05)


def _count(files: Path) -> None:
    """Hold what was unpacked against PostgreSQL's own list; the seals vouch for the bytes."""
    listed = msgspec.json.decode((files / "backup_manifest").read_bytes(), type=_Listed)
    for file in listed.files:
        path = files / file.path
        if not path.is_file() or path.stat().st_size != file.size:
            raise BackupError(f"{file.path} of the base backup is not what was listed")
