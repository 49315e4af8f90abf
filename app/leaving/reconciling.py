"""A bag against the tenant it was made of: the very same rows and files, digest by digest."""

import hashlib
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.leaving import books, papers, reading, streams
from app.leaving.catalogue import tables
from app.leaving.exporting import summary_of
from app.leaving.pace import Pace
from app.leaving.reading import Package
from app.leaving.rows import without_sealed
from app.leaving.snapshot import snapshot
from tenants.shapes import Tenant


class Reconciled(NamedTuple):
    """What was compared (đối soát), and every difference as one sentence."""

    digest: str
    tables: int
    rows: int
    files: int
    bytes: int
    lost: int  # files the store did not hold when the bag was made
    differences: list[str]


async def reconcile(tenant: Tenant, folder: Path) -> Reconciled:
    """Read every byte of the bag and every row of the tenant, and compare them.

    Raises LeavingRefused for a bag that is not as it was written.
    """
    package = reading.checked(folder)
    listed = {(each.group, each.table): digest_of(each.path) for each in package.tables}
    found = await _found(tenant)
    differences = [
        f"{name} is not as it was handed over"
        for (group, name), digest in sorted(found.items())
        if listed.get((group, name)) != digest
    ]
    differences += _missing(package)
    told = summary_of(folder)
    counts = (len(found), told.rows, told.files, told.bytes, len(told.lost))
    return Reconciled(package.digest, *counts, differences)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


async def _found(tenant: Tenant) -> dict[tuple[str, str], str]:
    """The digest of every table as an export would write it now."""
    found = {}
    async with snapshot(tenant) as shot:
        for each in await tables(shot.connection):
            query = streams.lines_query(without_sealed(each))
            found["tables", each.name] = await _digest(shot.connection, query)
    return found | await _of_books(tenant.id)


async def _of_books(tenant_id: UUID) -> dict[tuple[str, str], str]:
    async with books.reading() as connection:
        return {
            ("books", each.name): await _digest(connection, books.lines_query(each, tenant_id))
            for each in await books.carried(connection)
        }


async def _digest(connection: asyncpg.Connection, query: str) -> str:
    digest = hashlib.sha256()
    await streams.lines(connection, query, digest.update, Pace())
    return digest.hexdigest()


def _missing(package: Package) -> list[str]:
    """Files that are listed and not in the bag; those that are in it were digested already."""
    lines = package.folder / "data/tables/stored_object.jsonl"
    lost = {each.split(":")[0] for each in summary_of(package.folder).lost}
    return [
        f"the file {kept.id} is not in the bag"
        for kept in papers.listed(lines)
        if not (package.folder / kept.path).is_file() and kept.id not in lost
    ]
