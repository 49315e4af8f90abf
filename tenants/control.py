"""The control plane's own database: made and upgraded by the owner, used by the control role."""

from collections.abc import Collection

from infra.dsn import Address
from infra.migrate import Migration
from infra.phases import Phase
from infra.settings import settings
from tenants import running
from tenants.advancing import ALL, Reached, advance
from tenants.clusters import (
    close_common_doors,
    close_doors,
    create_role,
    owner,
    quoted,
)


async def prepare(
    migrations: list[Migration], phases: Collection[Phase] = ALL, *, alone: bool = False
) -> Reached:
    """Make the control database and role when missing, take it through these phases.

    `alone` promises that no program of any release is at work. Raises MigrationFailed.
    """
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
        barred = None if alone or not found else _still_needed
        return await advance(connection, address.user, migrations, phases, barred=barred)


async def _still_needed(step: Migration) -> str:
    older = [one for one in await running.at_work() if one.control_schema < step.number]
    return f"an older release still runs: {older[0]}" if older else ""
