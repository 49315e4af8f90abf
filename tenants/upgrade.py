"""Migrating tenants one by one, several at a time; one that fails does not stop the others."""

import asyncio
from typing import NamedTuple

from asyncpg.exceptions import PostgresError

from infra.migrate import Migration, MigrationFailed, migrate
from tenants import registry
from tenants.clusters import grant_tables, owner
from tenants.provision import record_version
from tenants.shapes import Tenant


class Outcome(NamedTuple):
    """What became of one tenant's migration."""

    slug: str
    version: int
    error: str | None


async def upgrade(
    migrations: list[Migration], slugs: list[str] | None = None, *, at_once: int = 4
) -> list[Outcome]:
    """Bring all tenants (or those named) up to date; run it again to take up what failed."""
    await registry.reload()
    chosen = [t for t in await registry.every() if slugs is None or t.slug in slugs]
    gate = asyncio.Semaphore(at_once)
    return list(await asyncio.gather(*(_one(gate, tenant, migrations) for tenant in chosen)))


async def _one(gate: asyncio.Semaphore, tenant: Tenant, migrations: list[Migration]) -> Outcome:
    async with gate:
        version, error = tenant.schema_version, None
        try:
            async with owner(tenant.cluster, tenant.database) as connection:
                try:
                    version = await migrate(connection, migrations)
                    await grant_tables(connection, tenant.role)
                except MigrationFailed as failure:
                    error = str(failure)
                    version = await connection.fetchval("select count(*) from migration")
        except (OSError, PostgresError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        await record_version(tenant.id, version, error)
        return Outcome(tenant.slug, version, error)
