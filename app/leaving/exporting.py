"""Carrying a tenant out: one moment of its database, its files and its books, as a bag."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.chains import tenant_chain
from app.leaving import arriving, bag, facts, package, papers, viewing
from app.leaving.comments import Said
from app.leaving.journal import File, Journal
from app.leaving.pace import Pace
from app.leaving.package import Written
from app.leaving.refusals import LeavingRefused
from app.leaving.rows import Rows
from app.leaving.snapshot import Moment, Snapshot, snapshot
from app.leaving.writing import WORK, written
from infra.clock import now
from storage.store import store_of
from tenants.clusters import owner
from tenants.shapes import Tenant

SHARE = 60  # percent of time an export works where nobody chose otherwise
_AGENT = "motcua"
_SUMMARY = "provenance/summary.json"
_REMOVED = """
select count(*) from stored_object where id = any($1::text[]::uuid[]) and removed_at is not null
"""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a bag."""

    tables: int
    rows: int
    files: int
    bytes: int
    lost: list[str]  # files the store did not hold as their rows say


class Exported(NamedTuple):
    """A finished bag, and by what it is known: the SHA-256 of its manifest."""

    digest: str
    summary: Summary


class _Bag(NamedTuple):
    """A bag that is being made."""

    folder: Path
    journal: Journal
    pace: Pace


async def export(
    tenant: Tenant, folder: Path, *, resume: bool = False, share: int = SHARE
) -> Exported:
    """Write all that is the tenant's into `folder` as a bag; docs/data-package.md tells the format.

    `resume` goes on with one that was cut short. `share` is the percentage of time it works.
    Raises LeavingRefused.
    """
    if resume and (folder / bag.DECLARATION).exists():
        return _finished(folder)
    await arriving.must_be_whole(tenant)
    _make_place(folder, resume)
    with _journal(folder) as journal:
        made = _Bag(folder, journal, Pace(share))
        moment, tables = await _rows(tenant, made)
        carried = await _files(tenant, made)
        _describe(tenant, made, tables)
        summary = Summary(
            tables=len(tables),
            rows=sum(each.rows for each in tables),
            files=carried.files,
            bytes=journal.weight()[1],
            lost=[f"{each.id}: {each.why}" for each in carried.lost],
        )
        tags = await _tags(tenant, folder, summary)
        bag.finish(folder, journal, _info(tenant, made, moment), tags)
    return _finished(folder)


def summary_of(folder: Path) -> Summary:
    """What a finished bag says was carried."""
    return msgspec.json.decode((folder / _SUMMARY).read_bytes(), type=Summary)


def _finished(folder: Path) -> Exported:
    """A bag that is whole needs the list of its pieces no more."""
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return Exported(bag.digest_of(folder), summary_of(folder))


def _make_place(folder: Path, resume: bool) -> None:
    if (folder / bag.DECLARATION).exists():
        raise LeavingRefused(f"{folder} holds a finished bag; choose another folder")
    begun = (folder / WORK).is_dir()
    if begun and not resume:
        raise LeavingRefused(f"{folder} holds an unfinished export; add --resume to go on with it")
    if not begun and folder.exists() and any(folder.iterdir()):
        raise LeavingRefused(f"{folder} is not empty; choose another folder")
    (folder / WORK).mkdir(parents=True, exist_ok=True)


@contextmanager
def _journal(folder: Path) -> Iterator[Journal]:
    """The list of what is finished, for one export at a time."""
    held = os.open(folder / WORK / "lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LeavingRefused(f"another export is writing into {folder}") from None
    journal = Journal(folder / WORK / "journal")
    try:
        # A loss of power may have kept the list and lost the end of a file.
        journal.forget_unless(lambda file: _size(folder / file.path) == file.size)
        yield journal
    finally:
        journal.close()
        os.close(held)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


async def _rows(tenant: Tenant, made: _Bag) -> tuple[Moment, list[Written]]:
    """All tables of one moment; the books after them, so that no fact is in neither."""
    async with snapshot(tenant) as shot:
        await _known_schema(tenant, shot)
        _same_place(tenant, made.journal, shot)
        rows = Rows(made.folder, made.journal, made.pace)
        tables = await rows.of_tenant(shot)
        if made.journal.piece(viewing.PIECE) is None:
            await viewing.write_dossiers(shot.connection, made.folder, made.journal, made.pace)
    return shot.moment, [*tables, *await rows.of_books(tenant.id)]


async def _known_schema(tenant: Tenant, shot: Snapshot) -> None:
    """The package tells under which schema its rows were read; it has to be ours."""
    rows = await shot.connection.fetch("select digest from migration order by number")
    if [row["digest"] for row in rows] != [step.digest for step in tenant_chain()]:
        raise LeavingRefused(f"{tenant.slug} has another schema: run motcua tenant migrate first")


def _same_place(tenant: Tenant, journal: Journal, shot: Snapshot) -> None:
    """What was read in another database, or under another schema, cannot be gone on with."""
    chain = "".join(step.digest for step in tenant_chain())
    here = f"{tenant.id} {shot.moment.place} {hashlib.sha256(chain.encode()).hexdigest()}"
    before = journal.fact("place")
    if before is not None and before != here:
        raise LeavingRefused("this export was begun for another database or schema; begin it anew")
    journal.remember("place", here)


async def _files(tenant: Tenant, made: _Bag) -> papers.Carried:
    """The tenant's files, with no transaction open: what is stored under a digest never changes."""
    lines = made.folder / "data/tables/stored_object.jsonl"
    done = await papers.carry(store_of(tenant), made.folder, made.journal, lines, made.pace)
    async with owner(tenant.cluster, tenant.database) as connection:
        if gone := await connection.fetchval(_REMOVED, [each.id for each in done.lost]):
            raise LeavingRefused(f"{gone} files were removed meanwhile; run again with --resume")
    return done


def _describe(tenant: Tenant, made: _Bag, tables: list[Written]) -> None:
    """Everything that explains the rows, opens them and loads them elsewhere."""
    said, titles = facts.said(), facts.titles()
    found = facts.small_files(tenant)
    for each in tables:
        name = each.table.name
        about = said.get(name, Said("", {}))
        schema = package.row_schema(each.table, package.title_of(name, titles), about)
        found[f"data/schemas/{name}.schema.json"] = facts.pretty(schema)
    schema_steps = facts.steps(tenant_chain())
    whole = package.data_package(tenant.site.name, schema_steps, tables, said, titles)
    found["data/datapackage.json"] = facts.pretty(whole)
    found |= viewing.fixed_files(tenant, tables, titles)
    files = [written(made.folder, path, content) for path, content in sorted(found.items())]
    made.journal.finish("description", files)


async def _tags(tenant: Tenant, folder: Path, summary: Summary) -> list[File]:
    """What is true of this export and not of the tenant, so it lies beside the payload."""
    async with snapshot(tenant) as shot:
        behind = await facts.left_behind(shot.connection, tenant)
    return [
        written(folder, "left-behind.json", facts.pretty(behind)),
        written(folder, _SUMMARY, facts.pretty(summary)),
        written(folder, "provenance/operations.jsonl", await facts.operations(tenant.slug)),
        written(folder, "DOC-TRUOC.txt", viewing.FIRST_WORDS),
    ]


def _info(tenant: Tenant, made: _Bag, moment: Moment) -> dict[str, str]:
    files, size = made.journal.weight()
    return {
        "Source-Organization": tenant.site.office,
        "External-Identifier": tenant.slug,
        "External-Description": tenant.site.name,
        "Bagging-Date": f"{now():%Y-%m-%d}",
        "Payload-Oxum": f"{size}.{files}",
        "Bag-Software-Agent": _AGENT,
        "Motcua-Format": package.FORMAT,
        "Motcua-Schema-Version": str(len(tenant_chain())),
        "Motcua-Snapshot-At": moment.at.isoformat(),
    }
