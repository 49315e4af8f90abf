"""Making a tenant's backups unreadable for good, in all copies, without touching the others'."""

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

    Safe to repeat. Its own sets lose their keys and are removed; then each cluster that knew the
    tenant gets a fresh base backup, and the keys of all older cluster sets are destroyed: the
    others can be restored from the fresh base on, and before it from their own sets. Where no
    backups are made there is nothing to do. Raises BackupError while the tenant still exists.
    """
    clusters = sorted({tenant.cluster, "main"})  # The control database knew its sealed secrets.
    sets = await catalogue.living()
    own = [each for each in sets if each.tenant_id == tenant.id]
    shared = [each for each in sets if each.kind != "dump" and each.cluster in clusters]
    if not settings().backup_places and not own and not shared:
        return Shredded(at=now(), sets=0, blobs=0, fresh_bases=[])
    places.own()  # Backups there are, and without their addresses they cannot be shredded.
    await _refuse_living(tenant)
    blobs = await _shred_own(tenant, own)
    await _forget_in_pages()
    fresh = [(await base.take(cluster)).id for cluster in clusters]
    await _destroy(shared)
    return Shredded(at=now(), sets=len(own) + len(shared), blobs=blobs, fresh_bases=fresh)


async def _refuse_living(tenant: Tenant) -> None:
    if await control.fetch_value("select true from tenant where id = $1", tenant.id):
        raise BackupError(f"{tenant.slug} still exists: a fresh backup would hold it again")
    async with owner(tenant.cluster) as admin:
        left = await databases_of(admin, tenant.database)
    if left:
        raise BackupError(f"databases of {tenant.slug} are left, drop them first: {left}")


async def _shred_own(tenant: Tenant, sets: list[BackupSet]) -> int:
    await keyring.destroy_tenant(tenant.id)
    await _destroy(sets)
    return sum([await remove(archive, tenant_home(tenant.id)) for archive in places.own().values()])


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
