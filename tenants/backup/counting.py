"""What a database holds, as one number per table that any change of any row changes."""

from typing import Any, NamedTuple

import asyncpg

from tenants.clusters import quoted

# How values are written as text must not depend on the server that is asked.
_PLAIN = (
    "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'iso_8601';"
    " set bytea_output = 'hex'; set extra_float_digits = 1"
)
_TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""

Tables = dict[str, tuple[int, str]]


class Difference(NamedTuple):
    """A table that does not hold what was expected; None = it is not there."""

    table: str
    wanted: tuple[int, str] | None
    found: tuple[int, str] | None


async def contents(connection: asyncpg.Connection) -> Tables:
    """Rows and the sum of their 64-bit digests for each table, as the transaction at hand sees it.

    Reads every row once; the order of rows plays no part.
    """
    await connection.execute(_PLAIN)
    found: Tables = {}
    for row in await connection.fetch(_TABLES):
        name = row["relname"]
        count = await connection.fetchrow(
            "select count(*) as rows,"  # noqa: S608
            " coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as digest"
            f" from {quoted(name)} t"
        )
        found[name] = (count["rows"], count["digest"])
    return found


def differences(wanted: Tables, found: Tables) -> list[Difference]:
    """Where two databases differ, table by table."""
    names = sorted(wanted.keys() | found.keys())
    pairs = [Difference(name, wanted.get(name), found.get(name)) for name in names]
    return [pair for pair in pairs if pair.wanted != pair.found]


def told(found: list[Difference]) -> str:
    """Differences as one line for an operator."""
    return "; ".join(f"{d.table}: {_rows(d.found)} instead of {_rows(d.wanted)}" for d in found[:8])


def tables_of(kept: Any) -> Tables:
    """Tables out of JSON."""
    return {name: (int(pair[0]), str(pair[1])) for name, pair in kept.items()}


def _rows(pair: tuple[int, str] | None) -> str:
    return "nothing" if pair is None else f"{pair[0]} rows ({pair[1]})"
