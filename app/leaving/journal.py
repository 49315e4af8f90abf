"""What of an export is finished: a small SQLite file beside it, so that a killed one goes on.

SQLite, because a tenant may have millions of papers and their digests need not lie in memory.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_TABLES = """
create table if not exists fact (name text primary key, value text not null);
create table if not exists piece (name text primary key, lines int not null, mark text not null);
create table if not exists file (
    path text primary key, piece text not null, sha256 text not null, size int not null
) without rowid;
create index if not exists file_by_piece on file (piece);
"""


class File(NamedTuple):
    """One finished file: where it is below the bag, its SHA-256 in hexadecimal, its bytes."""

    path: str
    sha256: str
    size: int


class Piece(NamedTuple):
    """One finished piece: its lines, and the snapshot it was read in."""

    lines: int
    mark: str


class Journal:
    """The finished pieces of one export; each is written down in one transaction."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")
        self._base.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def fact(self, name: str) -> str | None:
        """A remembered fact, or None."""
        found = self._base.execute("select value from fact where name = ?", (name,)).fetchone()
        return str(found[0]) if found else None

    def remember(self, name: str, value: str) -> None:
        """Write a fact down in place of what it was."""
        self._base.execute("insert or replace into fact values (?, ?)", (name, value))

    def piece(self, name: str) -> Piece | None:
        """A finished piece, or None."""
        query = "select lines, mark from piece where name = ?"
        found = self._base.execute(query, (name,)).fetchone()
        return Piece(*found) if found else None

    def finish(self, name: str, files: Iterable[File], lines: int = 0, mark: str = "") -> None:
        """The piece is whole, and these are its files; what it had before counts no more."""
        rows = [(file.path, name, file.sha256, file.size) for file in files]
        self._base.execute("begin immediate")
        self._base.execute("delete from file where piece = ?", (name,))
        self._base.executemany("insert or replace into file values (?, ?, ?, ?)", rows)
        self._base.execute("insert or replace into piece values (?, ?, ?)", (name, lines, mark))
        self._base.execute("commit")

    def add(self, name: str, files: Iterable[File]) -> None:
        """More files of a piece that grows file by file."""
        rows = [(file.path, name, file.sha256, file.size) for file in files]
        self._base.execute("begin immediate")
        self._base.executemany("insert or replace into file values (?, ?, ?, ?)", rows)
        self._base.execute("commit")

    def forget(self, name: str) -> None:
        """The piece has to be made anew."""
        self._base.execute("delete from file where piece = ?", (name,))
        self._base.execute("delete from piece where name = ?", (name,))

    def file(self, path: str) -> File | None:
        """A finished file, or None."""
        query = "select path, sha256, size from file where path = ?"
        found = self._base.execute(query, (path,)).fetchone()
        return File(*found) if found else None

    def forget_unless(self, fits: Callable[[File], bool]) -> None:
        """Forget files that are not on the disk as they were written, and their pieces."""
        query = "select path, sha256, size, piece from file"
        wrong = [row for row in self._base.execute(query) if not fits(File(*row[:3]))]
        self._base.executemany("delete from file where path = ?", [(row[0],) for row in wrong])
        self._base.executemany("delete from piece where name = ?", [(row[3],) for row in wrong])

    def keep_only(self, name: str, paths: Iterable[str]) -> None:
        """Strike from a piece every file that is not among `paths`."""
        self._base.execute("create temp table wanted (path text primary key) without rowid")
        self._base.execute("begin immediate")
        rows = ((path,) for path in paths)
        self._base.executemany("insert or ignore into wanted values (?)", rows)
        self._base.execute(
            "delete from file where piece = ? and path not in (select path from wanted)", (name,)
        )
        self._base.execute("commit")
        self._base.execute("drop table wanted")

    def weight(self, name: str | None = None) -> tuple[int, int]:
        """How many files a piece has, or the whole, and how many bytes."""
        where = "" if name is None else " where piece = ?"
        query = f"select count(*), coalesce(sum(size), 0) from file{where}"  # noqa: S608
        found = self._base.execute(query, () if name is None else (name,)).fetchone()
        return int(found[0]), int(found[1])

    def files(self, piece: str | None = None) -> Iterator[File]:
        """Every finished file in the order of paths, or those of one piece."""
        where = "" if piece is None else " where piece = ?"
        given = () if piece is None else (piece,)
        query = f"select path, sha256, size from file{where} order by path"  # noqa: S608
        for row in self._base.execute(query, given):
            yield File(*row)
