"""Our own places for backups, in the order the setting names them: written to the first, copied
to the others."""

import msgspec

from infra.archive import Archive, ArchiveUnavailable, BlobMissing, archive_at
from infra.sealed import derive, sign, signed
from infra.settings import settings
from tenants.backup.layout import manifest_blob
from tenants.backup.shapes import BackupError, Manifest


class _Signed(msgspec.Struct, frozen=True):
    """A manifest as it lies in the archive; `mac` is by the key of the set."""

    manifest: msgspec.Raw
    mac: str


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
    """Every whole set under `prefix` with its home, oldest first; what is damaged is no set."""
    found = []
    for blob in await archive.names(prefix):
        if blob.endswith("/manifest.json") and (manifest := await _read(archive, blob)):
            found.append((blob.removesuffix("/manifest.json"), manifest))
    return sorted(found, key=lambda pair: pair[1].reaches_at)


async def check_manifest(archive: Archive, home: str, key: bytes) -> None:
    """Raise BackupError when the manifest of a set is not the one written with its key."""
    kept = msgspec.json.decode(await archive.get(manifest_blob(home)), type=_Signed)
    if not signed(derive(key, "manifest"), bytes(kept.manifest).decode(), kept.mac):
        raise BackupError(f"the manifest of {home} was changed")


async def finding(prefix: str) -> list[tuple[Archive, str, Manifest]]:
    """The whole sets under `prefix` of every place that answers, each once, oldest first."""
    found: dict[str, tuple[Archive, str, Manifest]] = {}
    troubles = []
    for name, archive in own().items():
        try:
            for home, manifest in await manifests(archive, prefix):
                found.setdefault(home, (archive, home, manifest))
        except ArchiveUnavailable as error:
            troubles.append(f"{name} ({error})")
    if troubles and not found:
        raise BackupError(f"no place for backups answers: {', '.join(troubles)}")
    return sorted(found.values(), key=lambda each: each[2].reaches_at)


async def _read(archive: Archive, blob: str) -> Manifest | None:
    try:
        kept = msgspec.json.decode(await archive.get(blob), type=_Signed)
        return msgspec.json.decode(kept.manifest, type=Manifest)
    except (BlobMissing, msgspec.MsgspecError):
        return None
