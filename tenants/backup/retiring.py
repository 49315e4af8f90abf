"""Removing what nobody needs any more: old sets, their log and keys, halves of sets."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from infra.archive import Archive
from infra.clock import now
from infra.ids import made_at
from infra.settings import settings
from tenants.backup import believing, catalogue, keyring, places, wal
from tenants.backup.layout import set_home, set_of
from tenants.backup.places import Found
from tenants.backup.rules import ended_eras, expired, expired_segments
from tenants.backup.shapes import Manifest

# So long nobody takes to make one set.
_HALF = timedelta(days=7)
_WHOLE = "/manifest.json"


class _Judged(NamedTuple):
    """What may go, and the manifests of what stays and can be opened."""

    gone: list[Found]
    kept: list[Manifest]


async def retire() -> int:
    """Remove what is older than the setting wants, in every place; how many sets went.

    Where a place does not answer, its turn comes with the first night it does.
    """
    listed, troubles = await places.answering("")
    gone, kept = await _judge(places.every_set(listed))
    for each in gone:
        for archive in each.archives:
            await remove(archive, each.home)
    bases = [manifest for manifest in kept if manifest.kind == "base"]
    for name in listed:
        await _retire_logs(places.own()[name], bases)
    if not troubles:
        await _remove_halves([places.own()[name] for name in listed])
    await _forget([set_of(each.home)[0] for each in gone], "retired")
    await _forget(await _ended_eras(bases), "retired")
    return len(gone)


async def _judge(sets: list[Found]) -> _Judged:
    """Ages are those that keys of ours signed. What no key opens any more proves nothing about
    other sets and goes by its own word."""
    keep, known = timedelta(days=settings().backup_keep_days), await keyring.known()
    trusted = await believing.believed(sets)
    manifests = [each.manifest for each in trusted]
    old = expired(manifests, now(), keep)
    gone = [each for each in trusted if each.manifest.id in old]
    shut = {set_of(each.home)[0]: each for each in sets if set_of(each.home)[0] not in known}
    said = [msgspec.structs.replace(each.manifest, id=name) for name, each in shut.items()]
    over = expired([*manifests, *said], now(), keep)
    gone += [each for name, each in shut.items() if name in over]
    return _Judged(gone, [each for each in manifests if each.id not in old])


async def remove(archive: Archive, home: str) -> int:
    """Remove every blob under `home`, first what makes it a set; how many there were."""
    names = await archive.names(home + "/")
    for name in sorted(names, key=lambda name: not name.endswith("/manifest.json")):
        await archive.delete(name)
    return len(names)


async def retire_dumps(archive: Archive, prefix: str) -> None:
    """Whoever keeps what nobody can open any more only pays for it."""
    sets = await places.manifests(archive, prefix)
    keep = timedelta(days=settings().backup_keep_days)
    gone = expired([manifest for _, manifest in sets], now(), keep)
    for home in [home for home, manifest in sets if manifest.id in gone]:
        await remove(archive, home)


async def _retire_logs(archive: Archive, bases: list[Manifest]) -> None:
    """Remove the log from before the oldest base that is kept."""
    for cluster, system in {(base.cluster, base.system) for base in bases}:
        ours = [b.first_segment for b in bases if (b.cluster, b.system) == (cluster, system)]
        found = await wal.segments(archive, cluster, system)
        for segment in expired_segments(found, min(ours)):
            await archive.delete(segment.blob)


async def _ended_eras(bases: list[Manifest]) -> list[UUID]:
    """Keys of the log from before the oldest base that is kept."""
    found: list[UUID] = []
    for cluster in {base.cluster for base in bases}:
        ours = [base for base in bases if base.cluster == cluster]
        if len({base.system for base in ours}) == 1:  # Names of files tell nothing across two.
            eras = await catalogue.eras(cluster)
            found += ended_eras(eras, min(base.first_segment for base in ours))
    return found


async def _remove_halves(archives: list[Archive]) -> None:
    """Remove parts of sets that were never made whole, once nobody can be at it any more.

    Half a set in one place is a copy on its way where another has the whole: its key stays.
    """
    blobs = [await archive.names("") for archive in archives]
    homes = [{home for blob in each if (home := set_home(blob))} for each in blobs]
    whole = {b.removesuffix(_WHOLE) for each in blobs for b in each if b.endswith(_WHOLE)}
    for home in set().union(*homes) - whole:
        identity, _ = set_of(home)
        if now() - made_at(identity) > _HALF:
            for archive, there in zip(archives, homes, strict=True):
                if home in there:
                    await remove(archive, home)
            await keyring.destroy(identity)


async def _forget(identities: list[UUID], state: str) -> None:
    for identity in identities:
        await keyring.destroy(identity)
    await catalogue.end(identities, state)
