"""Taking messages of other systems, each once: the row and what follows from it together."""

import hashlib
from pathlib import Path
from uuid import UUID

import msgspec

from app.onestop.exchange import wire
from app.onestop.exchange.partners import PartnerView, partner_at
from app.onestop.exchange.receiving import follow
from app.onestop.exchange.refusals import (
    FileDiffers,
    FilesMissing,
    MessageDiffers,
    NotOurPartner,
    TooManyCalls,
    Unreadable,
)
from app.onestop.exchange.rules import is_moment
from app.onestop.exchange.shapes import Message, Receipt, files_of, kind_of, moments_of
from app.onestop.papers.refusals import FileNotTaken, StoreDown
from app.refusals import NotFound
from billing import meter, quota
from billing.refusals import OverQuota
from infra.clock import now
from infra.outside import UNREADABLE
from storage import service as storage
from storage.shapes import FileRefused, StoredObject, StoreUnavailable
from tenants import db
from tenants.current import current
from tenants.work import work

# What is said of one work is done one after the other: a withdrawal that comes in the moment of its
# request must find it, or be found by it.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_TAKE = """
insert into incoming (partner_id, id, work_id, kind, digest, body, taken_at)
values ($1, $2, $3, $4, $5, $6::jsonb, $7) on conflict do nothing returning taken_at
"""
_TAKEN = "select digest, taken_at from incoming where partner_id = $1 and id = $2"
_FILE = """
insert into incoming_file (partner_id, message_id, digest, object_id, came_at)
values ($1, $2, $3, $4, $5) on conflict do nothing
"""
# The lock keeps the sweep from taking an object away in this very moment.
_FILES = """
select encode(f.digest, 'hex') as sha256, o.id as object_id
from incoming_file f join stored_object o on o.id = f.object_id and o.removed_at is null
where f.partner_id = $1 and f.message_id = $2 for share of o
"""
_HAS_FILE = """
select 1 from incoming_file f join stored_object o on o.id = f.object_id and o.removed_at is null
where f.partner_id = $1 and f.message_id = $2 and f.digest = $3
"""
_FORGET = "delete from incoming_file where partner_id = $1 and message_id = $2"


async def proven(token: str, digest: str) -> PartnerView:
    """The partner that signed bytes of that digest for us. Raises NotOurPartner."""
    try:
        sender = await partner_at(wire.sender_said(token))
        wire.check(
            token, issuer=sender.address, public_key=sender.public_key,
            audiences=wire.addresses_of(current()), digest=digest, at=now(),
        )  # fmt: skip
    except (wire.NotProven, NotFound):
        raise NotOurPartner from None
    return sender


async def take(sender: PartnerView, message_id: UUID, raw: bytes) -> Receipt:
    """Take a message and do what it asks, in the caller's transaction; again changes nothing.

    Raises Unreadable, MessageDiffers, FilesMissing, and the refusals of what it asks for.
    """
    message = _read(message_id, raw)
    digest = hashlib.sha256(raw).digest()
    await db.tenant.execute(_ONE_AT_A_TIME, f"exchange:{sender.id}:{message.work_id}")
    taken_at = await db.tenant.fetch_value(
        _TAKE,
        *(sender.id, message.id, message.work_id, kind_of(message.content), digest),
        # As it was understood: PostgreSQL does not keep every number and depth that JSON has.
        *(msgspec.json.encode(message).decode(), now()),
    )
    if taken_at is None:
        return await _again(sender, message.id, digest)
    try:
        await quota.check("api.call")
    except OverQuota:
        raise TooManyCalls from None
    objects = await _objects(sender, message)
    await follow(sender, message, objects)
    await db.tenant.execute(_FORGET, sender.id, message.id)
    call = f"exchange:{sender.id}:{message.id}"
    await meter.count(call, "api.call", subject=str(sender.id), occurred_at=taken_at)
    return Receipt(id=message.id, taken_at=taken_at)


async def has_file(sender: PartnerView, message_id: UUID, sha256: str) -> bool:
    """Whether the file of that message is here, or no longer needed."""
    if await db.tenant.fetch_row(_TAKEN, sender.id, message_id) is not None:
        return True
    found = await db.tenant.fetch_value(_HAS_FILE, sender.id, message_id, bytes.fromhex(sha256))
    return found is not None


async def take_file(
    sender: PartnerView, message_id: UUID, sha256: str, name: str, path: Path
) -> None:
    """Keep a file for a message to come, outside of any unit of work.

    Raises FileNotTaken, FileDiffers, StoreDown.
    """
    stored = await _kept(sender, name, path)
    if stored.digest != sha256:
        raise FileDiffers
    async with work():
        values = (sender.id, message_id, bytes.fromhex(sha256), stored.id, now())
        await db.tenant.execute(_FILE, *values)


async def _kept(sender: PartnerView, name: str, path: Path) -> StoredObject:
    try:
        return await storage.keep(path, name, f"partner:{sender.id}")
    except FileRefused as error:
        raise FileNotTaken(error) from None
    except StoreUnavailable:
        raise StoreDown from None


def _read(message_id: UUID, raw: bytes) -> Message:
    try:
        message = msgspec.json.decode(raw, type=Message)
    except UNREADABLE:
        raise Unreadable from None
    # PostgreSQL keeps no zero character in a text.
    if message.id != message_id or b"\\u0000" in raw:
        raise Unreadable
    if not all(map(is_moment, moments_of(message))):
        raise Unreadable
    return message


async def _again(sender: PartnerView, message_id: UUID, digest: bytes) -> Receipt:
    row = await db.tenant.fetch_row(_TAKEN, sender.id, message_id)
    if row is None or row["digest"] != digest:
        raise MessageDiffers
    return Receipt(id=message_id, taken_at=row["taken_at"])


async def _objects(sender: PartnerView, message: Message) -> dict[str, UUID]:
    rows = await db.tenant.fetch(_FILES, sender.id, message.id)
    objects = {row["sha256"]: row["object_id"] for row in rows}
    if any(file.sha256 not in objects for file in files_of(message.content)):
        raise FilesMissing
    return objects
