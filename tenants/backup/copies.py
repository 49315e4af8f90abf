"""Copies: what lies in the first place comes to the others, and what nobody needs goes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from infra.archive import Archive, ArchiveUnavailable, BlobMissing, archive_at
from infra.clock import now
from infra.parts import check, part_blob
from infra.sealed import seal, unseal_by
from infra.settings import settings
from tenants.backup import catalogue, keyring, places, wal
from tenants.backup.layout import manifest_blob, tenant_home
from tenants.backup.rules import expired_bases, expired_dumps, expired_segments
from tenants.backup.shapes import Manifest
from tenants.db import control
from tenants.shapes import Tenant


async def copy_all() -> list[str]:
    """Bring every other place of ours up to the first; a line for each that does not answer."""
    (first, source), *others = places.own().items()
    sets = await places.manifests(source, "")
    names = [name for name in await source.names("clusters/") if "/wal/" in name]
    troubles = []
    for name, target in others:
        try:
            await _copy(source, target, name, sets, names)
        except (ArchiveUnavailable, BlobMissing) as error:
            troubles.append(f"{name} lacks copies: {type(error).__name__} {error}")
    for _, manifest in sets:
        await catalogue.copied(manifest.id, first)
    return troubles


async def copy_set(source: Archive, target: Archive, home: str, manifest: Manifest) -> None:
    """Copy one set as it is, sealed; its manifest comes last and makes the copy whole."""
    for number in range(len(manifest.digests)):
        blob = part_blob(home, number)
        await target.put(blob, await source.get(blob))
    blob = manifest_blob(home)
    await target.put(blob, await source.get(blob))


async def verify(identity: UUID | None = None) -> list[str]:
    """Read sets back in every place of ours and compare digests; a line for each fault."""
    faults = []
    for name, archive in places.own().items():
        for home, manifest in await places.manifests(archive, ""):
            if identity in (None, manifest.id):
                try:
                    await check(archive, home, manifest.digests)
                    await catalogue.verified(manifest.id, name)
                except Exception as error:
                    faults.append(f"{name}: {home}: {error or type(error).__name__}")
    return faults


async def name_place(tenant: Tenant, address: str, every_hours: int) -> None:
    """Where a tenant wants copies of its own; the address may hold credentials and is sealed."""
    await archive_at(address).put("motcua.txt", b"motcua keeps copies here\n")
    label = f"backup-place:{tenant.slug}"
    sealed = seal(settings().key, address.encode(), label)
    await control.execute(_NAME, tenant.id, sealed, every_hours)


async def push(tenant: Tenant) -> int:
    """Bring a tenant's own place up to the first: its sets and its files; how many blobs went.

    Returns 0 when the tenant named none. Raises ArchiveUnavailable; the failure is noted.
    """
    row = await control.fetch_row("select sealed from backup_place where tenant_id = $1", tenant.id)
    if row is None:
        return 0
    address = unseal_by(settings().keys, row["sealed"], f"backup-place:{tenant.slug}").decode()
    try:
        sent = await _mirror(places.first()[1], archive_at(address), tenant_home(tenant.id) + "/")
    except ArchiveUnavailable as error:
        await control.execute(_PUSHED, tenant.id, None, str(error))
        raise
    await control.execute(_PUSHED, tenant.id, now(), None)
    return sent


async def retire() -> int:
    """Remove what is older than the setting wants, in every place; how many sets went."""
    keep = timedelta(days=settings().backup_keep_days)
    gone: set[UUID] = set()
    for archive in places.own().values():
        sets = await places.manifests(archive, "")
        for old in _expired(sets, now(), keep):
            home = next(home for home, manifest in sets if manifest.id == old)
            await remove(archive, home)
            gone.add(old)
        await _retire_logs(archive, [m for _, m in sets if m.kind == "base" and m.id not in gone])
    for identity in gone:
        await keyring.destroy(identity)
    await catalogue.end(list(gone), "retired")
    return len(gone)


async def remove(archive: Archive, home: str) -> int:
    """Remove every blob under `home`, first what makes it a set; how many there were."""
    names = await archive.names(home + "/")
    for name in sorted(names, key=lambda name: not name.endswith("/manifest.json")):
        await archive.delete(name)
    return len(names)


async def _copy(
    source: Archive,
    target: Archive,
    name: str,
    sets: list[tuple[str, Manifest]],
    log: Iterable[str],
) -> None:
    there = {manifest.id for _, manifest in await places.manifests(target, "")}
    for home, manifest in sets:
        if manifest.id not in there:
            await copy_set(source, target, home, manifest)
        await catalogue.copied(manifest.id, name)
    known = set(await target.names("clusters/"))
    for blob in log:
        if blob not in known:
            await target.put(blob, await source.get(blob))


async def _mirror(source: Archive, target: Archive, prefix: str) -> int:
    known = set(await target.names(prefix))
    wanted = [name for name in await source.names(prefix) if name not in known]
    # A manifest comes after the parts it vouches for.
    for name in sorted(wanted, key=lambda name: name.endswith("/manifest.json")):
        await target.put(name, await source.get(name))
    return len(wanted)


def _expired(sets: list[tuple[str, Manifest]], at: datetime, keep: timedelta) -> set[UUID]:
    groups: dict[tuple[str, object], list[Manifest]] = {}
    for _, manifest in sets:
        of = manifest.tenant_id or (manifest.cluster, manifest.system)
        groups.setdefault((manifest.kind, of), []).append(manifest)
    found: set[UUID] = set()
    for (kind, _), group in groups.items():
        rule = expired_bases if kind == "base" else expired_dumps
        found |= rule(group, at, keep)
    return found


async def _retire_logs(archive: Archive, bases: list[Manifest]) -> None:
    """Remove the log from before the oldest base that is kept."""
    for cluster, system in {(base.cluster, base.system) for base in bases}:
        ours = [b.first_segment for b in bases if (b.cluster, b.system) == (cluster, system)]
        found = await wal.segments(archive, cluster, system)
        for segment in expired_segments(found, min(ours)):
            await archive.delete(segment.blob)


_NAME = """
insert into backup_place (tenant_id, sealed, every_hours) values ($1, $2, $3)
on conflict (tenant_id) do update set sealed = $2, every_hours = $3, failure = null
"""
_PUSHED = """
update backup_place set pushed_at = coalesce($2, pushed_at), failure = $3 where tenant_id = $1
"""
