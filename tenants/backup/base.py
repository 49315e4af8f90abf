"""Base backups: a whole cluster as its files, taken while it works."""

from collections.abc import AsyncIterator
from uuid import UUID

from infra.parts import Written, write
from infra.postgres_programs import output
from tenants.backup import catalogue, keyring, places, servers, wal
from tenants.backup.layout import base_home
from tenants.backup.shapes import Manifest, cause
from tenants.clusters import owner

# While the copy is made, the cluster keeps the log it needs; the slot ends with the connection.
_HOLD = "select pg_create_physical_replication_slot($1, true, true)"


async def take(cluster: str) -> Manifest:
    """A new base backup of a cluster in the first place, whole or not at all.

    It carries the log it needs to be consistent, and begins an era of the log. Raises
    ProgramFailed, ArchiveUnavailable, and what the driver raises.
    """
    known = await servers.facts(cluster)
    await catalogue.forget_interrupted("base", cluster)
    era_file = await _begin_era(cluster)
    identity = await catalogue.begin("base", cluster)
    try:
        manifest = await _take(cluster, identity, known, era_file)
    except BaseException as error:
        await catalogue.fail(identity, cause(error))
        raise
    parts = len(manifest.digests)
    await catalogue.finish(identity, manifest.reaches_at, parts, manifest.bytes)
    await catalogue.copied(identity, places.first()[0])
    return manifest


async def _begin_era(cluster: str) -> str:
    identity = await wal.begin_era(cluster)
    eras = await catalogue.eras(cluster)
    return next(era.first_segment or "" for era in eras if era.id == identity)


async def _take(cluster: str, identity: UUID, known: servers.Facts, era_file: str) -> Manifest:
    home = base_home(cluster, known.system, identity)
    key = await keyring.create(identity)
    _, archive = places.first()
    async with owner(cluster) as admin:
        began_at = await admin.fetchval("select clock_timestamp()")
        await admin.execute(_HOLD, f"motcua_base_{identity.hex[-8:]}")
        written: Written = await write(archive, home, key, _stream(cluster))
    # The cluster may have had no room to hold its log, and ended that session: pg_basebackup says
    # whether it still came by all it needed.
    async with owner(cluster) as admin:
        reaches_at = await admin.fetchval("select clock_timestamp()")
    manifest = Manifest(
        id=identity, kind="base", cluster=cluster, system=known.system, began_at=began_at,
        reaches_at=reaches_at, digests=written.digests, bytes=written.bytes,
        plain_bytes=written.plain_bytes, first_segment=era_file, server=known.server,
    )  # fmt: skip
    await places.write_manifest(archive, home, key, manifest)
    return manifest


def _stream(cluster: str) -> AsyncIterator[bytes]:
    """The cluster's files as one tar archive, from PostgreSQL itself."""
    return output(
        "pg_basebackup",
        *("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast"),
        *("--label=motcua", "--no-password"),
        address=servers.replication(cluster),
    )
