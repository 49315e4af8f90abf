"""The keys of sets, kept apart from the sets; whoever destroys a key shreds the set everywhere.

A set has a key of its own, sealed under the master key (a cluster's) or under the tenant's own
key (a tenant's). No key stands in the control database: it is in every backup itself, and a
destroyed key would live on there.
"""

import contextlib
import os
from uuid import UUID

import msgspec

from infra.archive import Archive, BlobMissing, archive_at
from infra.sealed import BrokenSeal, derive, seal, unseal_by
from infra.settings import settings
from tenants.backup.layout import key_blob, master_key_blob, tenant_key_blob
from tenants.backup.shapes import BackupError, KeyGone
from tenants.shapes import Secrets, Tenant


class KeptTenant(msgspec.Struct, frozen=True):
    """What is needed to read a tenant's own backups when the control database is lost."""

    id: UUID
    slug: str
    secrets: Secrets


async def create(identity: UUID, tenant: Tenant | None = None) -> bytes:
    """A new key for a set, kept sealed; 32 bytes."""
    key = os.urandom(32)
    sealed = seal(_above(tenant.secrets.key if tenant else None)[0], key, f"set:{identity}")
    await _place().put(key_blob(identity), sealed)
    return key


async def read(identity: UUID, tenant_key: bytes | None = None) -> bytes:
    """The key of a set; KeyGone when it was destroyed or another key sealed it."""
    try:
        sealed = await _place().get(key_blob(identity))
        return unseal_by(_above(tenant_key), sealed, f"set:{identity}")
    except BlobMissing:
        raise KeyGone(f"the key of set {identity} was destroyed or is not here") from None
    except BrokenSeal:
        raise KeyGone(f"the key of set {identity} was sealed by another master key") from None


async def destroy(identity: UUID) -> None:
    """Make a set unreadable, wherever its copies are; safe to repeat."""
    await _place().delete(key_blob(identity))


async def known() -> set[UUID]:
    """The sets whose keys are here."""
    names = await _place().names("sets/")
    return {UUID(name.removeprefix("sets/").removesuffix(".key")) for name in names}


async def keep_tenant(tenant: Tenant) -> None:
    """Keep a tenant's secrets beside the keys, sealed under the master key."""
    kept = msgspec.json.encode(KeptTenant(tenant.id, tenant.slug, tenant.secrets))
    sealed = seal(settings().key, kept, f"tenant:{tenant.id}")
    await _place().put(tenant_key_blob(tenant.id), sealed)


async def tenant_kept(tenant_id: UUID) -> KeptTenant:
    """What `keep_tenant` kept; raises KeyGone."""
    try:
        sealed = await _place().get(tenant_key_blob(tenant_id))
        plain = unseal_by(settings().keys, sealed, f"tenant:{tenant_id}")
    except (BlobMissing, BrokenSeal):
        raise KeyGone(f"the key of tenant {tenant_id} is not here") from None
    return msgspec.json.decode(plain, type=KeptTenant)


async def destroy_tenant(tenant_id: UUID) -> None:
    """Forget a tenant's secrets; safe to repeat."""
    await _place().delete(tenant_key_blob(tenant_id))


def files_key(tenant_key: bytes) -> bytes:
    """The key of a tenant's files in the archive."""
    return derive(tenant_key, "backup-files")


async def masters() -> tuple[bytes, ...]:
    """The present master key and all that were before it, as far as any is known here.

    A cluster that is restored from before a rotation holds secrets sealed by a former one.
    """
    found = list(settings().keys)
    place = _place()
    for blob in await place.names("masters/"):
        with contextlib.suppress(BrokenSeal):
            found.append(unseal_by(settings().keys, await place.get(blob), _label(blob)))
    return tuple(dict.fromkeys(found))


async def reseal() -> int:
    """Seal what lies under a former master key by the present one; how many keys.

    The former ones are kept here themselves, sealed by the present one.
    """
    place, count = _place(), 0
    for key in settings().keys[1:]:
        blob = master_key_blob(derive(key, "mark").hex()[:16])
        await place.put(blob, seal(settings().key, key, _label(blob)))
    for blob in await place.names():
        # The keys of a tenant's own sets lie under the tenant's key, which stays the same.
        above = _above(None) if blob.startswith("sets/") else settings().keys
        count += await _sealed_anew(place, blob, above)
    return count


async def _sealed_anew(place: Archive, blob: str, above: tuple[bytes, ...]) -> bool:
    if not above[1:]:
        return False
    sealed, label = await place.get(blob), _label(blob)
    try:
        unseal_by(above[:1], sealed, label)
    except BrokenSeal:
        with contextlib.suppress(BrokenSeal):
            await place.put(blob, seal(above[0], unseal_by(above[1:], sealed, label), label))
            return True
    return False


def _label(blob: str) -> str:
    kind, _, name = blob.removesuffix(".key").partition("/")
    return f"{kind.removesuffix('s')}:{name}"


def _above(tenant_key: bytes | None) -> tuple[bytes, ...]:
    """What seals the keys of sets: the present key, then those it takes the place of."""
    if tenant_key is None:
        return tuple(derive(key, "backup-cluster") for key in settings().keys)
    return (derive(tenant_key, "backup"),)


def _place() -> Archive:
    if not settings().backup_keys:
        raise BackupError("no backups are made here: MOTCUA_BACKUP_PLACES and ..._KEYS are not set")
    return archive_at(settings().backup_keys)
