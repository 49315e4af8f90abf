"""A tenant's stored files, out of its store by their digests."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.leaving.journal import File, Journal
from app.leaving.pace import Pace
from app.leaving.refusals import LeavingRefused
from app.leaving.writing import Writing
from infra.outside import UNREADABLE
from storage.kinds import ALLOWED
from storage.shapes import ObjectMissing
from storage.store import Store

PIECE = "files"
_AT_ONCE = 8
# A bag may have been written by anybody: by these two files are found on our disk and in our store.
_SHA256 = re.compile(r"\\x[0-9a-f]{64}")
_KEY = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9/._-]{0,199}")
_EXTENSIONS = {kind.media_type: f".{kind.extensions[0]}" for kind in ALLOWED}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a line of `stored_object` says of one file."""

    id: str
    key: str
    sha256: str  # "\\x" and hexadecimal
    size: int
    media_type: str
    file_name: str
    removed_at: str | None

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return self.sha256[2:]

    @property
    def path(self) -> str:
        """Where it lies in a bag; equal files lie there once, and open by a double click."""
        ending = _EXTENSIONS.get(self.media_type, "")
        return f"data/files/{self.digest[:2]}/{self.digest}{ending}"


class Lost(NamedTuple):
    """A file the store does not hold as its row says."""

    id: str
    why: str


class Carried(NamedTuple):
    """What came of carrying the files."""

    files: int
    bytes: int
    lost: list[Lost]


def listed(lines: Path) -> Iterator[Kept]:
    """The files a tenant still has, out of the written lines of `stored_object`.

    Raises LeavingRefused for a line of another form.
    """
    decoder = msgspec.json.Decoder(Kept)
    with lines.open("rb") as rows:
        for number, row in enumerate(rows, start=1):
            try:
                kept = decoder.decode(row)
            except UNREADABLE as error:
                raise LeavingRefused(f"{lines.name}, line {number}: {error}") from None
            if not _SHA256.fullmatch(kept.sha256) or not _KEY.fullmatch(kept.key):
                raise LeavingRefused(f"{lines.name}, line {number}: no digest or key of a file")
            if kept.removed_at is None:
                yield kept


async def carry(store: Store, bag: Path, journal: Journal, lines: Path, pace: Pace) -> Carried:
    """Copy every listed file into the bag, a few at a time; those finished before stay.

    Raises StoreUnavailable, with what was copied until then written down, and LeavingRefused.
    """
    lost: list[Lost] = []
    waiting = (kept for kept in listed(lines) if journal.file(kept.path) is None)
    while batch := list(islice(waiting, _AT_ONCE)):
        unlike = {kept.path: kept for kept in batch}
        lost += await _copy(store, bag, journal, list(unlike.values()))
        await pace.breathe()
    # What went away since an earlier try does not belong to this bag.
    journal.keep_only(PIECE, (kept.path for kept in listed(lines)))
    return Carried(*journal.weight(PIECE), lost)


async def _copy(store: Store, bag: Path, journal: Journal, batch: list[Kept]) -> list[Lost]:
    """Those that were not copied; a store that dies meanwhile takes nothing back that was."""
    done = await asyncio.gather(*(_one(store, bag, kept) for kept in batch), return_exceptions=True)
    journal.add(PIECE, [each for each in done if isinstance(each, File)])
    for each in done:
        if isinstance(each, BaseException):
            raise each
    lost = [each for each in done if isinstance(each, Lost)]
    if lost and not await store.is_there():
        raise LeavingRefused(
            "the store answers and holds no place for this tenant's files: see that it is the right"
            " store and has its data again, then add --resume"
        )
    return lost


async def _one(store: Store, bag: Path, kept: Kept) -> File | Lost:
    """One file; what its digest does not fit is not carried under it."""
    try:
        return await _copied(store.read(kept.key), bag, kept)
    except ObjectMissing:
        return Lost(kept.id, "the store does not hold it")
    except ValueError:
        return Lost(kept.id, "the store holds other bytes than were received")


async def _copied(chunks: AsyncIterator[bytes], bag: Path, kept: Kept) -> File:
    with Writing(bag, kept.path, durable=False) as out:
        async for chunk in chunks:
            out.write(chunk)
        if out.file.sha256 != kept.digest:
            raise ValueError(kept.id)
    return out.file
