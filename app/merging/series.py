"""Rows numbered within a group (versions of a procedure, of a calendar): theirs beside ours."""

from collections import defaultdict
from typing import NamedTuple

import asyncpg

from app.leaving.catalogue import Table
from app.merging import rules
from app.merging.images import key_of
from app.merging.kinds import ONLY, Series, kind_of
from app.merging.shapes import Row
from app.merging.sides import Sides
from tenants.clusters import quoted


class Met(NamedTuple):
    """Their row, the one of ours nearest to it, and whether they mean the same."""

    theirs: str
    ours: str
    alike: bool


class _Numbered(NamedTuple):
    key: str
    group: str
    number: int
    digest: str


async def meetings(sides: Sides, table: Table) -> list[Met]:
    """Every row of theirs whose group is known here."""
    ours: dict[str, list[_Numbered]] = defaultdict(list)
    for row in await _numbered(sides.ours, table):
        ours[row.group].append(row)
    return [
        _nearest(row, ours[row.group])
        for row in await _numbered(sides.theirs, table)
        if row.group in ours
    ]


async def highest(connection: asyncpg.Connection, table: Table) -> dict[str, int]:
    """The last number of each group."""
    if kind_of(table.name).series is None:
        return {}
    found: dict[str, int] = {}
    for row in await _numbered(connection, table):
        found[row.group] = max(row.number, found.get(row.group, 0))
    return found


def group_of(table: Table, row: Row) -> str:
    """The group a row is numbered in; "" where the whole table is one."""
    series = kind_of(table.name).series
    return str(row[series.group]) if series and series.group else ""


def columns_of(table: Table) -> list[str]:
    """By what such rows are named."""
    series = _series(table)
    return [series.group, series.number] if series.group else [series.number]


def _nearest(theirs: _Numbered, ours: list[_Numbered]) -> Met:
    alike = next((row for row in ours if row.digest == theirs.digest), None)
    if alike:
        return Met(theirs.key, alike.key, True)
    last = max(ours, key=lambda row: row.number)
    there = next((row for row in ours if row.number == theirs.number), last)
    return Met(theirs.key, there.key, False)


async def _numbered(connection: asyncpg.Connection, table: Table) -> list[_Numbered]:
    series = _series(table)
    group = f"t.{quoted(series.group)}::text" if series.group else "''"
    columns = ", ".join(f"t.{quoted(name)}" for name in rules.compared(table))
    rows = await connection.fetch(
        f"select {key_of(table)} as key, {group} as group, t.{quoted(series.number)} as number,"  # noqa: S608
        f" md5(to_jsonb(r)::text) as digest from {quoted(table.name)} t"
        f" cross join lateral (select {columns}) r"
        f" where {ONLY.get(table.name, 'true')} order by 1"
    )
    return [_Numbered(**row) for row in rows]


def _series(table: Table) -> Series:
    series = kind_of(table.name).series
    assert series
    return series
