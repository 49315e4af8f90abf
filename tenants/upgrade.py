"""Upgrading tenant by tenant, several at a time; one that fails does not stop the others."""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import NamedTuple

from asyncpg.exceptions import PostgresError

from infra.migrate import Migration, MigrationFailed
from infra.phases import Phase
from tenants import registry, running
from tenants.advancing import ALL, advance
from tenants.clusters import owner
from tenants.provision import raise_floor, record_version
from tenants.shapes import Tenant


class Outcome(NamedTuple):
    """What became of one tenant's upgrade: done, set aside by an error, or waiting in peace."""

    slug: str
    version: int
    error: str | None
    waits: str = ""


async def upgrade(
    migrations: list[Migration],
    slugs: Collection[str] | None = None,
    *,
    phases: Collection[Phase] = ALL,
    at_once: int = 4,
    alone: bool = False,
    say: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Take all tenants (or those named) through these phases, as far as running programs allow.

    Run again, it goes on with what failed, was cut short or had to wait. `alone` promises that no
    program of any release is at work. `say` hears of each tenant as soon as it is through.
    """
    await registry.reload()
    chosen = [t for t in await registry.every() if slugs is None or t.slug in slugs]
    gate = asyncio.Semaphore(at_once)

    async def one(tenant: Tenant) -> Outcome:
        async with gate:
            outcome = await _one(tenant, migrations, phases, alone=alone)
        if say is not None:
            say(outcome)
        return outcome

    return list(await asyncio.gather(*(one(tenant) for tenant in chosen)))


async def look(tenant: Tenant) -> None:
    """Write down how far a tenant's database is that another one has taken the place of."""
    async with owner(tenant.cluster, tenant.database) as connection:
        version = await connection.fetchval("select count(*) from migration")
    await record_version(tenant.id, version, None)


async def still_needed(step: Migration) -> str:
    """Which programs at work know too little to do without what a step takes away."""
    older = [program for program in await running.at_work() if program.schema < step.number]
    more = f" and {len(older) - 1} more" if len(older) > 1 else ""
    return f"an older release still runs: {older[0]}{more}" if older else ""


async def _one(
    tenant: Tenant, migrations: list[Migration], phases: Collection[Phase], *, alone: bool
) -> Outcome:
    version, error, waits = tenant.schema_version, None, ""
    try:
        async with owner(tenant.cluster, tenant.database) as connection:
            try:
                version, waits = await advance(
                    connection,
                    tenant.role,
                    migrations,
                    phases,
                    barred=None if alone else still_needed,
                    warn=partial(raise_floor, tenant.id),
                    # At once: a release that waits for an expansion may begin.
                    told=partial(record_version, tenant.id, error=None),
                )
            except MigrationFailed as failure:
                error = str(failure)
                version = await connection.fetchval("select count(*) from migration")
    except (OSError, PostgresError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    await record_version(tenant.id, version, error)
    return Outcome(tenant.slug, version, error, waits)
