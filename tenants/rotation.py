"""Changing secrets while everything runs: the master key, and a tenant's password.

The new master key stands first in the settings and the former one beside it; every process opens
by either and seals by the new one. When all rows have been sealed anew, the former one may go.
"""

import secrets as random
from collections.abc import Sequence

import msgspec

from infra.sealed import seal, unseal_by
from infra.settings import settings
from tenants import issuers, registry, takeovers
from tenants.backup import keyring
from tenants.clusters import create_role, owner
from tenants.db import control
from tenants.shapes import Secrets, Tenant

# A row somebody changed meanwhile is already sealed by the new key, or is met by the next run.
_TENANT = "update tenant set sealed = $2 where id = $1 and sealed = $3"
_ISSUER = "update issuer set sealed_secret = $2 where id = $1 and sealed_secret = $3"
_TAKEOVER = "update takeover set sealed = $2 where id = $1 and sealed = $3"
_PLACE = "update backup_place set sealed = $2 where tenant_id = $1 and sealed = $3"


async def reseal() -> int:
    """Seal everything the control database keeps by the present master key; how many rows.

    Raises BrokenSeal when something lies under a key that is in no setting any more, nor kept with
    the keys of the backups: a restored control database may be older than a rotation.
    """
    keys = await keyring.masters() if settings().backup_keys else settings().keys
    rows = await control.fetch("select id, slug, sealed from tenant order by id")
    for row in rows:
        fresh = _anew(keys, row["sealed"], f"tenant:{row['slug']}")
        await control.execute(_TENANT, row["id"], fresh, row["sealed"])
    trusted = await control.fetch("select * from issuer order by id")
    for row in trusted:
        place = issuers.place(row["tenant_id"], row["audience"], row["issuer"])
        fresh = _anew(keys, row["sealed_secret"], place)
        await control.execute(_ISSUER, row["id"], fresh, row["sealed_secret"])
    former = await control.fetch("select id, sealed from takeover where sealed is not null")
    for row in former:
        fresh = _anew(keys, row["sealed"], takeovers.place(row["id"]))
        await control.execute(_TAKEOVER, row["id"], fresh, row["sealed"])
    places = await control.fetch(
        "select p.tenant_id, t.slug, p.sealed from backup_place p join tenant t on t.id = tenant_id"
    )
    for row in places:
        fresh = _anew(keys, row["sealed"], f"backup-place:{row['slug']}")
        await control.execute(_PLACE, row["tenant_id"], fresh, row["sealed"])
    kept = await keyring.reseal() if settings().backup_keys else 0
    await registry.reload()
    return len(rows) + len(trusted) + len(former) + len(places) + kept


async def new_password(tenant: Tenant) -> None:
    """Give the tenant's login role a new password; open connections and requests go on.

    Both are written down before the database learns the new one, so that a fall in between leaves
    nobody outside; running it again finishes the work.
    """
    before = tenant.secrets
    now = msgspec.structs.replace(
        before, password=random.token_urlsafe(24), former_password=before.password
    )
    await _keep(tenant, now)
    async with owner(tenant.cluster) as admin:
        await create_role(admin, tenant.role, now.password, generated=True)
    await _keep(tenant, msgspec.structs.replace(now, former_password=""))


async def _keep(tenant: Tenant, secrets: Secrets) -> None:
    sealed = seal(settings().key, msgspec.json.encode(secrets), f"tenant:{tenant.slug}")
    await control.execute("update tenant set sealed = $2 where id = $1", tenant.id, sealed)
    await registry.reload()


def _anew(keys: Sequence[bytes], sealed: bytes, label: str) -> bytes:
    return seal(settings().key, unseal_by(keys, sealed, label), label)
