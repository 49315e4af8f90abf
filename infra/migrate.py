"""Raw SQL migrations: numbered files, each one transaction, applied once under a lock."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import asyncpg
from asyncpg.exceptions import PostgresError

# Any fixed number serves; it only has to be the same in every process that migrates.
_LOCK = 0x6D6F7463


class Migration(NamedTuple):
    """One file of a chain."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, to notice a released file that was edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


class MigrationFailed(Exception):
    """A migration could not be applied; everything before it stays."""


def chain(*folders: Path) -> list[Migration]:
    """All migrations of several folders in the order of their numbers.

    Raises ValueError when a number is missing or stands twice.
    """
    files = [file for folder in folders for file in folder.glob("[0-9]*.sql")]
    found = sorted(Migration(int(f.stem[:4]), f.stem, f.read_text()) for f in files)
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migration numbers have a gap or a double: {[m.name for m in found]}")
    return found


async def migrate(connection: asyncpg.Connection, migrations: list[Migration]) -> int:
    """Bring one database up to date and return its version; safe to run from many places."""
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        done = await _applied(connection)
        for migration in migrations:
            if migration.number not in done:
                await _apply(connection, migration)
            elif done[migration.number] != migration.digest:
                raise MigrationFailed(f"{migration.name} was edited after it had been applied")
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    return len(migrations)


async def _applied(connection: asyncpg.Connection) -> dict[int, str]:
    await connection.execute(
        "create table if not exists migration ("
        "number int primary key, name text not null, digest text not null,"
        " applied_at timestamptz not null default now())"
    )
    rows = await connection.fetch("select number, digest from migration")
    return {row["number"]: row["digest"] for row in rows}


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "insert into migration (number, name, digest) values ($1, $2, $3)",
                *(migration.number, migration.name, migration.digest),
            )
    except PostgresError as error:
        raise MigrationFailed(f"{migration.name}: {error}") from error
