"""Our own places for backups, in the order the setting names them: written to the first, copied
to the others."""

from typing import NamedTuple

import msgspec

from infra.archive import Archive, ArchiveUnavailable, BlobMissing, archive_at
from infra.outside import UNREADABLE
from infra.sealed import derive, sign, signed
from infra.settings import settings
from tenants.backup.layout import base_home, dump_home, manifest_blob, set_home
from tenants.backup.shapes import BackupError, Manifest


class _Signed(msgspec.Struct, frozen=True):
    """A manifest as it lies in the archive; `mac` is by the key of the set."""

    manifest: msgspec.Raw
    mac: str


class Found(NamedTuple):
    """A whole set, and every place that has it."""

    archives: list[Archive]
    home: str
    manifest: Manifest


def own() -> dict[str, Archive]:
    """Every place of ours; BackupError when none is set."""
    chosen = settings().backup_places
    if not chosen:
        raise BackupError("no backups are made here: MOTCUA_BACKUP_PLACES is not set")
    return {name: archive_at(address) for name, address in chosen.items()}


def first() -> tuple[str, Archive]:
    """Where a set is written before it is copied."""
    return next(iter(own().items()))


async def write_manifest(archive: Archive, home: str, key: bytes, manifest: Manifest) -> None:
    """Make the set whole."""
    plain = msgspec.json.encode(manifest)
    kept = _Signed(msgspec.Raw(plain), sign(derive(key, "manifest"), plain.decode()))
    await archive.put(manifest_blob(home), msgspec.json.encode(kept))


async def manifests(archive: Archive, prefix: str) -> list[tuple[str, Manifest]]:
    """Every whole set under `prefix` with its home, oldest first; what is damaged is no set.

    Nor is what lies where it does not belong: whoever writes to a place could have a set copied
    and removed that is a folder of others.
    """
    found = []
    for blob in await archive.names(prefix):
        if blob.endswith("/manifest.json") and (manifest := await _read(archive, blob)):
            found.append((home_of(manifest), manifest))
    return sorted(found, key=lambda pair: pair[1].reaches_at)


def home_of(manifest: Manifest) -> str:
    """Where a set is."""
    if manifest.kind == "dump" and manifest.tenant_id is not None:
        return dump_home(manifest.tenant_id, manifest.id)
    return base_home(manifest.cluster, manifest.system, manifest.id)


async def trusted(found: Found, key: bytes) -> Manifest:
    """The set's manifest as it was written with its key, from whichever place still has that one.

    Raises BackupError when it was changed in all of them.
    """
    for archive in found.archives:
        try:
            kept = msgspec.json.decode(await archive.get(manifest_blob(found.home)), type=_Signed)
        except (ArchiveUnavailable, BlobMissing, *UNREADABLE):
            continue
        if signed(derive(key, "manifest"), bytes(kept.manifest).decode(), kept.mac):
            return msgspec.json.decode(kept.manifest, type=Manifest)
    raise BackupError(f"the manifest of {found.home} was changed")


async def finding(prefix: str) -> list[Found]:
    """The whole sets under `prefix` of every place that answers, each once, oldest first."""
    listed, troubles = await answering(prefix)
    if troubles and not any(listed.values()):
        raise BackupError(f"no place for backups answers: {', '.join(troubles)}")
    return every_set(listed)


async def answering(prefix: str) -> tuple[dict[str, list[tuple[str, Manifest]]], list[str]]:
    """The whole sets of each place that answers, and a line for each that does not."""
    listed, troubles = {}, []
    for name, archive in own().items():
        try:
            listed[name] = await manifests(archive, prefix)
        except ArchiveUnavailable as error:
            troubles.append(f"{name} does not answer ({error})")
    return listed, troubles


def every_set(listed: dict[str, list[tuple[str, Manifest]]]) -> list[Found]:
    """The sets of several places, each once with all places that have it, oldest first."""
    found: dict[str, Found] = {}
    archives = own()
    for name, sets in listed.items():
        for home, manifest in sets:
            found.setdefault(home, Found([], home, manifest)).archives.append(archives[name])
    return sorted(found.values(), key=lambda each: each.manifest.reaches_at)


async def _read(archive: Archive, blob: str) -> Manifest | None:
    try:
        kept = msgspec.json.decode(await archive.get(blob), type=_Signed)
        manifest = msgspec.json.decode(kept.manifest, type=Manifest)
    except (BlobMissing, *UNREADABLE):
        return None
    moments = manifest.began_at, manifest.reaches_at
    known = blob == manifest_blob(home_of(manifest)) and set_home(blob) is not None
    return manifest if known and all(each.tzinfo for each in moments) else None
