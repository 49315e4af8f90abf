"""Where other systems bring their messages (liên thông); machines only, each signed.

`PUT /api/v1/exchange/{message}/files/{sha256}` for each file, then `PUT /api/v1/exchange/{message}`
with the message itself. Both may be repeated. docs/lien-thong.md describes the interface.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from litestar import Response, Router, put
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, FromQuery

from app.doors.asked import Asked
from app.doors.interface.described import Api, Link, Said
from app.onestop.exchange import inbox
from app.onestop.exchange.refusals import (
    FileDiffers,
    FilesMissing,
    MessageDiffers,
    NoSuchPart,
    NotNow,
    NotOurPartner,
    TooManyCalls,
    Unreadable,
    WorkUnknown,
)
from app.onestop.exchange.sending import PATH
from app.onestop.exchange.shapes import Message, Receipt
from app.onestop.papers.refusals import REASONS, FileNotTaken, StoreDown
from infra.ids import uuid7
from infra.settings import settings
from storage import staging
from storage.shapes import FileRefused

_DIGEST = re.compile("[0-9a-f]{64}")
_MESSAGE = Api(
    name="takeMessage",
    of="exchange",
    proof="signature",
    takes={"application/json": Message},
    gives={200: Receipt},
    refuses=(
        *(NotOurPartner, MessageDiffers, FilesMissing, TooManyCalls),
        *(Unreadable, WorkUnknown, NoSuchPart, NotNow),
    ),
)
_NOT_TAKEN = (
    Said(413 if why == "too_large" else 422, f"file_{why}", "The file was looked at and refused.")
    for why in REASONS
)
_FILE = Api(
    name="takeFile",
    of="exchange",
    proof="signature",
    takes={"application/octet-stream": bytes},
    gives={204: None},
    refuses=(NotOurPartner, Unreadable, FileDiffers, *_NOT_TAKEN, StoreDown),
    leads={"message": Link("takeMessage", {"message_id": "$request.path.message_id"})},
)


@put("/{message_id:uuid}", opt={"public": True, "any_origin": True, "api": _MESSAGE})
async def take_message(request: Asked, message_id: FromPath[UUID]) -> Response[Receipt]:
    """Take a message and do what it asks; the same again gets the same receipt."""
    raw = await _body(request)
    sender = await inbox.proven(_token(request), hashlib.sha256(raw).hexdigest())
    return Response(
        await inbox.take(sender, message_id, raw), headers={"Cache-Control": "no-store"}
    )


@put(
    "/{message_id:uuid}/files/{sha256:str}",
    opt={"public": True, "any_origin": True, "own_work": True, "api": _FILE},
    request_max_body_size=None,
)
async def take_file(
    request: Asked, message_id: FromPath[UUID], sha256: FromPath[str], name: FromQuery[str] = ""
) -> Response[None]:
    """Keep one file for the message to come."""
    sender = await inbox.proven(_token(request), sha256)
    if not _DIGEST.fullmatch(sha256):
        raise Unreadable
    if not await inbox.has_file(sender, message_id, sha256):
        async with _staged(request, sha256) as path:
            await inbox.take_file(sender, message_id, sha256, name, path)
    return Response(None, status_code=204)


exchange_routes = Router(PATH, route_handlers=[take_message, take_file])


def _token(request: Asked) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotOurPartner
    return token


async def _body(request: Asked) -> bytes:
    try:
        return await request.body()
    except InternalServerException:
        raise Unreadable from None


@asynccontextmanager
async def _staged(request: Asked, sha256: str) -> AsyncIterator[Path]:
    """The body as a file of its own, which is gone after the block. Raises FileDiffers."""
    path = staging.folder() / str(uuid7())
    try:
        if await _write(request, path) != sha256:
            raise FileDiffers
        yield path
    except InternalServerException:
        raise Unreadable from None
    except OSError as error:
        raise StoreDown from error
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _write(request: Asked, path: Path) -> str:
    """The digest of what came. Raises FileNotTaken when it is too much."""
    digest, size, limit = hashlib.sha256(), 0, settings().upload_limit_bytes
    await asyncio.to_thread(path.parent.mkdir, 0o700, True, True)
    with await asyncio.to_thread(path.open, "xb") as file:
        async for chunk in request.stream():
            digest.update(chunk)
            size += len(chunk)
            if size > limit:
                raise FileNotTaken(FileRefused("too_large"))
            await asyncio.to_thread(file.write, chunk)
    return digest.hexdigest()
