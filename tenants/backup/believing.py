"""Which sets are what their manifests say: whoever writes to a place writes manifests too, but
signs none. What is chosen, kept or removed is judged by those alone that a key of ours signed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tenants.backup import keyring, places
from tenants.backup.layout import set_of
from tenants.backup.places import Found
from tenants.backup.rules import base_for
from tenants.backup.shapes import BackupError


async def finding(prefix: str) -> list[Found]:
    """The sets under `prefix` that can be believed and opened, oldest first."""
    return await believed(await places.finding(prefix))


async def newest_before(prefix: str, target: datetime) -> Found | None:
    """The newest set under `prefix` to restore from as of `target`.

    Where none can be believed, one that cannot: opening it tells why.
    """
    every = await places.finding(prefix)
    for sets in (await believed(every), every):
        chosen = base_for([each.manifest for each in sets], target)
        if chosen is not None:
            return next(each for each in sets if each.manifest.id == chosen.id)
    return None


async def believed(sets: Iterable[Found]) -> list[Found]:
    """Of these sets those whose manifest is the one its key signed; with that one, oldest first."""
    found = [each for one in sets if (each := await _believed(one))]
    return sorted(found, key=lambda each: each.manifest.reaches_at)


async def _believed(found: Found) -> Found | None:
    try:
        identity, tenant_id = set_of(found.home)
        key = await keyring.read(identity, await _above(tenant_id))
        manifest = await places.trusted(found, key)
    except BackupError:
        return None
    return found._replace(manifest=manifest) if places.home_of(manifest) == found.home else None


async def _above(tenant_id: UUID | None) -> bytes | None:
    """The key under which a tenant's own sets have theirs."""
    return (await keyring.tenant_kept(tenant_id)).secrets.key if tenant_id else None
