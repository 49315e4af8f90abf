"""A tenant's own backup: its database from one snapshot, under a key of its own."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from infra.parts import write
from infra.postgres_programs import output
from tenants.backup import catalogue, keyring, places, servers
from tenants.backup.counting import Tables, contents
from tenants.backup.layout import dump_home
from tenants.backup.shapes import BackupError, Manifest, cause
from tenants.clusters import owner, owner_address
from tenants.db import control
from tenants.holding import held
from tenants.shapes import Tenant


async def take(tenant: Tenant) -> Manifest:
    """A new backup of one tenant's database in the first place, whole or not at all.

    The manifest says what each table held in the very snapshot the copy was made from. Raises
    ProgramFailed, ArchiveUnavailable, and what the driver raises.
    """
    async with held(tenant.slug, beside="dump"):
        # A night lasts for hours: who was erased since it began must not leave a key again.
        if not await control.fetch_value("select true from tenant where id = $1", tenant.id):
            raise BackupError(f"{tenant.slug} is gone")
        return await _made(tenant)


async def _made(tenant: Tenant) -> Manifest:
    await keyring.keep_tenant(tenant)
    identity = await catalogue.begin("dump", tenant.cluster, tenant)
    try:
        manifest = await _take(tenant, identity)
    except BaseException as error:
        await catalogue.fail(identity, cause(error))
        raise
    parts = len(manifest.digests)
    await catalogue.finish(identity, manifest.reaches_at, parts, manifest.bytes)
    await catalogue.copied(identity, places.first()[0])
    return manifest


async def _take(tenant: Tenant, identity: UUID) -> Manifest:
    home = dump_home(tenant.id, identity)
    key = await keyring.create(identity, tenant)
    _, archive = places.first()
    known = await servers.facts(tenant.cluster)
    async with (
        owner(tenant.cluster, tenant.database) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        snapshot = await connection.fetchval("select pg_export_snapshot()")
        began_at: datetime = await connection.fetchval("select clock_timestamp()")
        written = await write(archive, home, key, _stream(tenant, snapshot))
        tables: Tables = await contents(connection)
    manifest = Manifest(
        id=identity, kind="dump", cluster=tenant.cluster, system=known.system,
        tenant_id=tenant.id, tenant_slug=tenant.slug, began_at=began_at, reaches_at=began_at,
        digests=written.digests, bytes=written.bytes, plain_bytes=written.plain_bytes,
        server=known.server, schema_version=tenant.schema_version, tables=tables,
    )  # fmt: skip
    await places.write_manifest(archive, home, key, manifest)
    return manifest


def _stream(tenant: Tenant, snapshot: str) -> AsyncIterator[bytes]:
    return output(
        "pg_dump",
        *("--format=custom", "--compress=none", f"--snapshot={snapshot}", "--no-password"),
        address=owner_address(tenant.cluster)._replace(database=tenant.database),
    )
