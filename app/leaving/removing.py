"""Taking a tenant away, part by part, each safe to repeat; `drop` and `erase` both end here."""

import shutil

import msgspec

from app.leaving.refusals import LeavingRefused
from billing import collect
from infra.settings import settings
from storage import staging
from storage.store import store_of
from tenants import provision
from tenants.backup.shredding import remove_blobs, shred
from tenants.clusters import owner, quoted
from tenants.current import acting_for
from tenants.holding import held, must_be_settled
from tenants.shapes import Tenant

# What restoring has put aside under a name of its own.
_KEPT_COPIES = "select datname from pg_database where datname like $1"


async def close(tenant: Tenant) -> None:
    """Let nobody in and start no job any more; what was used until now comes into the books."""
    await provision.close(tenant)
    with acting_for(tenant):
        while await collect.collect():
            pass


async def erase_files(tenant: Tenant) -> None:
    """Remove the tenant's bucket, and the files that were on their way into it."""
    refuse_open(tenant)
    await provision.must_be_alone(tenant.slug)
    await store_of(tenant).erase()
    if settings().staging_root:
        with acting_for(tenant):
            shutil.rmtree(staging.folder(), ignore_errors=True)


async def drop_database(tenant: Tenant) -> None:
    """Remove the tenant's database, copies of it that were put aside, its role and its keys."""
    refuse_open(tenant)
    async with owner(tenant.cluster) as admin:
        like = tenant.database.replace("_", r"\_") + r"\_cu\_%"
        for row in await admin.fetch(_KEPT_COPIES, like):
            await admin.execute(f"drop database if exists {quoted(row['datname'])} with (force)")
    await provision.drop(tenant)


async def remove(tenant: Tenant) -> None:
    """All of it at once, for a tenant nobody has to be handed anything of.

    What can be away comes first: once the registry has forgotten the tenant, nobody can go on.
    """
    async with held(tenant.slug):
        await must_be_settled(tenant.id)
        await provision.close(tenant)
        closed = msgspec.structs.replace(tenant, status="provisioning")
        await remove_blobs(closed)
        await erase_files(closed)
        await drop_database(closed)
        await shred(closed)


def refuse_open(tenant: Tenant) -> None:
    """Raise LeavingRefused for a tenant whose doors are not closed."""
    if tenant.status != "provisioning":
        raise LeavingRefused(f"{tenant.slug} is open: run motcua tenant close first")
