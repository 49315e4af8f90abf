"""Rows out of a database as a stream of lines, a bounded piece of it in memory."""

from collections.abc import Awaitable, Callable

import asyncpg

from app.leaving.catalogue import Table
from app.leaving.kinds import csv_expression
from app.leaving.pace import Pace
from tenants.clusters import quoted

Take = Callable[[bytes], None]
_PIECE = 1 << 16
# JSON holds no bare control character, so quoted by one of them a line comes out as it is.
_RAW = {"format": "csv", "quote": "\x01", "delimiter": "\x02"}


def lines_query(table: Table) -> str:
    """One JSON object a row, columns in the schema's order, rows in the order of the key."""
    names = ", ".join(quoted(column.name) for column in table.columns)
    chosen = f"select {names} from {quoted(table.name)}"  # noqa: S608
    return f"select row_to_json(t) from ({chosen}) t order by {table.order}"  # noqa: S608


def csv_query(table: Table) -> str:
    """The same rows in the same order as columns of text."""
    columns = (csv_expression(quoted(each.name), each.type) for each in table.columns)
    names = ", ".join(columns)
    return f"select {names} from {quoted(table.name)} t order by {table.order}"  # noqa: S608


async def lines(connection: asyncpg.Connection, query: str, take: Take, pace: Pace) -> None:
    """Give `take` the lines of a query of one JSON column, in pieces of some 64 KB."""
    await _stream(connection, query, take, pace, **_RAW)


async def comma_separated(
    connection: asyncpg.Connection, query: str, take: Take, pace: Pace
) -> None:
    """Give `take` a query's rows as CSV (RFC 4180, line feeds) with a line of names."""
    await _stream(connection, query, take, pace, format="csv", header=True)


async def _stream(
    connection: asyncpg.Connection, query: str, take: Take, pace: Pace, **form: object
) -> None:
    held = bytearray()

    async def gather(content: bytes) -> None:
        held.extend(content)
        if len(held) >= _PIECE:
            take(bytes(held))
            held.clear()
            # While we rest we do not read, so the server rests as well.
            await pace.breathe()

    output: Callable[[bytes], Awaitable[None]] = gather
    await connection.copy_from_query(query, output=output, **form)
    if held:
        take(bytes(held))
