"""Single rows of a table as values, for comparing and showing them."""

import asyncpg
import msgspec

from app.leaving.catalogue import Table
from app.merging.images import key_of
from app.merging.shapes import Row
from tenants.clusters import quoted


async def rows_of(connection: asyncpg.Connection, table: Table, keys: list[str]) -> dict[str, Row]:
    """The rows of these keys, as JSON spells them; few are asked for at a time."""
    if not keys:
        return {}
    columns = ", ".join(f"t.{quoted(column.name)}" for column in table.columns)
    rows = await connection.fetch(
        f"select {key_of(table)} as key, to_jsonb(r)::text as row"  # noqa: S608
        f" from {quoted(table.name)} t cross join lateral (select {columns}) r"
        f" where {key_of(table)} = any($1)",
        keys,
    )
    return {row["key"]: msgspec.json.decode(row["row"]) for row in rows}
