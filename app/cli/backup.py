"""`motcua backup`: making, listing, checking and restoring backups."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from app import backups, lifecycle
from app.cli.parts import Verbs, add_verb, content_of, note, who
from infra.archive import ArchiveUnavailable, BlobMissing
from infra.clock import VIETNAM, now
from infra.embedded.process import Trouble
from infra.parts import PartDamaged
from infra.postgres_programs import ProgramFailed
from tenants.backup import catalogue, copies, dumps
from tenants.backup.rebuilding import rebuild
from tenants.backup.shapes import BackupError

TROUBLES = (BackupError, ArchiveUnavailable, BlobMissing, PartDamaged, ProgramFailed, Trouble)


def add_verbs(verbs: Verbs) -> None:
    """What can be asked under `motcua backup`."""
    run = add_verb(verbs, "run", _run)
    run.add_argument("--cluster", default="main")
    run.add_argument("--tenant", help="only this tenant's own backup")
    add_verb(verbs, "list", _list).add_argument("--most", type=int, default=40)
    add_verb(verbs, "verify", _verify).add_argument("set", type=UUID, nargs="?")
    restore = add_verb(verbs, "restore", _restore, "slug")
    restore.add_argument("--at", type=_moment, default=None, help=_AT)
    restore.add_argument("--own", action="store_true", help="from the tenant's own backup")
    switch = add_verb(verbs, "switch", _switch, "slug")
    switch.add_argument("--reason", required=True, help="why, for the trail and its seals")
    switch.add_argument(
        "--alone", action="store_true", help="also from before others joined, who are given up"
    )
    whole = add_verb(verbs, "restore-cluster", _restore_cluster, "cluster")
    whole.add_argument("--at", type=_moment, default=None, help=_AT)
    whole.add_argument("--into", type=Path, required=True, help="a directory that is not there yet")
    add_verb(verbs, "files", _files, "slug")
    add_verb(verbs, "drill", _drill).add_argument("--cluster", default="main")
    add_verb(verbs, "mark", _mark).add_argument("--cluster", default="main")
    place = add_verb(verbs, "place", _place, "slug")
    place.add_argument("address", metavar="address_file", type=content_of)
    place.add_argument("--every-hours", type=int, default=24)


_AT = "such as 2026-11-23T10:15:59, in Vietnam's time unless it says otherwise; now if left out"


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no moment such as 2026-11-23T10:15:59") from (
            None
        )
    return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(UTC)


def _here(moment: datetime) -> str:
    """As moments are typed after --at."""
    return f"{moment.astimezone(VIETNAM):%Y-%m-%dT%H:%M:%S}"


async def _run(asked: argparse.Namespace) -> None:
    """A backup now."""
    if asked.tenant:
        made = await dumps.take(await lifecycle.named(asked.tenant))
        print(f"{made.id}: {asked.tenant}, {made.bytes} bytes")
    else:
        troubles = await backups.tonight(asked.cluster)
        if troubles:
            raise BackupError("; ".join(troubles))
        print(f"{asked.cluster} and its tenants are backed up")
    await note("backup.run", asked.tenant, cluster=asked.cluster)


async def _list(asked: argparse.Namespace) -> None:
    """The newest backups and how they were verified."""
    sets = await catalogue.newest(asked.most)
    where = await catalogue.places_of([each.id for each in sets])
    for each in sets:
        whose = each.tenant_slug or each.cluster
        reach = _here(each.reaches_at) if each.reaches_at else ""
        places = ",".join(sorted(where[each.id]))
        size = f"{each.bytes / 1e6:10.1f} MB"
        print(f"{each.id} {each.kind:5} {whose:20} {each.state:9} {reach:20}{size} {places}")


async def _verify(asked: argparse.Namespace) -> None:
    """Read one backup, or all, from end to end."""
    faults = await copies.verify(asked.set)
    await note("backup.verify", None, set=asked.set, faults=len(faults))
    if faults:
        raise BackupError("; ".join(faults))
    print("every part in every place is what was written")


async def _restore(asked: argparse.Namespace) -> None:
    """One tenant beside the living one, to a second of the past."""
    target = asked.at or now()
    found = await backups.restore(asked.slug, target, own=asked.own)
    rows = sum(count for count, _ in found.loaded.tables.values())
    await note("backup.restore", asked.slug, at=str(target), own=asked.own, rows=rows)
    print(f"{asked.slug} as of {_here(target)} is loaded as {found.loaded.database}:")
    print(f"  {len(found.loaded.tables)} tables, {rows} rows, as they were backed up")
    print(f"  files: {found.files.there} there, {found.files.brought_back} brought back,")
    print(f"  {len(found.files.missing)} missing; {found.doubted} waiting messages put in doubt")
    for key in found.files.missing[:20]:
        print(f"  missing: {key}")
    print(f"Look at it, then: motcua backup switch {asked.slug} --reason '…'")


async def _switch(asked: argparse.Namespace) -> None:
    """Put the restored tenant in the living one's place."""
    kept = await backups.switch(asked.slug, who(), asked.reason, alone=asked.alone)
    await note("backup.switch", asked.slug, kept_as=kept, reason=asked.reason)
    print(f"{asked.slug} serves what was restored; the former database is kept as {kept}")


async def _restore_cluster(asked: argparse.Namespace) -> None:
    """A whole cluster into a new directory."""
    done = await rebuild(asked.cluster, asked.at, asked.into.absolute())
    print(f"{asked.cluster} is restored in {asked.into}, from base {done.base.id}")
    print(f"for a PostgreSQL of your own, its data directory is {done.data}")


async def _files(asked: argparse.Namespace) -> None:
    """Bring back papers the store has lost."""
    found = await backups.bring_files_back(asked.slug)
    await note("backup.files", asked.slug, back=found.brought_back, missing=len(found.missing))
    print(f"files of {asked.slug}: {found.there} there, {found.brought_back} brought back")
    if found.missing:
        raise BackupError(f"{len(found.missing)} are nowhere: {', '.join(found.missing[:20])}")


async def _drill(asked: argparse.Namespace) -> None:
    """Restore the newest backup on trial, now."""
    found = await backups.drill(asked.cluster)
    for each in found:
        verdict = "as it was" if each.passed else f"FAILED: {each.failure}"
        print(f"{each.tenant_slug:20} {_here(each.target_at)} {each.seconds:7.1f} s ")
        print(f"  {each.tables} tables, {each.rows} rows, {each.seen.files} files: {verdict}")
    await note("backup.drill", None, cluster=asked.cluster, failed=sum(not d.passed for d in found))
    if not all(each.passed for each in found):
        raise BackupError("a drill failed")


async def _mark(asked: argparse.Namespace) -> None:
    """Counts and digests of now, for a drill to be held against."""
    await backups.mark(asked.cluster)
    print("marked; a drill of the newest base can be held against it")


async def _place(asked: argparse.Namespace) -> None:
    """A province's own centre gets a copy."""
    await backups.name_place(asked.slug, asked.address, asked.every_hours)
    await note("backup.place", asked.slug, every_hours=asked.every_hours)
    print(f"copies of {asked.slug} go there every {asked.every_hours} hours")
