"""What was noted of a merger, read back: how their rows became ours, and the way back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.leaving.catalogue import Table
from app.merging.reading import rows_of
from app.merging.shapes import Changes, Row

_MERGER = "select id, joined_id, shifts::text as shifts, at from merger where joined_id = $1"
_ROWS = """
select table_name, old_key, new_key, moved, written::text as written
from merged_row where merger_id = $1
"""


class Notes(msgspec.Struct, kw_only=True):
    """A merger as the receiving tenant remembers it."""

    id: UUID
    joined_id: UUID
    at: datetime
    shifts: dict[str, int]
    changes: Changes

    @property
    def shifts_back(self) -> dict[str, int]:
        """What is taken off again."""
        return {name: -shift for name, shift in self.shifts.items()}


async def read(connection: asyncpg.Connection, joined: UUID) -> Notes | None:
    """The notes of the merger that brought a tenant here; None when there is none (any more)."""
    row = await connection.fetchrow(_MERGER, joined)
    if row is None:
        return None
    changes = Changes()
    for each in await connection.fetch(_ROWS, row["id"]):
        _take(changes, each)
    shifts = msgspec.json.decode(row["shifts"], type=dict[str, int])
    return Notes(
        id=row["id"], joined_id=row["joined_id"], at=row["at"], shifts=shifts, changes=changes
    )


async def way_back(
    ours: asyncpg.Connection,
    theirs: asyncpg.Connection,
    tables: dict[str, Table],
    changes: Changes,
) -> Changes:
    """How rows of ours become theirs again: references by their keys, and what was written
    otherwise as it had been, unless somebody has written it anew since."""
    back = Changes()
    for name, pairs in changes.maps.items():
        back.maps[name] = {here: there for there, here in pairs.items()}
    for name, written in changes.changed.items():
        maps = changes.maps.get(name, {})
        keys = {key: maps.get(key, key) for key in written}
        before = await rows_of(theirs, tables[name], list(keys))
        today = await rows_of(ours, tables[name], list(keys.values()))
        for key, here in keys.items():
            if key in before and here in today:
                back.write(name, here, _restored(written[key], before[key], today[here]))
    return back


def _restored(written: Row, before: Row, today: Row) -> Row:
    return {name: before[name] for name, value in written.items() if today.get(name) == value}


def _take(changes: Changes, row: Any) -> None:
    table, there, here = row["table_name"], row["old_key"], row["new_key"]
    if not row["moved"]:
        changes.left.setdefault(table, set()).add(there)
    if here is not None and here != there:
        changes.maps.setdefault(table, {})[there] = here
    if row["written"] is not None:
        changes.write(table, there, msgspec.json.decode(row["written"]))
