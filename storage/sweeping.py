"""What the night and the minute do for storage: go on with what waits, clear what is over."""

import asyncio
import logging
from collections.abc import Iterable
from uuid import UUID

from infra import clock
from storage import staging
from storage.shapes import Upload, UploadBusy, UploadMissing, WrongOffset
from storage.store import store_of
from storage.uploads import Attach, clear, finish
from tenants import db
from tenants.current import current

_log = logging.getLogger(__name__)
BATCH = 500
# A file without a row is an upload whose beginning was cut short; nobody knows its address.
ORPHAN_SECONDS = 24 * 3600.0


async def retry(attach: Attach, limit: int = BATCH) -> int:
    """Finish complete uploads that wait for a scanner, the store, or a sender who never came back.

    Returns how many came to an end. `attach` as for `storage.uploads.finish`.
    """
    rows = await db.tenant.fetch(_WAITING, clock.now(), limit)
    return sum([await _retry_one(Upload.of(row), attach) for row in rows])


async def _retry_one(upload: Upload, attach: Attach) -> bool:
    try:
        if await staging.size(upload.id) == upload.size:
            return not (await finish(upload.owner, upload.id, attach)).unfinished
    except (UploadBusy, UploadMissing, WrongOffset):
        return False
    except Exception:
        # One file that trips us must not keep all the others waiting.
        _log.exception("upload %s could not be finished", upload.id)
    return False


async def sweep(limit: int = BATCH) -> int:
    """End expired uploads and clear the remains of settled ones; returns how many it cleared."""
    await db.tenant.execute(_EXPIRE, clock.now())
    rows = await db.tenant.fetch(_UNCLEARED, limit)
    for row in rows:
        await clear(Upload.of(row))
    await _remove_orphans()
    return len(rows)


async def discard(objects: Iterable[UUID]) -> None:
    """Take objects away from everybody, as part of the unit of work at hand; `erase` follows."""
    await db.tenant.execute(_DISCARD, list(objects), clock.now())


async def erase(limit: int = BATCH) -> int:
    """Remove discarded objects from the bucket; raises StoreUnavailable."""
    store = store_of(current())
    rows = await db.tenant.fetch(_TO_ERASE, limit)
    for row in rows:
        await store.remove(row["key"])
        await db.tenant.execute(_ERASED, row["id"], clock.now())
    return len(rows)


async def _remove_orphans() -> None:
    for identity in await staging.older_than(ORPHAN_SECONDS):
        if not await db.tenant.fetch_value(_IS_KNOWN, identity):
            await staging.remove(identity)
        # Thousands of old files must not hold up the other work of this process.
        await asyncio.sleep(0)


# Served by the index upload_unfinished.
_WAITING = """
select id, owner, target, slot, file_name, size, state,
       object_id, refusal, created_at, expires_at
from upload where state in ('open', 'checking') and expires_at > $1
order by expires_at limit $2
"""
_EXPIRE = """
update upload set state = 'expired' where state in ('open', 'checking') and expires_at <= $1
"""
_UNCLEARED = """
select id, owner, target, slot, file_name, size, state,
       object_id, refusal, created_at, expires_at
from upload where cleared_at is null and state not in ('open', 'checking')
order by id limit $1
"""
_IS_KNOWN = "select exists (select from upload where id = $1 and state in ('open', 'checking'))"
_DISCARD = "update stored_object set removed_at = $2 where id = any($1) and removed_at is null"
_TO_ERASE = """
select id, key from stored_object where removed_at is not null and erased_at is null
order by removed_at limit $1
"""
_ERASED = "update stored_object set erased_at = $2 where id = $1"
