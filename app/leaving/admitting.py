"""Files out of a bag into a store, each judged as an upload is, whatever the bag says of it.

Where it came from it may have been let in by other rules, by another scanner, or by nobody: a bag
can be written by hand. Only a bag this installation wrote itself brings nothing it has not judged.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import asyncpg

from app.leaving import papers
from app.leaving.papers import Kept
from app.leaving.refusals import LeavingRefused
from infra.clock import now
from infra.settings import settings
from storage import names
from storage.inspect import inspect
from storage.scan import ScanUnavailable, scan
from storage.shapes import FileRefused, ObjectMissing, Scan
from storage.store import Store
from tenants.db import control

MISSING, UNLIKE = "missing", "unlike"
_AT_ONCE = 8


class Refused(NamedTuple):
    """A file that was not let in."""

    id: str
    code: str  # as of FileRefused, `missing` in the bag, or `unlike` what its row says


class Told(NamedTuple):
    """The same as people are told it."""

    file_name: str
    dossiers: str  # codes of the dossiers that hold it
    code: str


class _Judged(NamedTuple):
    file_name: str
    scan: Scan


def groups(lines: Path) -> Iterator[list[Kept]]:
    """The listed files, a few at a time."""
    waiting = papers.listed(lines)
    while group := list(islice(waiting, _AT_ONCE)):
        yield group


async def is_ours(digest: str) -> bool:
    """Whether this installation wrote the bag with that digest: by its own books, not the bag's."""
    return bool(await control.fetch_value(_OURS, digest))


async def let_in(
    connection: asyncpg.Connection, store: Store, folder: Path, group: list[Kept], *, ours: bool
) -> list[Refused]:
    """Put files of a bag into the store; those that are not let in, with their rows taken away.

    `connection` is to the tenant's database, `ours` says that they need not be judged. A file the
    store holds already was judged before it came there. Raises StoreUnavailable, LeavingRefused.
    """
    there = await asyncio.gather(*(_is_there(store, kept) for kept in group))
    new = [kept for kept, known in zip(group, there, strict=True) if not known]
    found = await asyncio.gather(*(_judge(folder, kept, ours=ours) for kept in new))
    for kept, verdict in zip(new, found, strict=True):
        if isinstance(verdict, Refused):
            await _take_away(connection, verdict)
        elif verdict is not None:
            await connection.execute(_FOUND, kept.id, verdict.file_name, verdict.scan)
            await _rename_papers(connection, kept.id)
    good = [k for k, verdict in zip(new, found, strict=True) if not isinstance(verdict, Refused)]
    await asyncio.gather(*(store.put(k.key, folder / k.path, k.media_type) for k in good))
    return [verdict for verdict in found if isinstance(verdict, Refused)]


async def told(connection: asyncpg.Connection, refused: list[Refused]) -> list[Told]:
    """The files that were not let in, with the dossiers they belong to."""
    codes = {each.id: each.code for each in refused}
    rows = await connection.fetch(_TOLD, list(codes)) if codes else []
    return [Told(row["file_name"], row["dossiers"] or "", codes[row["id"]]) for row in rows]


async def _is_there(store: Store, kept: Kept) -> bool:
    try:
        return (await store.stat(kept.key)).size == kept.size
    except ObjectMissing:
        return False


async def _judge(folder: Path, kept: Kept, *, ours: bool) -> _Judged | Refused | None:
    """What an upload of the file would come to; None where that need not be asked."""
    path = folder / kept.path
    if not path.is_file():
        return Refused(kept.id, MISSING)
    if ours:
        return None
    try:
        found = await inspect(path, kept.file_name, settings().upload_limit_bytes)
        facts = found.sha256.hex(), found.size, found.media_type
        if facts != (kept.digest, kept.size, kept.media_type):
            return Refused(kept.id, UNLIKE)
        return _Judged(found.file_name, await scan(path))
    except FileRefused as refused:
        return Refused(kept.id, refused.code)
    except ScanUnavailable as error:
        raise LeavingRefused(
            f"the scanner does not answer ({error}): what is done stays done; once it is back, run"
            " this again with --resume"
        ) from None


async def _rename_papers(connection: asyncpg.Connection, file_id: str) -> None:
    """A paper names its file as it was called when it was handed in, which nobody has cleaned."""
    for row in await connection.fetch(_CALLED, file_id):
        if (name := names.clean(row["file_name"])) != row["file_name"]:
            await connection.execute(_CALL, row["id"], name)


async def _take_away(connection: asyncpg.Connection, refused: Refused) -> None:
    """Nobody gets the file; a row whose file was missing before says so as it did."""
    if refused.code != MISSING:
        await connection.execute(_REMOVED, refused.id, now())


_OURS = "select exists (select from operation where act = 'tenant.export' and detail->>'bag' = $1)"
_FOUND = """
update stored_object set file_name = $2, scan = $3
where id = $1::text::uuid and (file_name, scan) is distinct from ($2, $3)
"""
_CALLED = (
    "select id, file_name from paper where object_id = $1::text::uuid and file_name is not null"
)
_CALL = "update paper set file_name = $2 where id = $1"
# A row of a bag may bear any moment, also one that has not come.
_REMOVED = """
update stored_object set removed_at = greatest($2, stored_at), erased_at = greatest($2, stored_at)
where id = $1::text::uuid and removed_at is null
"""
_TOLD = """
select s.id::text, s.file_name, string_agg(distinct d.code, ', ' order by d.code) as dossiers
from stored_object s left join paper p on p.object_id = s.id
left join dossier d on d.id = p.dossier_id
where s.id = any($1::text[]::uuid[]) group by s.id, s.file_name order by s.id
"""
