"""From a person's device to a paper of the dossier: who may, then the storage room's own verbs.

Everything here talks to the store or waits for bytes, so it runs outside of units of work; the
storage room opens a short one at the end, in which the paper is attached.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from app.onestop.papers import queries, refusals, room, rules, service
from app.people.shapes import Actor
from app.refusals import NotFound, Refusal
from storage import service as storage
from storage import uploads
from storage.shapes import (
    FileRefused,
    StoredObject,
    StoreUnavailable,
    Upload,
    UploadBusy,
    UploadMissing,
    WrongOffset,
)
from storage.uploads import Attach
from tenants import db
from tenants.work import work


class OffsetWrong(refusals.UploadOffset):
    """With the offset the sender should have had."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


def owner_of(actor: Actor) -> str:
    """The actor as the storage room names owners."""
    return f"{actor.kind}:{actor.id}"


async def begin(actor: Actor, target: str, slot: str, file_name: str, size: int) -> Upload:
    """A resumable upload for `draft:<id>` or `dossier:<id>`, after the access rule said yes.

    Raises NotFound, FileNotTaken and StoreFull.
    """
    await _check(actor, target, slot)
    await room.ask(size)
    with told():
        return await uploads.begin(
            owner_of(actor), target=target, slot=slot, file_name=file_name, size=size
        )


async def offset(actor: Actor, identity: UUID) -> tuple[int, int]:
    """How many bytes have come, and how many are announced. Raises UploadGone."""
    with told():
        upload = await uploads.find(owner_of(actor), identity)
        return await uploads.offset(upload), upload.size


async def append(actor: Actor, identity: UUID, at: int, chunks: AsyncIterator[bytes]) -> int:
    """Add bytes, and when they are all here make the paper present; returns the offset.

    Raises UploadGone, UploadHeld, OffsetWrong, FileNotTaken, StoreDown.
    """
    owner = owner_of(actor)
    with told():
        reached = await uploads.append(owner, identity, at, chunks)
        if reached == (await uploads.find(owner, identity)).size:
            settled(await uploads.finish(owner, identity, attach_as(actor)))
        return reached


async def abandon(actor: Actor, identity: UUID) -> None:
    """The person gives the upload up. Raises UploadGone."""
    with told():
        await uploads.abandon(owner_of(actor), identity)


async def take_away(actor: Actor, identity: str) -> None:
    """What a page's remove button means: the paper, or the file still on its way or refused.

    Raises NotFound, AlreadyFiled, UploadGone.
    """
    try:
        found = UUID(identity)
    except ValueError:
        raise NotFound from None
    if await queries.find(found) is None:
        await abandon(actor, found)
        return
    async with work():
        await service.remove(actor, found)


async def take(
    actor: Actor, target: str, slot: str, path: Path, file_name: str, *, too_large: bool = False
) -> Upload:
    """A whole file that came with a plain form, moved from `path`; present or still checking.

    `too_large`: the door did not keep it for its size. Raises NotFound, FileNotTaken (beside the
    field `tep_<slot>`), StoreFull, StoreDown.
    """
    await _check(actor, target, slot)
    with told(field=f"tep_{slot}"):
        if too_large:
            raise FileRefused("too_large")
        await room.ask(_size(path), f"tep_{slot}")
        upload = await storage.receive(
            path, file_name, owner_of(actor), target=target, slot=slot, attach=attach_as(actor)
        )
        return settled(upload)


def attach_as(actor: Actor) -> Attach:
    """What makes a stored file a paper, as that person."""

    async def attach(upload: Upload, stored: StoredObject) -> None:
        try:
            kind, identity = parse(upload.target)
            if kind == "draft":
                await service.attach_to_draft(actor, identity, upload.slot, stored)
            else:
                await service.attach_to_dossier(actor, identity, upload.slot, stored)
        except Refusal as refusal:
            # The dossier moved on while the file was coming: the file is told so and let go.
            raise FileRefused("unwanted") from refusal

    return attach


def settled(upload: Upload) -> Upload:
    """The upload, unless it was refused; raises FileRefused."""
    if upload.refusal:
        raise FileRefused(upload.refusal)
    return upload


def parse(target: str) -> tuple[str, UUID]:
    """The kind and id in `draft:<id>` or `dossier:<id>`; raises NotFound for anything else."""
    kind, _, identity = target.partition(":")
    try:
        found = UUID(identity)
    except ValueError:
        raise NotFound from None
    if kind not in {"draft", "dossier"}:
        raise NotFound
    return kind, found


@contextmanager
def told(field: str | None = None) -> Iterator[None]:
    """The storage room's troubles as sentences for people, beside `field` when there is one."""
    try:
        yield
    except FileRefused as refused:
        raise refusals.FileNotTaken(refused, field) from refused
    except UploadMissing:
        raise refusals.UploadGone from None
    except UploadBusy:
        raise refusals.UploadHeld from None
    except WrongOffset as wrong:
        raise OffsetWrong(wrong.offset) from None
    except StoreUnavailable as error:
        raise refusals.StoreDown from error


def _size(path: Path) -> int:
    return path.stat().st_size


async def _check(actor: Actor, target: str, slot: str) -> None:
    kind, identity = parse(target)
    row = await db.tenant.fetch_row(_DRAFT if kind == "draft" else _DOSSIER, identity)
    if row is None or not rules.may_add(actor, service.holder_of(row)):
        raise NotFound
    of_dossier = identity if kind == "dossier" else None
    await service.title_of(row["procedure_id"], slot, of_dossier)


_DRAFT = """
select procedure_id, citizen_id, agency_id, null::smallint as status, '{}'::uuid[] as helpers
from draft where id = $1 and dossier_id is null
"""
_DOSSIER = """
select procedure_id, citizen_id, agency_id, status,
       array(select agency_id from task where dossier_id = dossier.id) as helpers
from dossier where id = $1
"""
