"""Files in and out: resumable uploads (tus 1.0.0), papers' downloads, the files driver's links.

tus 1.0.0 core, creation and termination. Troubles are answered with one plain Vietnamese sentence,
which the page shows beside the file.
"""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import (
    HttpMethod,
    MediaType,
    Response,
    Router,
    delete,
    get,
    head,
    patch,
    post,
    route,
)
from litestar.exceptions import InternalServerException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from litestar.types import ExceptionHandlersMap

from app.doors.asked import Asked
from app.doors.failures import come_back, note_refusal
from app.doors.session_life import Connection
from app.doors.sessions import SignInNeeded, actor, session_of, staff_only
from app.onestop.papers import service, uploading
from app.refusals import Malformed, NotFound, Refusal
from infra.settings import settings
from storage import links
from storage.names import attachment
from storage.shapes import ObjectMissing
from storage.store import store_of
from tenants.current import current

TUS = "1.0.0"
_OWN_WORK = {"own_work": True}


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """Litestar guard: a citizen, or an officer still admitted; raises SignInNeeded, Dismissed."""
    session = session_of(connection)
    if session is None or session.kind == "vendor":
        raise SignInNeeded("citizen")
    if session.kind == "staff":
        await staff_only(connection, handler)


@route("/tep", http_method=[HttpMethod.OPTIONS], opt={"public": True})
async def describe_uploads() -> Response[Any]:
    """What this server can: asked by generic tus clients."""
    return _tus(204, **{"Tus-Version": TUS, "Tus-Extension": "creation,termination",
                        "Tus-Max-Size": str(settings().upload_limit_bytes)})  # fmt: skip


@post("/tep", guards=[signed_in], opt=_OWN_WORK)
async def begin_upload(request: Asked) -> Response[Any]:
    """Announce a file: metadata `filename`, `slot`, and `draft` or `dossier` with its id."""
    about = _metadata(request)
    target = f"draft:{about['draft']}" if about.get("draft") else f"dossier:{about.get('dossier')}"
    upload = await uploading.begin(
        *(await actor(request), target, about.get("slot", "")),
        *(about.get("filename", ""), _number(request, "Upload-Length")),
    )
    return _tus(201, Location=f"/tep/{upload.id}", **{"Upload-Offset": "0"})


@head("/tep/{identity:uuid}", guards=[signed_in], opt=_OWN_WORK)
async def tell_offset(request: Asked, identity: FromPath[UUID]) -> Response[None]:
    """How far an upload got."""
    reached, size = await uploading.offset(await actor(request), identity)
    return _tus(200, **{"Upload-Offset": str(reached), "Upload-Length": str(size)})


@patch("/tep/{identity:uuid}", guards=[signed_in], opt=_OWN_WORK, request_max_body_size=None)
async def append_bytes(request: Asked, identity: FromPath[UUID]) -> Response[Any]:
    """More bytes; with the last of them the file is checked and becomes a paper."""
    if request.headers.get("content-type") != "application/offset+octet-stream":
        return _tus(415)
    at = _number(request, "Upload-Offset")
    reached = await uploading.append(await actor(request), identity, at, _chunks(request))
    return _tus(204, **{"Upload-Offset": str(reached)})


@delete("/tep/{identity:uuid}", guards=[signed_in], opt=_OWN_WORK)
async def abandon_upload(request: Asked, identity: FromPath[UUID]) -> Response[None]:
    """The person cancelled it."""
    await uploading.abandon(await actor(request), identity)
    return _tus(204)


@get("/giay-to/{paper_id:uuid}", guards=[signed_in], opt={"reads": "paper"})
async def open_paper(request: Asked, paper_id: FromPath[UUID]) -> Redirect:
    """To the paper's file, by a link that lives for a minute."""
    link = await service.link_for(await actor(request), paper_id)
    return Redirect(link, status_code=303, headers={"Cache-Control": "no-store"})


@route(
    f"{links.PATH}/{{token:str}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"public": True, "own_work": True, "skip_compression": True},
)
async def serve_object(request: Asked, token: FromPath[str]) -> Response[Any]:
    """The object behind a signed link; the link is the right, no session is looked at."""
    grant = links.read(current(), token)
    if grant is None:
        raise LinkEnded
    try:
        with uploading.told():
            size = (await store_of(current()).stat(grant.key)).size
    except ObjectMissing:
        raise LinkEnded from None
    return _object(request, grant, size)


class LinkEnded(NotFound):
    """A link that expired, was changed, or belongs to another province."""

    code = "link_ended"
    message = "Đường dẫn tải tệp đã hết hạn. Vui lòng quay lại trang hồ sơ và bấm tải tệp lần nữa."


def tell_plainly(request: Asked, refusal: Refusal) -> Response[str]:
    """A refusal as one sentence of plain text, as the uploading page expects it."""
    note_refusal(request, refusal)
    extra = come_back(refusal)
    if isinstance(refusal, _OffsetWrong):
        extra["Upload-Offset"] = str(refusal.offset)
    return Response(
        refusal.message,
        status_code=refusal.status,
        media_type="text/plain",
        headers={"Tus-Resumable": TUS, "Cache-Control": "no-store", **extra},
    )


_OffsetWrong = uploading.OffsetWrong
# Named by itself, or a script would be answered with the page that asks to sign in.
_PLAINLY: ExceptionHandlersMap = {Refusal: tell_plainly, SignInNeeded: tell_plainly}


def _object(request: Asked, grant: links.Grant, size: int) -> Response[Any]:
    """The whole object, or the one range asked for (RFC 9110 section 14)."""
    headers = {
        "Content-Disposition": attachment(grant.file_name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
    }
    start, stop = _range(request.headers.get("range", ""), size)
    if start >= size:
        return _empty(416, {"Content-Range": f"bytes */{size}"})
    part = (start, stop) != (0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    status = 206 if part else 200
    if request.method == HttpMethod.HEAD:
        return Response(b"", status_code=status, headers=headers, media_type=grant.media_type)
    content = store_of(current()).read(grant.key, start, stop - start)
    return Stream(content, status_code=status, headers=headers, media_type=grant.media_type)


def _range(asked: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; the whole object for anything but one plain range."""
    unit, _, span = asked.partition("=")
    first, dash, last = span.strip().partition("-")
    if unit != "bytes" or not dash or "," in span or not (first + last).isdigit():
        return 0, size
    if not first:
        return max(0, size - int(last)), size
    stop = min(int(last) + 1, size) if last else size
    return (int(first), stop) if int(first) < stop or int(first) >= size else (0, size)


def _empty(status: int, headers: dict[str, str]) -> Response[Any]:
    # Without a body of its own a response would carry the JSON word for nothing.
    body = None if status == 204 else b""
    return Response(body, status_code=status, headers=headers, media_type=MediaType.TEXT)


def _tus(status: int, **headers: str) -> Response[Any]:
    known = {"Tus-Resumable": TUS, "Cache-Control": "no-store"}
    return _empty(status, known | headers)


def _number(request: Asked, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Malformed("Yêu cầu tải tệp chưa đúng. Ông/bà vui lòng tải lại trang.")
    return int(text)


def _metadata(request: Asked) -> dict[str, str]:
    """`name base64, name base64`, as tus writes what is known of a file."""
    pairs = [item.split() for item in request.headers.get("Upload-Metadata", "").split(",")]
    try:
        return {
            pair[0]: base64.b64decode(pair[1], validate=True).decode() if pair[1:] else ""
            for pair in pairs
            if pair
        }
    except (binascii.Error, UnicodeDecodeError):
        raise Malformed("Tên tệp chưa đúng. Vui lòng đổi tên tệp rồi tải lên lại.") from None


async def _chunks(request: Asked) -> AsyncIterator[bytes]:
    """The body as it comes, ending quietly where the line fell."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException:
        return


upload_routes = Router(
    "/",
    route_handlers=[describe_uploads, begin_upload, tell_offset, append_bytes, abandon_upload],
    exception_handlers=_PLAINLY,
)
file_routes = Router("/", route_handlers=[upload_routes, open_paper, serve_object])
