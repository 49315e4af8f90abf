"""Regular work on papers, for the current tenant; each opens short units of work of its own."""

from datetime import timedelta
from uuid import UUID

from app.onestop.papers.uploading import attach_as
from app.people import queries as people
from app.people.shapes import Actor
from infra.clock import now
from storage import sweeping
from storage.shapes import FileRefused, StoredObject, Upload
from tenants import db
from tenants.work import work

# A result is stored a moment before it is attached; a day is far more than any moment.
UNATTACHED = timedelta(days=1)
BATCH = 500


async def settle_uploads() -> int:
    """Go on with complete uploads that wait for the scanner, the store or a lost sender."""
    return await sweeping.retry(_attach_for_owner)


async def sweep_papers() -> int:
    """Clear ended uploads and erase objects nobody attached or somebody removed."""
    cleared = await sweeping.sweep()
    await discard_unattached()
    return cleared + await sweeping.erase()


async def discard_unattached() -> int:
    """Let go of stored objects that no paper names a day after they came."""
    async with work():
        rows = await db.tenant.fetch(_LOCK_UNATTACHED, now() - UNATTACHED, BATCH)
        # Asked again behind the locks: a paper may have been attached while we waited for them.
        alone = await db.tenant.fetch(_STILL_UNATTACHED, [row["id"] for row in rows])
        await sweeping.discard([row["id"] for row in alone])
    return len(alone)


async def _attach_for_owner(upload: Upload, stored: StoredObject) -> None:
    await attach_as(await _owner(upload))(upload, stored)


async def _owner(upload: Upload) -> Actor:
    """The person who sent it, as they stand today; refused when they no longer do."""
    kind, _, identity = upload.owner.partition(":")
    if kind == "officer":
        officer = await people.actor_for_officer(UUID(identity))
        if officer is None:
            raise FileRefused("unwanted")
        return officer
    citizen = await people.citizen(UUID(identity)) if kind == "citizen" else None
    if citizen is None:
        raise FileRefused("unwanted")
    return Actor(kind="citizen", name=citizen.full_name, id=citizen.id)


_LOCK_UNATTACHED = """
select id from stored_object o
where removed_at is null and stored_at < $1
  and not exists (select from paper p where p.object_id = o.id)
order by stored_at limit $2 for update skip locked
"""
_STILL_UNATTACHED = """
select id from unnest($1::uuid[]) as u(id)
where not exists (select from paper p where p.object_id = u.id)
"""
