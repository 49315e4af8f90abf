"""The tables of a tenant as files of a bag, one piece each."""

from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from app.leaving import books, streams, viewing
from app.leaving.catalogue import Table, tables
from app.leaving.journal import File, Journal
from app.leaving.kinds import csv_expression
from app.leaving.pace import Pace
from app.leaving.package import Written
from app.leaving.snapshot import Snapshot
from app.leaving.writing import Writing
from tenants.clusters import quoted


class Rows:
    """Writes tables into a bag."""

    def __init__(self, bag: Path, journal: Journal, pace: Pace) -> None:
        self._bag = bag
        self._journal = journal
        self._pace = pace

    async def of_tenant(self, moment: Snapshot) -> list[Written]:
        """Every table of the tenant's database; those that are written and unchanged stay."""
        return [await self._tenant_table(moment, each) for each in await tables(moment.connection)]

    async def of_books(self, tenant_id: UUID) -> list[Written]:
        """The tenant's rows of the control plane; always anew, they are few."""
        async with books.reading() as connection:
            found = await books.carried(connection)
            return [await self._book(connection, tenant_id, each) for each in found]

    async def _tenant_table(self, moment: Snapshot, table: Table) -> Written:
        table = without_sealed(table)
        name = f"tables/{table.name}"
        piece = self._journal.piece(name)
        if piece is None or not await moment.unchanged(table.name, piece):
            self._journal.forget(name)
            # The pages people read are made of several tables.
            self._journal.forget(viewing.PIECE)
            rows = streams.lines_query(table)
            comma = streams.csv_query(table)
            await self._write(moment.connection, name, (rows, comma), moment.moment.mark)
        return self._written(name, "tables", table)

    async def _book(self, connection: asyncpg.Connection, tenant_id: UUID, table: Table) -> Written:
        name = f"books/{table.name}"
        columns = ", ".join(csv_expression(quoted(c.name), c.type) for c in table.columns)
        rows = books.lines_query(table, tenant_id)
        comma = books.csv_query(table, tenant_id, columns)
        await self._write(connection, name, (rows, comma), "")
        return self._written(name, "books", table)

    async def _write(
        self, connection: asyncpg.Connection, name: str, queries: tuple[str, str], mark: str
    ) -> None:
        with Writing(self._bag, f"data/{name}.jsonl") as lines:
            await streams.lines(connection, queries[0], lines.write, self._pace)
        with Writing(self._bag, f"data/{name}.csv") as comma:
            await streams.comma_separated(connection, queries[1], comma.write, self._pace)
        self._journal.finish(name, [lines.file, comma.file], lines.lines, mark)

    def _written(self, name: str, folder: str, table: Table) -> Written:
        piece = self._journal.piece(name)
        assert piece is not None
        return Written(
            table=table,
            folder=folder,
            rows=piece.lines,
            lines=self._file(f"data/{name}.jsonl"),
            comma=self._file(f"data/{name}.csv"),
        )

    def _file(self, path: str) -> File:
        found = self._journal.file(path)
        assert found is not None
        return found


def without_sealed(table: Table) -> Table:
    """The table without what the tenant's key sealed: elsewhere it is of no use to anybody."""
    kept = [c for c in table.columns if c.type != "bytea" or not c.name.startswith("sealed")]
    return msgspec.structs.replace(table, columns=kept)
