"""Uploads that survive a cut line: begin, append, finish (tus 1.0 without its HTTP).

The row is written before the first byte and the file's size is the offset, so the end of a process
at any point leaves something that can be gone on with, or found and cleared away. An object is
present, its row written and the paper attached in one transaction; before that nothing is.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from infra import clock
from infra.ids import uuid7
from infra.settings import settings
from storage import staging
from storage.inspect import Inspected, check_name, check_size, inspect
from storage.names import clean
from storage.scan import ScanUnavailable, scan
from storage.shapes import (
    FileRefused,
    Scan,
    StoredObject,
    StoreUnavailable,
    Upload,
    UploadMissing,
    WrongOffset,
)
from storage.store import store_of
from tenants import db
from tenants.current import current
from tenants.work import WorkError, current_work, work

AT_ONCE = 20  # unfinished uploads of one owner
LIFETIME = timedelta(hours=24)
CHECKING = timedelta(days=3)  # how long a scanner or store may stay away
# A phone that lost its line may leave a connection that says nothing; it must not keep the lock.
SILENCE_SECONDS = 10.0

Attach = Callable[[Upload, StoredObject], Awaitable[None]]
_log = logging.getLogger(__name__)


async def begin(owner: str, *, target: str, slot: str, file_name: str, size: int) -> Upload:
    """A place for `size` bytes from `owner`, for the paper `slot` of `target`.

    The caller has asked whether the owner may add to the target. Raises FileRefused: empty,
    too_large, unknown_type, too_many.
    """
    check_size(size, settings().upload_limit_bytes)
    check_name(file_name)
    if await db.tenant.fetch_value(_UNFINISHED, owner) >= AT_ONCE:
        raise FileRefused("too_many")
    identity, now = uuid7(), clock.now()
    await staging.create(identity)
    values = (identity, owner, target, slot, clean(file_name), size, now, now + LIFETIME)
    row = await db.tenant.fetch_row(_BEGIN, *values)
    assert row is not None
    return Upload.of(row)


async def find(owner: str, identity: UUID) -> Upload:
    """The owner's upload; raises UploadMissing for anybody else's."""
    row = await db.tenant.fetch_row(_FIND, identity, owner)
    if row is None:
        raise UploadMissing
    return Upload.of(row)


async def offset(upload: Upload) -> int:
    """How many bytes of it are here; raises UploadMissing when it is no longer wanted."""
    if upload.state == "present":
        return upload.size
    if not upload.unfinished or upload.expires_at <= clock.now():
        raise UploadMissing
    return await staging.size(upload.id)


async def append(owner: str, identity: UUID, at: int, chunks: AsyncIterator[bytes]) -> int:
    """Add bytes from offset `at`; returns the offset reached, less than announced if the line fell.

    Every byte that came is kept. Raises UploadMissing, UploadBusy, WrongOffset, and FileRefused
    (too_large) when more comes than was announced.
    """
    upload = await find(owner, identity)
    here = await offset(upload)
    if not upload.unfinished:
        return _agree(at, here)
    async with staging.hold(identity) as staged:
        _agree(at, staged.size)
        async for chunk in _until_silence(chunks):
            if staged.size + len(chunk) > upload.size:
                raise FileRefused("too_large")
            await staged.write(chunk)
        return staged.size


async def finish(owner: str, identity: UUID, attach: Attach) -> Upload:
    """Check the complete file, store it and attach it; doing it twice is harmless.

    Returns the upload as present, as refused with its code, or as still checking when the scanner
    or the store does not answer: then `storage.sweeping.retry` goes on. `attach` runs in the
    transaction that makes the object present and may raise FileRefused. Raises UploadMissing,
    UploadBusy, and WrongOffset when bytes are missing.
    """
    if current_work() is not None:
        raise WorkError("an upload is finished outside of units of work: it talks to the store")
    upload = await find(owner, identity)
    if not upload.unfinished:
        return upload
    async with staging.hold(identity) as staged:
        _agree(upload.size, staged.size)
        await _store(upload, staged.path, attach)
    upload = await find(owner, identity)
    if not upload.unfinished:
        await clear(upload)
    return upload


async def abandon(owner: str, identity: UUID) -> None:
    """Give an unfinished upload up, or take a refused one off the page; raises UploadMissing."""
    row = await db.tenant.fetch_row(_ABANDON, identity, owner)
    if row is None:
        raise UploadMissing
    await clear(Upload.of(row))


async def forsake(target: str) -> None:
    """Give up every unfinished upload for a target that is no more, in the caller's transaction; a
    sweep clears what they left."""
    await db.tenant.execute(_FORSAKE, target)


async def clear(upload: Upload) -> None:
    """Take away what a settled upload left behind; what cannot be taken now, a sweep takes."""
    try:
        await staging.remove(upload.id)
        if upload.state != "present":
            await store_of(current()).remove(key_of(upload))
    except StoreUnavailable as error:
        _log.warning("upload %s could not be cleared now: %s", upload.id, error)
    else:
        await db.tenant.execute(_CLEARED, upload.id, clock.now())


def key_of(upload: Upload) -> str:
    """Where the object goes: known beforehand, so that a half-done put can be found and removed."""
    return f"{upload.created_at:%Y/%m}/{upload.id}"


async def _store(upload: Upload, path: Path, attach: Attach) -> None:
    """The way from a complete file to a present paper, each step repeatable."""
    try:
        found = await inspect(path, upload.file_name, settings().upload_limit_bytes)
        await db.tenant.execute(_CHECKING, upload.id, clock.now() + CHECKING)
        verdict = await scan(path)
        await store_of(current()).put(key_of(upload), path, found.media_type)
        await _present(upload, found, verdict, attach)
    except FileRefused as refused:
        await db.tenant.execute(_REFUSE, upload.id, refused.code)
    except (ScanUnavailable, StoreUnavailable) as error:
        _log.warning("upload %s waits: %s %s", upload.id, type(error).__name__, error)


async def _present(upload: Upload, found: Inspected, verdict: Scan, attach: Attach) -> None:
    async with work():
        facts = (found.sha256, found.size, found.media_type, found.file_name, verdict)
        row = await db.tenant.fetch_row(
            _KEEP, upload.id, key_of(upload), *facts, upload.owner, clock.now()
        )
        if await db.tenant.execute(_PRESENT, upload.id) == "UPDATE 0" or row is None:
            # It was given up while we worked; a refusal of it changes nothing any more.
            raise FileRefused("unwanted")
        await attach(upload, StoredObject.of(row))


async def _until_silence(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks, ending without an error when none came for a while."""
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(chunks)
        except (StopAsyncIteration, TimeoutError):
            return
        yield chunk


def _agree(claimed: int, here: int) -> int:
    if claimed != here:
        raise WrongOffset(here)
    return here


_UNFINISHED = "select count(*) from upload where owner = $1 and state in ('open', 'checking')"
_BEGIN = """
insert into upload (id, owner, target, slot, file_name, size, state, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)
returning id, owner, target, slot, file_name, size, state,
          object_id, refusal, created_at, expires_at
"""
_FIND = """
select id, owner, target, slot, file_name, size, state,
       object_id, refusal, created_at, expires_at
from upload where id = $1 and owner = $2
"""
_ABANDON = """
update upload set state = 'abandoned', refusal = null
where id = $1 and owner = $2 and state in ('open', 'checking', 'refused')
returning id, owner, target, slot, file_name, size, state,
          object_id, refusal, created_at, expires_at
"""
# Served by upload_by_target.
_FORSAKE = """
update upload set state = 'abandoned', refusal = null
where target = $1 and state in ('open', 'checking', 'refused')
"""
# The first moment of checking counts: a retry must not put the end off for ever.
_CHECKING = """
update upload set state = 'checking', expires_at = $2 where id = $1 and state = 'open'
"""
_REFUSE = """
update upload set state = 'refused', refusal = $2 where id = $1 and state in ('open', 'checking')
"""
_CLEARED = "update upload set cleared_at = $2 where id = $1"
_KEEP = """
insert into stored_object
    (id, key, sha256, size, media_type, file_name, scan, owner, stored_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing
returning id, key, sha256, size, media_type, file_name, scan, owner, stored_at
"""
_PRESENT = """
update upload set state = 'present', object_id = id where id = $1 and state in ('open', 'checking')
"""
