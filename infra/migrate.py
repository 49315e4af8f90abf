"""Raw SQL migrations: numbered files, applied once each, under a lock, beside running programs.

What a file may do, and how it is carried out, depends on its phase (`infra.phases`). Expanding and
contracting are one transaction each, which gives up a lock it does not get at once and tries
again: whoever waits for a table makes everybody behind him wait. Rows are brought over in batches.
"""

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
from asyncpg.exceptions import DeadlockDetectedError, LockNotAvailableError, PostgresError

from infra.owner_lock import send_others_away
from infra.phases import Phase, phase_of, repeated_before

# Any fixed number serves; it only has to be the same in every process that migrates.
_LOCK = 0x6D6F7463
# Shorter than the second after which PostgreSQL looks for deadlocks and may choose a request as
# the victim; now and then longer than it, or an automatic vacuum would never give way.
_WAIT_MS, _LONG_WAIT_MS, _LONG_EVERY = 250, 1500, 10
_TRIES = 120
_BUSY = (LockNotAvailableError, DeadlockDetectedError)
BATCH = 500
_CONCURRENT = re.compile(
    r"\b(?:create\s+index|drop\s+index)\s+concurrently\s+if\s+(?:not\s+)?exists\s+(\w+)", re.I
)


class Migration(NamedTuple):
    """One file of a chain."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, to notice a released file that was edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def phase(self) -> Phase:
        """Beside which releases it may be carried out."""
        return phase_of(self.name)


class MigrationFailed(Exception):
    """A migration could not be applied; everything before it stays."""


Settle = Callable[[asyncpg.Connection], Awaitable[None]]


async def _nothing(_: asyncpg.Connection) -> None:
    """Nothing else belongs to a step."""


def chain(*folders: Path) -> list[Migration]:
    """All migrations of several folders in the order of their numbers.

    Raises ValueError when a number is missing or stands twice, or a phase is none.
    """
    files = [file for folder in folders for file in folder.glob("[0-9]*.sql")]
    found = sorted(Migration(int(f.stem[:4]), f.stem, f.read_text()) for f in files)
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migration numbers have a gap or a double: {[m.name for m in found]}")
    for migration in found:
        phase_of(migration.name)
    return found


async def migrate(connection: asyncpg.Connection, migrations: list[Migration]) -> int:
    """Bring one database nobody works with all the way and return its version."""
    async with under_lock(connection):
        version = await version_of(connection, migrations)
        await take(connection, migrations, migrations[version:])
    return max(version, len(migrations))


@asynccontextmanager
async def under_lock(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Inside, nobody else migrates this database; a killed holder's hold ends with it."""
    await send_others_away(connection, _LOCK)
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def version_of(connection: asyncpg.Connection, migrations: list[Migration]) -> int:
    """How many migrations the database has; MigrationFailed when one of them was edited since."""
    done = await _applied(connection)
    for migration in migrations:
        if done.get(migration.number, migration.digest) != migration.digest:
            raise MigrationFailed(f"{migration.name} was edited after it had been applied")
    return len(done)


async def take(
    connection: asyncpg.Connection,
    migrations: list[Migration],
    steps: Iterable[Migration],
    settle: Settle = _nothing,
) -> None:
    """Carry out steps of the chain, in their order; under the lock. MigrationFailed ends it.

    `settle` joins the transaction of each step.
    """
    for step in steps:
        try:
            for earlier in repeated_before(migrations, step):
                # Rows an older release wrote after they had been brought over for the first time.
                await _bring_over(connection, earlier)
            await _apply(connection, step, settle)
        except _BUSY:
            raise MigrationFailed(f"{step.name}: its tables are too busy; run again") from None
        except PostgresError as error:
            raise MigrationFailed(f"{step.name}: {error}") from error


async def _applied(connection: asyncpg.Connection) -> dict[int, str]:
    await connection.execute(
        "create table if not exists migration ("
        "number int primary key, name text not null, digest text not null,"
        " applied_at timestamptz not null default now())"
    )
    rows = await connection.fetch("select number, digest from migration")
    return {row["number"]: row["digest"] for row in rows}


async def _apply(connection: asyncpg.Connection, step: Migration, settle: Settle) -> None:
    if step.phase is Phase.MIGRATE:
        await _bring_over(connection, step)
        await _note(connection, step)
    elif concurrent := _CONCURRENT.search(step.sql):
        await _clear_half_made(connection, concurrent[1])
        await connection.execute(step.sql)
        await _note(connection, step)
    else:
        await _whole(connection, step, settle)


async def _whole(connection: asyncpg.Connection, step: Migration, settle: Settle) -> None:
    async for attempt in _tries(connection):
        async with attempt:
            await connection.execute(step.sql)
            await _note(connection, step)
            await settle(connection)


async def _bring_over(connection: asyncpg.Connection, step: Migration) -> None:
    """Run the file's one statement, each time for the next rows, until it finds none."""
    found = True
    while found:
        began = time.monotonic()
        async for attempt in _tries(connection):
            async with attempt:
                found = not (await connection.execute(step.sql, BATCH)).endswith(" 0")
        if found:
            # Half of the time is left to those who work.
            await asyncio.sleep(time.monotonic() - began)


async def _tries(connection: asyncpg.Connection) -> AsyncIterator["_Attempt"]:
    """Transactions to be tried one after the other until one of them is done."""
    for number in range(1, _TRIES + 1):
        attempt = _Attempt(connection, number)
        yield attempt
        if attempt.done:
            return
        await asyncio.sleep(secrets.SystemRandom().uniform(0.1, 0.5))


class _Attempt:
    """One transaction that waits for no lock for long; the last attempt lets its error out."""

    def __init__(self, connection: asyncpg.Connection, number: int) -> None:
        self._connection, self._last = connection, number == _TRIES
        self._wait_ms = _WAIT_MS if number % _LONG_EVERY else _LONG_WAIT_MS
        self.done = False

    async def __aenter__(self) -> None:
        self._transaction = self._connection.transaction()
        await self._transaction.start()
        await self._connection.execute(f"set local lock_timeout = {self._wait_ms}")

    async def __aexit__(self, kind: object, error: BaseException | None, _: object) -> bool:
        if error is None:
            await self._transaction.commit()
            self.done = True
            return True
        await self._transaction.rollback()
        return isinstance(error, _BUSY) and not self._last


async def _note(connection: asyncpg.Connection, step: Migration) -> None:
    await connection.execute(
        "insert into migration (number, name, digest) values ($1, $2, $3)",
        *(step.number, step.name, step.digest),
    )


async def _clear_half_made(connection: asyncpg.Connection, index: str) -> None:
    """An index whose making was cut short stays behind, unused and in the way of a new one."""
    half_made = await connection.fetchval(
        "select 1 from pg_index where indexrelid = to_regclass($1) and not indisvalid", index
    )
    if half_made:
        await connection.execute(f"drop index concurrently {index}")
