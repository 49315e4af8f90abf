"""Telling the two apart again: which rows of ours go, and which of them they do not have as such.

Beside our data lie afterwards, for each table, `motcua_was_T` (their rows as they came: key here,
key there, digest), `motcua_like_T` (keys of those that are still so), `motcua_gone_T` (keys of the
rows that go) and `motcua_given_T` (keys of those they have to be given: changed since, or new).
"""

from collections.abc import Sequence

from app.leaving.catalogue import Table
from app.merging import images, owning
from app.merging.ahead import MARK, NEWER
from app.merging.images import key_of
from app.merging.notes import Notes
from app.merging.owning import apart
from app.merging.piping import pipe
from app.merging.sides import Sides
from tenants.clusters import quoted

# What they brought, what has come under it since, and what else was named.
_AGENCIES = """
with recursive part as (
    select a.id from agency a
    where a.id::text in (select key from pg_temp.motcua_was_agency) or a.key = any($1)
    union
    select a.id from agency a join part on a.parent_id = part.id
)
insert into pg_temp.motcua_gone_agency select id::text from part
"""
# An agency under an agency under an agency.
_LEVELS = 5


async def remember(both: Sides, notes: Notes, copies: set[str]) -> int:
    """Fill `was` for every table that took part, and `like` with the keys of rows of ours that are
    as they came, as of the moment that is returned. Nobody has to wait for it.

    `copies` are `table|key` of what an earlier run gave them and had not been theirs.
    """
    for table in both.going:
        await images.lay_out(both.theirs, table, notes.changes)
    for table in both.going:
        await _was(both, table, notes, copies)
    async with both.ours.transaction(isolation="repeatable_read"):
        mark = int(await both.ours.fetchval(MARK))
        for table in both.going:
            await _alike(both, table)
    return mark


async def tell_apart(both: Sides, notes: Notes, agencies: Sequence[str], mark: int) -> None:
    """Fill `gone` and `given`, once all is remembered as of `mark`; `agencies` are keys of further
    ones that go. From here on nobody may write."""
    for table in owning.in_turn(both.going):
        await _gone(both, table, agencies)
        await _given(both, table, mark)
    for table in reversed(both.going):
        for _ in range(_LEVELS if _leans_on_itself(table) else 1):
            await _needed(both, table, notes)


async def _was(both: Sides, table: Table, notes: Notes, copies: set[str]) -> None:
    image = images.image(table, notes.changes, notes.shifts, keyed=True)
    query = f"select {key_of(table)}, t.former_key, {digest_of(table)} from ({image}) t"  # noqa: S608
    await _table(both, "was", table, "key text primary key, former text, digest uuid")
    name = f"motcua_was_{table.name}"
    await pipe(both.theirs, query, both.ours, name, ("key", "former", "digest"))
    if strange := [c.partition("|")[2] for c in copies if c.partition("|")[0] == table.name]:
        was = apart("was", table.name)
        await both.ours.execute(f"delete from {was} where former = any($1)", strange)  # noqa: S608
    await both.ours.execute(f"analyze {apart('was', table.name)}")


async def _gone(both: Sides, table: Table, agencies: Sequence[str]) -> None:
    await _table(both, "gone", table, "key text primary key")
    if table.name == "agency":
        await both.ours.execute(_AGENCIES, list(agencies))
    else:
        gone = apart("gone", table.name)
        await both.ours.execute(
            f"insert into {gone} select {key_of(table)} from {quoted(table.name)} t"  # noqa: S608
            f" where {owning.goes(table)}"
        )
    await both.ours.execute(f"analyze {apart('gone', table.name)}")


async def _alike(both: Sides, table: Table) -> None:
    await _table(both, "like", table, "key text primary key")
    await both.ours.execute(
        f"insert into {apart('like', table.name)} select w.key"  # noqa: S608
        f" from {apart('was', table.name)} w join {quoted(table.name)} t on {key_of(table)} = w.key"
        f" where w.digest = {digest_of(table)}"
    )
    await both.ours.execute(f"analyze {apart('like', table.name)}")


async def _given(both: Sides, table: Table, mark: int) -> None:
    await _table(both, "given", table, "key text primary key")
    await both.ours.execute(
        f"insert into {apart('given', table.name)}"  # noqa: S608
        f" select g.key from {apart('gone', table.name)} g"
        f" join {quoted(table.name)} t on {key_of(table)} = g.key"
        f" left join {apart('like', table.name)} l on l.key = g.key"
        f" where l.key is null or {NEWER.format(mark=mark)}"
    )


async def _needed(both: Sides, table: Table, notes: Notes) -> None:
    """What rows of this table that are given lean on, and they do not have."""
    for hold in owning.holds([table]):
        if hold.target not in both.tables or f"motcua_given_{hold.target}" not in _laid(both):
            continue
        target = both.tables[hold.target]
        theirs = list(notes.changes.maps.get(hold.target, {}).values())
        await both.ours.execute(
            f"insert into {apart('given', hold.target)} select distinct {key_of(target, 'p')}"  # noqa: S608
            f" from {quoted(table.name)} t join {apart('given', table.name)} g"
            f" on g.key = {key_of(table)}"
            f" join {quoted(hold.target)} p on p.{quoted(hold.reference)} = t.{quoted(hold.column)}"
            f" where not exists (select from {apart('was', hold.target)} w"
            f" where w.key = {key_of(target, 'p')}) and {key_of(target, 'p')} <> all($1)"
            " on conflict do nothing",
            theirs,
        )


def _leans_on_itself(table: Table) -> bool:
    return any(key.table == table.name for key in table.foreign)


def _laid(both: Sides) -> set[str]:
    return {f"motcua_given_{table.name}" for table in both.going}


def digest_of(table: Table) -> str:
    """The SQL of a row's digest, the same wherever equal rows lie."""
    columns = ", ".join(f"t.{quoted(column.name)}" for column in table.columns)
    return f"md5(row({columns})::text)::uuid"


async def _table(both: Sides, what: str, table: Table, columns: str) -> None:
    name = apart(what, table.name)
    await both.ours.execute(f"drop table if exists {name}")
    plain = name.removeprefix("pg_temp.")
    await both.ours.execute(f"create temporary table {plain} ({columns})")
