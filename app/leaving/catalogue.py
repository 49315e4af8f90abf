"""The tables of a database as its catalogue knows them; a new table is found by itself."""

import asyncpg
import msgspec

from tenants.clusters import quoted

# How far the schema has come is told by the package; the other is part of the schema itself.
NOT_CARRIED = ("append_only", "migration")


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column that is stored; generated ones are computed anew where the rows arrive."""

    name: str
    type: str  # as PostgreSQL calls it
    required: bool


class ForeignKey(msgspec.Struct, frozen=True, kw_only=True):
    """Which row of which table a row leans on."""

    columns: list[str]
    table: str
    references: list[str]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table; `key` is empty when it has no primary key."""

    name: str
    columns: list[Column]
    key: list[str]
    foreign: list[ForeignKey]

    @property
    def order(self) -> str:
        """The SQL that puts rows of `t` in the order of their key, the same on every machine."""
        texts = {column.name for column in self.columns if column.type == "text"}
        names = [f"t.{quoted(k)}" + (' collate "C"' if k in texts else "") for k in self.key]
        return ", ".join(names) or 'to_json(t)::text collate "C"'


_TABLES = """
select c.relname as name,
  (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null),
                                     'required', attnotnull) order by attnum)
   from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
     and attgenerated = '') as columns,
  coalesce((select json_agg(attname order by n)
   from pg_constraint p, unnest(p.conkey) with ordinality as k(num, n), pg_attribute a
   where p.conrelid = c.oid and p.contype = 'p' and a.attrelid = c.oid and a.attnum = num),
   '[]') as key,
  coalesce((select json_agg(json_build_object(
     'columns', (select json_agg(attname order by n) from unnest(f.conkey)
        with ordinality as k(num, n), pg_attribute where attrelid = f.conrelid and attnum = num),
     'table', r.relname,
     'references', (select json_agg(attname order by n) from unnest(f.confkey)
        with ordinality as k(num, n), pg_attribute where attrelid = f.confrelid and attnum = num))
     order by conname)
   from pg_constraint f join pg_class r on r.oid = f.confrelid
   where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0), '[]') as foreign
from pg_class c
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
order by relname collate "C"
"""


async def tables(connection: asyncpg.Connection) -> list[Table]:
    """Every table of the database that a tenant carries along, by name."""
    rows = await connection.fetch(_TABLES)
    found = [
        msgspec.convert({"name": row["name"], **_parts(row)}, Table)
        for row in rows
        if row["name"] not in NOT_CARRIED
    ]
    return found


def _parts(row: asyncpg.Record) -> dict[str, object]:
    return {part: msgspec.json.decode(row[part]) for part in ("columns", "key", "foreign")}
