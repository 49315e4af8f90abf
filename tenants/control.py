"""The control plane's own database: made and migrated by the owner, used by the control role."""

from infra.dsn import Address
from infra.migrate import Migration, migrate
from infra.settings import settings
from tenants.clusters import (
    close_common_doors,
    close_doors,
    create_role,
    grant_tables,
    owner,
    quoted,
)


async def prepare(migrations: list[Migration]) -> int:
    """Make the control database and role when missing, migrate it; its version."""
    address = Address.parse(settings().control_dsn)
    async with owner("main") as admin:
        await create_role(admin, address.user, address.password)
        found = await admin.fetchval(
            "select 1 from pg_database where datname = $1", address.database
        )
        if not found:
            await admin.execute(
                f"create database {quoted(address.database)} template template0 encoding 'UTF8'"
            )
        await close_doors(admin, address.database, address.user)
    for cluster in settings().clusters:
        if cluster in settings().cluster_admins:
            async with owner(cluster) as admin:
                await close_common_doors(admin)
    async with owner("main", address.database) as connection:
        await connection.execute("revoke create on schema public from public")
        version = await migrate(connection, migrations)
        await grant_tables(connection, address.user)
    return version
