"""Lines of a bag into the tables of a database."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import asyncpg

from app.leaving.catalogue import ForeignKey, Table, tables
from app.leaving.reading import Lines
from app.leaving.refusals import LeavingRefused
from tenants.clusters import literal, quoted

_BATCH = 1000
# Letters: of the lines of a batch, and of one line, which is far beyond any row of ours.
_HEAVY = 1 << 24
_LONGEST = 1 << 26
_UNFIT = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeDecodeError)
_SEQUENCES = """
select c.relname as name, a.attname as of_column, pg_get_serial_sequence(
    quote_ident(c.relname), a.attname) as sequence
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attidentity <> ''
"""


async def load(connection: asyncpg.Connection, lines: Lines, table: Table) -> int:
    """Fill one table anew with the lines of a bag, in one transaction; how many rows.

    Neither triggers nor foreign keys have a say: the rows were judged where they came from, and
    `orphans` looks at the references when all are there.
    """
    async with connection.transaction():
        await _alone(connection)
        await connection.execute(f"delete from {quoted(table.name)}")  # noqa: S608
        count = await insert(connection, lines, table)
        if count != lines.rows:
            raise LeavingRefused(f"{table.name}: {lines.rows} rows were listed, {count} came")
    return count


async def _alone(connection: asyncpg.Connection) -> None:
    """No trigger and no foreign key has a say in this transaction."""
    try:
        await connection.execute("set local session_replication_role = replica")
    except asyncpg.InsufficientPrivilegeError:
        raise LeavingRefused(
            "the owner may not load without triggers; as a superuser run:"
            " grant set on parameter session_replication_role to the owner"
        ) from None


async def insert(
    connection: asyncpg.Connection,
    lines: Lines,
    table: Table,
    *,
    given: Mapping[str, str] = MappingProxyType({}),
    spare_known: bool = False,
) -> int:
    """Add all lines to a table; how many. `given` are columns that no line holds, with their texts;
    `spare_known` leaves rows as they are whose key is there already."""
    columns = _columns(lines, table)
    names = ", ".join(quoted(name) for name in (*given, *columns))
    values = ", ".join([*map(literal, given.values()), *(f"r.{quoted(name)}" for name in columns)])
    query = (
        f"insert into {quoted(table.name)} ({names}) overriding system value"  # noqa: S608
        f" select {values} from unnest($1::text[]) with ordinality as l (line, at),"
        f" json_populate_record(null::{quoted(table.name)}, l.line::json) r order by l.at"
        f"{' on conflict do nothing' if spare_known else ''}"
    )
    statement = await connection.prepare(query)
    count = 0
    try:
        for batch in _batches(lines):
            await statement.fetch(batch)
            count += len(batch)
    except _UNFIT as error:
        raise LeavingRefused(f"{table.name} holds a row that cannot be: {error}") from None
    return count


async def orphans(connection: asyncpg.Connection) -> list[str]:
    """References that lead nowhere, one sentence for each foreign key that has any."""
    found = []
    for table in await tables(connection):
        for key in table.foreign:
            if count := await astray(connection, table, key):
                names = ", ".join(key.columns)
                found.append(f"{count} rows of {table.name} name by {names} no row of {key.table}")
    return found


async def astray(connection: asyncpg.Connection, table: Table, key: ForeignKey) -> int:
    """How many rows of a table lean by that key on a row that is not there."""
    there = " and ".join(
        f"p.{quoted(theirs)} = c.{quoted(ours)}"
        for ours, theirs in zip(key.columns, key.references, strict=True)
    )
    whole = " and ".join(f"c.{quoted(name)} is not null" for name in key.columns)
    count = await connection.fetchval(
        f"select count(*) from {quoted(table.name)} c where {whole} and not exists"  # noqa: S608
        f" (select from {quoted(key.table)} p where {there})"
    )
    return int(count)


async def set_sequences(connection: asyncpg.Connection) -> None:
    """Let numbers that the database gives go on after the highest that came."""
    for row in await connection.fetch(_SEQUENCES):
        await go_on(connection, row["name"], row["of_column"], row["sequence"])


async def go_on(connection: asyncpg.Connection, table: str, column: str, sequence: str) -> None:
    """Let one of these numbers go on after the highest of its column, if there is any."""
    query = f"select max({quoted(column)}) from {quoted(table)}"  # noqa: S608
    highest = await connection.fetchval(query)
    if highest is not None:
        await connection.execute("select setval($1::text::regclass, $2)", sequence, highest)


def _columns(lines: Lines, table: Table) -> list[str]:
    known = {column.name for column in table.columns}
    if strange := [name for name in lines.columns if name not in known]:
        raise LeavingRefused(f"{table.name} has no column {', '.join(strange)} here")
    if not lines.columns or len(lines.columns) != len(set(lines.columns)):
        raise LeavingRefused(f"{table.name} names no column, or one of them twice")
    return lines.columns


def _batches(lines: Lines) -> Iterator[list[str]]:
    batch, size = [], 0
    with lines.path.open(encoding="utf-8", newline="\n") as file:
        while line := file.readline(_LONGEST):
            if len(line) == _LONGEST:
                raise LeavingRefused(f"{lines.table} holds a line that is too long to be a row")
            batch.append(line)
            size += len(line)
            if len(batch) == _BATCH or size > _HEAVY:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch
