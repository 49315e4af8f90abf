"""Removing what nobody needs any more: old sets, their log and keys, halves of sets."""

from datetime import timedelta
from uuid import UUID

from infra.archive import Archive
from infra.clock import now
from infra.ids import made_at
from infra.settings import settings
from tenants.backup import catalogue, keyring, places, wal
from tenants.backup.layout import set_home
from tenants.backup.rules import ended_eras, expired, expired_segments
from tenants.backup.shapes import Manifest

# So long nobody takes to make one set.
_HALF = timedelta(days=7)


async def retire() -> int:
    """Remove what is older than the setting wants, in every place; how many sets went.

    Where a place does not answer, its turn comes with the first night it does.
    """
    keep = timedelta(days=settings().backup_keep_days)
    listed, _ = await places.answering("")
    sets = places.every_set(listed)
    gone = expired([each.manifest for each in sets], now(), keep)
    for each in sets:
        if each.manifest.id in gone:
            for archive in each.archives:
                await remove(archive, each.home)
    kept = [m for _, _, m in sets if m.kind == "base" and m.id not in gone]
    for name in listed:
        await _retire_logs(places.own()[name], kept)
        await _remove_halves(places.own()[name])
    await _forget(list(gone), "retired")
    await _forget(await _ended_eras(kept), "retired")
    return len(gone)


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


async def _remove_halves(archive: Archive) -> None:
    """Remove parts of sets that were never made whole, once nobody can be at it any more."""
    blobs = await archive.names("")
    whole = {blob.removesuffix("/manifest.json") for blob in blobs if "/manifest.json" in blob}
    for home in {home for blob in blobs if (home := set_home(blob))} - whole:
        identity = UUID(home.rpartition("/")[2])
        if now() - made_at(identity) > _HALF:
            await remove(archive, home)
            await keyring.destroy(identity)


async def _forget(identities: list[UUID], state: str) -> None:
    for identity in identities:
        await keyring.destroy(identity)
    await catalogue.end(identities, state)
