"""One database taken through the phases of an upgrade, with what its role may do kept in step."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import NamedTuple

import asyncpg

from infra.migrate import Migration, take, under_lock, version_of
from infra.phases import Phase, next_step
from tenants.clusters import grant_tables

# Who still needs what a step takes away, as a sentence; "" when nobody does.
Barred = Callable[[Migration], Awaitable[str]]
# Called with the number of a step: of a contraction before it, of any after it.
Tell = Callable[[int], Awaitable[None]]
ALL = tuple(Phase)


class Reached(NamedTuple):
    """How far a database came, and what the rest waits for; "" when nothing waits."""

    version: int
    waits: str


async def advance(
    connection: asyncpg.Connection,
    role: str,
    migrations: list[Migration],
    phases: Collection[Phase] = ALL,
    *,
    barred: Barred | None = None,
    warn: Tell | None = None,
    told: Tell | None = None,
) -> Reached:
    """Take every step of these phases that may be taken now; killed, it goes on where it was.

    Raises MigrationFailed; what came before stays.
    """
    settle = partial(_grant, role=role)
    async with under_lock(connection):
        version, waits = await version_of(connection, migrations), ""
        if version:
            # A restore may have left the grants behind.
            await settle(connection)
        while not waits and (found := await _next(migrations, version, phases, barred)):
            step, waits = found
            if not waits:
                if step.phase is Phase.CONTRACT and warn is not None:
                    await warn(step.number)
                await take(connection, migrations, [step], settle)
                version = step.number
                if told is not None:
                    await told(version)
    return Reached(version, waits)


async def _next(
    migrations: list[Migration], version: int, phases: Collection[Phase], barred: Barred | None
) -> tuple[Migration, str] | None:
    """The next step of these phases and what it waits for; None when they have none."""
    found = next_step(migrations, version, phases)
    if found is None:
        return None
    step, first = found
    if step is not first:
        return step, f"{step.name} waits: {first.name} ({first.phase}) comes before it"
    why = await barred(step) if barred is not None and step.phase is Phase.CONTRACT else ""
    return step, f"{step.name} waits: {why}" if why else ""


async def _grant(connection: asyncpg.Connection, role: str) -> None:
    # As one: in between, a program at work would find a table closed, or one open that must not be.
    async with connection.transaction():
        await grant_tables(connection, role)
