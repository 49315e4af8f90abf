"""Whose row it is when two provinces part: it goes with what it hangs on. Pure.

A row of a dossier goes with the dossier, and a dossier with the agency that has it. What hangs on
nothing (people, procedures, files) belongs to who brought it; what came since goes along where
something that goes needs it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.leaving.catalogue import Table
from app.merging.images import key_of
from tenants.clusters import quoted

_FIRST = ("dossier_id", "draft_id", "agency_id", "post_id", "notice_id", "order_id", "from_id")
# A file goes with the papers that are made of it, and the upload that brought it with the file.
_FILES = ("stored_object", "upload")
_OF_PAPERS = """
when exists (select from paper p where p.object_id = t.id) then exists (
    select from paper p join pg_temp.motcua_gone_paper g on g.key = p.id::text
    where p.object_id = t.id)
"""
# Who came since: gone from here as well, once nothing here needs them.
CAME = {"citizen": "first_seen_at", "officer": "admitted_at"}
# References without a foreign key to rows of their own.
_LOOSE = {
    "paper": (("object_id", "stored_object"),),
    "incoming_file": (("object_id", "stored_object"),),
}


class Hold(NamedTuple):
    """A row of `table` names by `column` a row of `target` by its `reference`."""

    table: str
    column: str
    target: str
    reference: str


def owners(table: Table) -> list[Hold]:
    """On what a row hangs; the first that is not empty decides."""
    leans = {
        key.columns[0]: Hold(table.name, key.columns[0], key.table, key.references[0])
        for key in table.foreign
        if len(key.columns) == 1
    }
    first = ("object_id", *_FIRST) if table.name in _FILES else _FIRST
    return [leans[name] for name in first if name in leans]


def in_turn(tables: Iterable[Table]) -> list[Table]:
    """Owners before what they own: files come after papers, which no foreign key tells."""
    return sorted(tables, key=lambda table: table.name in _FILES)


def holds(tables: Iterable[Table]) -> list[Hold]:
    """Every reference of one row to one other, also those no foreign key tells of."""
    found = []
    for table in tables:
        found += [
            Hold(table.name, key.columns[0], key.table, key.references[0])
            for key in table.foreign
            if len(key.columns) == 1
        ]
        found += [Hold(table.name, *pair, "id") for pair in _LOOSE.get(table.name, ())]
    return found


def goes(table: Table) -> str:
    """The SQL of whether row `t` goes; `motcua_gone_*` and `motcua_was_*` hold what is known."""
    known = f"{key_of(table)} in (select key from {apart('was', table.name)})"  # noqa: S608
    cases = [
        f"when t.{quoted(hold.column)} is not null then t.{quoted(hold.column)}::text"  # noqa: S608
        f" in (select key from {apart('gone', hold.target)})"
        for hold in owners(table)
    ]
    if table.name == "stored_object":
        cases.append(_OF_PAPERS)
    return f"case {' '.join(cases)} else {known} end" if cases else known


def apart(what: str, table: str) -> str:
    """The quoted name of a temporary table of keys."""
    return f"pg_temp.{quoted(f'motcua_{what}_{table}')}"
