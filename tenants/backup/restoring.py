"""Bringing a tenant back to an earlier second: loaded beside the living database, then switched.

The other tenants of the cluster notice nothing. Every step may be repeated: a half-loaded
database is dropped and loaded again, a half-done switch is gone on with.
"""

import asyncio
from collections.abc import AsyncIterable
from contextlib import aclosing
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from infra import parts
from infra.clock import now
from infra.ids import uuid7
from infra.postgres_programs import feed, output
from tenants.backup import believing, keyring, places
from tenants.backup.counting import Tables, contents, differences, told
from tenants.backup.layout import tenant_home
from tenants.backup.opening import address_in, as_it_was, asking, base_before, opened
from tenants.backup.shapes import BackupError, Manifest
from tenants.clusters import close_doors, grant_tables, owner, owner_address, quoted
from tenants.db import control, place_of
from tenants.shapes import Tenant


class Loaded(NamedTuple):
    """A tenant's database as it was, beside the living one."""

    run: UUID
    database: str
    tables: Tables


def beside(tenant: Tenant) -> str:
    """What the restored database is called until it is switched."""
    return f"{tenant.database}_moi"


async def from_cluster(tenant: Tenant, target: datetime) -> Loaded:
    """Load the tenant as it was at `target` out of its cluster's base backup and log.

    Raises BackupError when no backup reaches there or what was loaded is not what was backed up.
    """
    found = await base_before(tenant.cluster, target)
    run = await _begin(tenant, target, found.manifest)
    user = owner_address(tenant.cluster).user
    async with opened(found, target) as server, as_it_was(server, target):
        source = address_in(server, tenant.database, user)
        stream = output(
            "pg_dump", "--format=custom", "--compress=none", "--no-password", address=source
        )
        async with aclosing(stream):
            await _load(tenant, stream)
        async with asking(server, tenant.database, user) as was:
            tables = await contents(was)
    return await _check(tenant, run, tables)


async def from_own(tenant: Tenant, target: datetime) -> Loaded:
    """Load the newest of the tenant's own backups from `target` or before."""
    source = await believing.newest_before(tenant_home(tenant.id) + "/dump/", target)
    if source is None:
        raise BackupError(f"{tenant.slug} has no backup of its own from that time")
    run = await _begin(tenant, source.manifest.reaches_at, source.manifest)
    key = await keyring.read(source.manifest.id, tenant.secrets.key)
    manifest = await places.trusted(source, key)
    stream = parts.read(source.archives, source.home, key, manifest.digests)
    async with aclosing(stream):
        await _load(tenant, stream)
    return await _check(tenant, run, manifest.tables)


async def switch(tenant: Tenant) -> str:
    """Let the restored database take the living one's place; what the old one is called since.

    Its connections are cut and both names change in one transaction, so that whoever asks again
    meets the restored one. The old one stays, and lets nobody in.
    """
    kept = f"{tenant.database}_cu_{now():%Y%m%d_%H%M%S}"
    async with owner(tenant.cluster) as admin:
        if not await _exists(admin, beside(tenant)) or not await _is_loaded(tenant):
            raise BackupError(f"nothing is loaded for {tenant.slug}: run motcua backup restore")
        if await _exists(admin, tenant.database):
            await admin.execute(f"alter database {quoted(tenant.database)} allow_connections false")
        for pause in (0.1, 0.3, 1.0, 3.0, None):
            try:
                await _rename(admin, tenant.database, kept, beside(tenant))
                break
            except asyncpg.ObjectInUseError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
    pools, key = place_of(tenant)
    await pools.forget(key)
    await control.execute(_SWITCHED, tenant.slug, now(), kept)
    return kept


async def who_was_part(tenant: Tenant) -> set[UUID]:
    """Who had joined the tenant when it was as it is loaded beside the living one."""
    async with owner(tenant.cluster) as admin:
        if not await _exists(admin, beside(tenant)):
            raise BackupError(f"nothing is loaded for {tenant.slug}: run motcua backup restore")
    async with owner(tenant.cluster, beside(tenant)) as connection:
        if not await connection.fetchval("select to_regclass('merger')"):
            return set()  # as it was before anybody could join
        return {row["joined_id"] for row in await connection.fetch("select joined_id from merger")}


async def note_files(run: UUID, missing: int) -> None:
    """Write down how many files neither the store nor the archive has any more."""
    await control.execute("update restore_run set objects_missing = $2 where id = $1", run, missing)


async def _begin(tenant: Tenant, target: datetime, manifest: Manifest) -> UUID:
    identity = uuid7()
    await control.execute(
        "insert into restore_run (id, tenant_slug, target_at, set_id, database, began_at)"
        " values ($1, $2, $3, $4, $5, $6)",
        *(identity, tenant.slug, target, manifest.id, beside(tenant), now()),
    )
    return identity


async def _load(tenant: Tenant, stream: AsyncIterable[bytes]) -> None:
    name = beside(tenant)
    async with owner(tenant.cluster) as admin:
        await admin.execute(f"drop database if exists {quoted(name)} with (force)")
        await admin.execute(f"create database {quoted(name)} template template0 encoding 'UTF8'")
        await close_doors(admin, name, tenant.role)
    await feed(
        stream,
        "pg_restore",
        *("--no-owner", "--exit-on-error", "--no-password", f"--dbname={name}"),
        address=owner_address(tenant.cluster)._replace(database=name),
    )


async def _check(tenant: Tenant, run: UUID, wanted: Tables) -> Loaded:
    name = beside(tenant)
    async with owner(tenant.cluster, name) as connection:
        if found := differences(wanted, await contents(connection)):
            await control.execute(_FAILED, run, told(found))
            raise BackupError(f"what was loaded is not what was backed up: {told(found)}")
        await connection.execute("revoke create on schema public from public")
        await grant_tables(connection, tenant.role)
        await connection.execute("analyze")
    await control.execute("update restore_run set loaded_at = $2 where id = $1", run, now())
    return Loaded(run, name, wanted)


async def _rename(admin: asyncpg.Connection, living: str, kept: str, fresh: str) -> None:
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)",
        [living, fresh],
    )
    async with admin.transaction():
        if await _exists(admin, living):
            await admin.execute(f"alter database {quoted(living)} rename to {quoted(kept)}")
        await admin.execute(f"alter database {quoted(fresh)} rename to {quoted(living)}")


async def _exists(admin: asyncpg.Connection, database: str) -> bool:
    return bool(await admin.fetchval("select true from pg_database where datname = $1", database))


async def _is_loaded(tenant: Tenant) -> bool:
    return bool(await control.fetch_value(_LOADED, tenant.slug))


_FAILED = "update restore_run set failure = $2 where id = $1"
# The newest attempt says what the database beside the living one is.
_LOADED = """
select loaded_at is not null and switched_at is null from restore_run
where tenant_slug = $1 order by began_at desc limit 1
"""
_SWITCHED = """
update restore_run set switched_at = $2, kept_as = $3
where id = (select id from restore_run where tenant_slug = $1 order by began_at desc limit 1)
"""
