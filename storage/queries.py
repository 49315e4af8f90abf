"""Reading what is stored and what is on its way."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from infra.clock import VIETNAM, now
from storage.shapes import StoredObject, Upload
from tenants import db

NEWS = timedelta(hours=1)


async def found(identity: UUID) -> StoredObject | None:
    """The object, unless it was removed."""
    row = await db.tenant.fetch_row(_FOUND, identity)
    return StoredObject.of(row) if row else None


async def uploads_of(targets: Iterable[str]) -> list[Upload]:
    """The uploads for some targets that still matter to a page: on the way, waiting or refused.

    Oldest first; a refusal is news for an hour. Served by the index upload_by_target.
    """
    rows = await db.tenant.fetch(_UPLOADS, list(targets), now() - NEWS)
    return [Upload.of(row) for row in rows]


async def bytes_stored(day: date) -> int:
    """The bytes kept at the end of one Vietnamese day: stored by then and not removed by then."""
    midnight = datetime.combine(day + timedelta(days=1), time(), VIETNAM)
    return int(await db.tenant.fetch_value(_BYTES, midnight))


async def bytes_coming() -> int:
    """The bytes announced by uploads on their way. Served by the index upload_unfinished."""
    return int(await db.tenant.fetch_value(_COMING, now()))


_FOUND = """
select id, key, sha256, size, media_type, file_name, scan, owner, stored_at
from stored_object where id = $1 and removed_at is null
"""
_UPLOADS = """
select id, owner, target, slot, file_name, size, state,
       object_id, refusal, created_at, expires_at
from upload where target = any($1)
  and (state in ('open', 'checking') or state = 'refused' and created_at > $2)
order by created_at, id
"""
_COMING = """
select coalesce(sum(size), 0)::bigint from upload
where state in ('open', 'checking') and expires_at > $1
"""
_BYTES = """
select coalesce(sum(size), 0)::bigint from stored_object
where stored_at < $1 and (removed_at is null or removed_at >= $1)
"""
