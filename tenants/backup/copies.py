"""Copies: what lies in one place comes to the others, and to a tenant's own centre."""

from collections.abc import Container, Iterable
from uuid import UUID

from infra.archive import Archive, ArchiveUnavailable, BlobMissing, archive_at
from infra.clock import now
from infra.parts import PartDamaged, check, fetched, part_blob
from infra.sealed import seal, unseal_by
from infra.settings import settings
from tenants.backup import catalogue, keyring, places
from tenants.backup.layout import manifest_blob, segment_of, tenant_home
from tenants.backup.places import Found
from tenants.backup.retiring import retire_dumps
from tenants.backup.shapes import Kind
from tenants.db import control
from tenants.shapes import Tenant


async def copy_all() -> list[str]:
    """Bring every set and all of the log to every place of ours; a line for each that is away.

    What one place has lost comes back to it from the others.
    """
    listed, troubles = await places.answering("")
    known = await keyring.known()
    sets = [each for each in places.every_set(listed) if each.manifest.id in known]
    logs, unread = await _logs(listed, known)
    troubles += unread
    for name in logs:
        try:
            await _complete(name, {home for home, _ in listed[name]}, sets, logs)
        except (ArchiveUnavailable, BlobMissing, PartDamaged) as error:
            troubles.append(f"{name} lacks copies: {type(error).__name__} {error}")
    return troubles


async def copy_set(found: Found, target: Archive) -> None:
    """Copy one set as it is, sealed; its manifest comes last and makes the copy whole."""
    for number, digest in enumerate(found.manifest.digests):
        content = await fetched(found.archives, found.home, number, digest)
        await target.put(part_blob(found.home, number), content)
    blob = manifest_blob(found.home)
    await target.put(blob, await found.archives[0].get(blob))


async def verify(identity: UUID | None = None) -> list[str]:
    """Read sets back in every place of ours and compare digests; a line for each fault."""
    listed, faults = await places.answering("")
    if not faults:
        faults = await _gone({m.id for sets in listed.values() for _, m in sets}, identity)
    for found in places.every_set(listed):
        if identity in (None, found.manifest.id):
            for name, sets in listed.items():
                faults += await _faults(name, {home for home, _ in sets}, found)
    logs, unread = await _logs(listed, await keyring.known())
    every: set[str] = set().union(*logs.values())
    for name, there in logs.items():
        if lacking := every - there:
            faults.append(f"{name} lacks {len(lacking)} files of the log")
    return faults + unread


async def _gone(there: set[UUID], identity: UUID | None) -> list[str]:
    """What the catalogue takes for restorable and no place has any more."""
    kinds: tuple[Kind, ...] = ("base", "dump")
    return [
        f"no place has the {each.kind} of {each.tenant_slug or each.cluster} {each.id}"
        for kind in kinds
        for each in await catalogue.living(kind)
        if each.id not in there and identity in (None, each.id)
    ]


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
        await retire_dumps(archive_at(address), tenant_home(tenant.id) + "/dump/")
    except ArchiveUnavailable as error:
        await control.execute(_PUSHED, tenant.id, None, str(error))
        raise
    await control.execute(_PUSHED, tenant.id, now(), None)
    return sent


async def _logs(
    listed: Iterable[str], known: Container[UUID]
) -> tuple[dict[str, set[str]], list[str]]:
    """The blobs of the log in each place that a key of ours opens, and a line for each that stopped
    answering."""
    found: dict[str, set[str]] = {}
    troubles = []
    for name in listed:
        try:
            names = await places.own()[name].names("clusters/")
            found[name] = {b for b in names if (said := segment_of(b)) and said.era in known}
        except ArchiveUnavailable as error:
            troubles.append(f"{name} does not answer ({error})")
    return found, troubles


async def _complete(
    name: str, homes: set[str], sets: list[Found], logs: dict[str, set[str]]
) -> None:
    """Give one place everything the others have."""
    archives = places.own()
    for found in sets:
        if found.home not in homes:
            await copy_set(found, archives[name])
        await catalogue.copied(found.manifest.id, name)
    for other, blobs in logs.items():
        for blob in sorted(blobs - logs[name]):
            await archives[name].put(blob, await archives[other].get(blob))
            logs[name].add(blob)


async def _faults(name: str, homes: set[str], found: Found) -> list[str]:
    """What is wrong with a set in one place."""
    if found.home not in homes:
        return [f"{name} lacks {found.home}"]
    try:
        await check(places.own()[name], found.home, found.manifest.digests)
        await catalogue.verified(found.manifest.id, name)
    except Exception as error:
        return [f"{name}: {found.home}: {error or type(error).__name__}"]
    return []


async def _mirror(source: Archive, target: Archive, prefix: str) -> int:
    known = set(await target.names(prefix))
    wanted = [name for name in await source.names(prefix) if name not in known]
    # A manifest comes after the parts it vouches for.
    for name in sorted(wanted, key=lambda name: name.endswith("/manifest.json")):
        await target.put(name, await source.get(name))
    return len(wanted)


_NAME = """
insert into backup_place (tenant_id, sealed, every_hours) values ($1, $2, $3)
on conflict (tenant_id) do update set sealed = $2, every_hours = $3, failure = null
"""
_PUSHED = """
update backup_place set pushed_at = coalesce($2, pushed_at), failure = $3 where tenant_id = $1
"""
