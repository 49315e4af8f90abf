"""Making a tenant's backups unreadable for good, in all copies, without touching the others'."""

from uuid import UUID

from infra.archive import Archive, ArchiveUnavailable
from infra.clock import now
from infra.dsn import Address
from infra.settings import settings
from tenants.backup import base, catalogue, keyring, places
from tenants.backup.layout import tenant_home
from tenants.backup.retiring import remove
from tenants.backup.shapes import BackupError, BackupSet, Shredded
from tenants.clusters import databases_of, owner
from tenants.db import control
from tenants.shapes import Tenant


async def shred(tenant: Tenant) -> Shredded:
    """Destroy every backup of a tenant whose database and registry row are gone already.

    Safe to repeat. Its own sets lose their keys; then each cluster that knew the tenant gets a
    fresh base backup, and the keys of all older cluster sets are destroyed: the others can be
    restored from the fresh base on, and before it from their own sets. What nobody can read any
    more is then taken away with `remove_blobs`. Where no backups are made there is nothing to do.
    Raises BackupError while the tenant still exists, and ArchiveUnavailable.
    """
    clusters = sorted({tenant.cluster, "main"})  # The control database knew its sealed secrets.
    sets = await catalogue.living()
    own = [each for each in sets if each.tenant_id == tenant.id]
    shared = [each for each in sets if each.kind != "dump" and each.cluster in clusters]
    fresh: list[UUID] = []
    if settings().backup_places or own or shared:
        places.own()  # Backups there are, and without their addresses they cannot be shredded.
        await _refuse_living(tenant)
        await keyring.destroy_tenant(tenant.id)
        await _destroy(own)
        await _forget_in_pages()
        fresh = [(await base.take(cluster)).id for cluster in clusters]
        await _destroy(shared)
    # A run that was cut short has destroyed some of its own before.
    count = await catalogue.shredded(tenant.id)
    return Shredded(at=now(), own_sets=count, shared_sets=len(shared), fresh_bases=fresh)


async def remove_blobs(tenant: Tenant) -> list[str]:
    """Take a shredded tenant's blobs out of every place of ours; the names of those places.

    A place that is away keeps none of the others waiting: BackupError names it in the end, and the
    same said again does the rest. Safe to repeat.
    """
    if not settings().backup_places:
        return []
    troubles = []
    for name, archive in places.own().items():
        try:
            gone = await remove(archive, tenant_home(tenant.id))
            if not gone and await _is_hollow(name, archive):
                troubles.append(f"{name} holds nothing at all, as a disk does that is not there")
        except ArchiveUnavailable as error:
            troubles.append(f"{name} does not answer ({error})")
    if troubles:
        raise BackupError(
            f"not all that is kept of {tenant.slug} could be removed: {'; '.join(troubles)};"
            " run this again once the place is back"
        )
    return list(places.own())


async def _refuse_living(tenant: Tenant) -> None:
    if await control.fetch_value("select true from tenant where id = $1", tenant.id):
        raise BackupError(f"{tenant.slug} still exists: a fresh backup would hold it again")
    async with owner(tenant.cluster) as admin:
        left = await databases_of(admin, tenant.database)
    if left:
        raise BackupError(f"databases of {tenant.slug} are left, drop them first: {left}")


async def _is_hollow(name: str, archive: Archive) -> bool:
    """Whether copies went to a place in which nothing lies."""
    return await catalogue.was_copied_to(name) and not await archive.names()


async def _forget_in_pages() -> None:
    """Leave no dead row of the registry in a page that will be copied."""
    database = Address.parse(settings().control_dsn).database
    async with owner("main", database) as connection:
        for table in ("tenant", "issuer", "backup_place"):
            await connection.execute(f"vacuum full {table}")
        await connection.execute("checkpoint")


async def _destroy(sets: list[BackupSet]) -> None:
    for each in sets:
        await keyring.destroy(each.id)
    await catalogue.end([each.id for each in sets], "shredded")
