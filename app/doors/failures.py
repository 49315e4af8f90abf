"""Turns what went wrong into what a person is told: a page, a fragment or problem+json."""

import errno
from typing import Literal

import msgspec
import structlog
from asyncpg import exceptions
from litestar import Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.types import ExceptionHandlersMap
from redis.exceptions import RedisError

from app.doors import render
from app.doors.asked import Asked
from app.doors.incident import incident_code
from app.doors.nowhere import recognised
from app.doors.render import page
from app.doors.sites import OPS_SITE
from app.refusals import Malformed, NotAllowed, NotFound, Refusal
from storage.shapes import StoreUnavailable

log = structlog.get_logger()


_TITLES = {
    403: "Chưa được phép thực hiện",
    404: "Không tìm thấy nội dung",
    409: "Chưa thực hiện được",
    413: "Tệp hoặc nội dung quá lớn",
    422: "Có mục cần sửa",
    429: "Vui lòng chờ giây lát",
    500: "Có lỗi xảy ra",
    503: "Hệ thống đang bận",
}


# Only programs ask for these; whoever else wants JSON says so in its `Accept`.
PROGRAMS = ("/api/", "/tin-nhan/", "/tin-den/")
# Not signed in, not allowed, too large, not as a form sends it, too often.
_WORTH_A_LINE = {401, 403, 413, 422, 429}
# No room, quota used up, the disk fails or was made read-only, no more open files.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}
_UNSTORABLE = (
    "Nội dung có ký tự không hợp lệ nên chưa được ghi nhận. "
    "Ông/bà vui lòng quay lại, gõ lại nội dung thay vì dán rồi gửi lại."
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused (RFC 9457): `code` for programs, `detail` for people.

    `fields` are such sentences by name of the field, `incident` is what to tell the help line.
    """

    status: int
    code: str
    detail: str
    fields: dict[str, str]
    incident: str
    type: Literal["about:blank"] = "about:blank"


class TooLarge(Refusal):
    """More than is taken here."""

    status = 413
    code = "too_large"
    message = "Nội dung gửi lên vượt quá giới hạn. Vui lòng rút gọn rồi gửi lại."


class Unavailable(Refusal):
    """Something we lean on does not answer."""

    status = 503
    code = "unavailable"
    message = (
        "Hệ thống tạm thời chưa phục vụ được. Ông/bà vui lòng thử lại sau ít phút;"
        " nội dung đã lưu vẫn được giữ."
    )
    wait_seconds = 15


class Suspended(Refusal):
    """The province's service is suspended; every door of it is closed."""

    status = 503
    code = "suspended"
    message = (
        "Cổng đang tạm ngừng phục vụ trực tuyến; hồ sơ đã nộp vẫn được giải quyết. "
        "Ông/bà vui lòng nộp hồ sơ và nhận kết quả trực tiếp tại Bộ phận Một cửa."
    )
    wait_seconds = 3600


class Merging(Suspended):
    """Closed for the minutes in which the data moves over to another province's system."""

    message = (
        "Dữ liệu đang được hợp nhất nên cổng tạm ngừng phục vụ trong ít phút; hồ sơ đã nộp và "
        "nội dung đã lưu vẫn được giữ. Ông/bà vui lòng thử lại sau ít phút."
    )
    wait_seconds = 60


class Broken(Refusal):
    """Our own mistake."""

    status = 500
    code = "broken"
    message = "Hệ thống chưa thực hiện được yêu cầu này. Ông/bà vui lòng thử lại."


def show_refusal(request: Asked, refusal: Refusal) -> Response[bytes]:
    """The refusal in the form the client asked for; nothing of what was done remains."""
    note_refusal(request, refusal)
    if _wants_json(request):
        return problem(refusal)
    return page(
        f"errors/{_door(request)}.html",
        status=refusal.status,
        headers=come_back(refusal),
        title=_TITLES.get(refusal.status, "Chưa thực hiện được"),
        message=refusal.message,
        status_code=refusal.status,
        incident=incident_code(),
        fields=refusal.fields,
    )


def note_refusal(request: Asked, refusal: Refusal) -> None:
    """Log what may be an attempt at something one may not do; who it was is bound to the line.

    Another person's things look like nothing (404), so a signed-in person's 404 is told as well,
    unless the address leads nowhere for anybody.
    """
    if isinstance(refusal.__cause__, StoreUnavailable):
        _note_outage(refusal.__cause__)  # The person reads a refusal; who is on duty has to know.
    known = request.scope["state"].get("motcua.session") is not None
    hidden = refusal.status == 404 and known and "path_template" in request.scope
    if refusal.status in _WORTH_A_LINE or hidden:
        log.warning(
            "refused",
            code=refusal.code,
            status=refusal.status,
            method=request.method,
            route=request.scope.get("path_template", ""),
            address=request.client.host if request.client else None,
        )


def show_http_exception(request: Asked, failure: HTTPException) -> Response[bytes]:
    """Litestar's own refusals (no route, wrong method, unreadable input) in our words."""
    refusal: Refusal
    match failure:
        case NotFoundException() | MethodNotAllowedException():
            return recognised(request, lambda: show_refusal(request, NotFound()))
        case ValidationException():
            refusal = Malformed("Nội dung gửi lên chưa đúng. Ông/bà vui lòng tải lại trang.")
        case _ if failure.status_code == 403:
            refusal = NotAllowed()
        case _ if failure.status_code == 413:
            refusal = TooLarge()
        case _ if failure.status_code >= 500:
            return show_failure(request, failure)
        case _:
            refusal = Refusal("Yêu cầu chưa đúng. Ông/bà vui lòng tải lại trang và thử lại.")
            refusal.status = failure.status_code
    return show_refusal(request, refusal)


def show_failure(request: Asked, failure: Exception) -> Response[bytes]:
    """A mistake of ours: logged with its trace, told with an incident code."""
    log.error("request_failed", incident=incident_code(), exc_info=failure)
    return show_refusal(request, Broken())


def show_outage(request: Asked, failure: Exception) -> Response[bytes]:
    """A database or Redis that does not answer: a page that asks to come back."""
    _note_outage(failure)
    return show_refusal(request, Unavailable())


def _note_outage(failure: Exception) -> None:
    # What a database says may quote a person; store and machine speak of themselves alone.
    own = str(failure) if isinstance(failure, StoreUnavailable) else None
    why = own or getattr(failure, "strerror", None) or ""
    log.error("dependency_down", incident=incident_code(), failure=type(failure).__name__, why=why)


def show_driver_trouble(request: Asked, failure: Exception) -> Response[bytes]:
    """What asyncpg says of a line that broke under a query, or of a query we wrote wrongly."""
    # Values of the wrong kind are told by the same family of exceptions.
    ours = isinstance(failure, ValueError)
    return show_failure(request, failure) if ours else show_outage(request, failure)


def show_system_trouble(request: Asked, failure: OSError) -> Response[bytes]:
    """What the machine refuses: a full or broken disk is an outage, anything else our mistake."""
    full = failure.errno in _NO_ROOM
    return show_outage(request, failure) if full else show_failure(request, failure)


def show_unstorable(request: Asked, _: Exception) -> Response[bytes]:
    """A zero character, which PostgreSQL takes in no text: nothing can have such a name."""
    safe = request.method in {"GET", "HEAD"}
    return show_refusal(request, NotFound() if safe else Malformed(_UNSTORABLE))


HANDLERS: ExceptionHandlersMap = {
    Refusal: show_refusal,
    HTTPException: show_http_exception,
    RedisError: show_outage,
    StoreUnavailable: show_outage,
    ConnectionError: show_outage,
    TimeoutError: show_outage,
    OSError: show_system_trouble,
    exceptions.PostgresConnectionError: show_outage,
    exceptions.OperatorInterventionError: show_outage,
    exceptions.InsufficientResourcesError: show_outage,
    exceptions.PostgresSystemError: show_outage,
    exceptions.TransactionRollbackError: show_outage,
    # The tenant is being moved or dropped, or a restored database takes the place of its own.
    exceptions.InvalidCatalogNameError: show_outage,
    exceptions.ObjectNotInPrerequisiteStateError: show_outage,
    exceptions.InvalidAuthorizationSpecificationError: show_outage,
    exceptions.InterfaceError: show_driver_trouble,
    exceptions.InternalClientError: show_driver_trouble,
    exceptions.CharacterNotInRepertoireError: show_unstorable,
    exceptions.UntranslatableCharacterError: show_unstorable,  # The same inside JSON.
    Exception: show_failure,
}


def shown(request: Asked, failure: Exception) -> Response[bytes]:
    """What a person is told of a failure that comes too late for the framework to ask us."""
    kind = next(each for each in type(failure).__mro__ if each in HANDLERS)
    answer: Response[bytes] = HANDLERS[kind](request, failure)
    return answer


def _wants_json(request: Asked) -> bool:
    asked = request.headers.get("accept", "")
    return request.url.path.startswith(PROGRAMS) or "application/json" in asked


def problem_of(refusal: Refusal) -> bytes:
    """The refusal as problem details, written."""
    return msgspec.json.encode(
        Problem(
            status=refusal.status,
            code=refusal.code,
            detail=refusal.message,
            fields=refusal.fields,
            incident=incident_code(),
        )
    )


def problem(refusal: Refusal) -> Response[bytes]:
    """The refusal as an answer to a program."""
    return Response(
        problem_of(refusal),
        status_code=refusal.status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **come_back(refusal)},
    )


def come_back(refusal: Refusal) -> dict[str, str]:
    """The header that says when to ask again (RFC 9110 section 10.2.3), where that is known."""
    wait = refusal.wait_seconds or (Unavailable.wait_seconds if refusal.status == 503 else 0)
    return {"Retry-After": str(wait)} if wait else {}


def _door(request: Asked) -> str:
    if render.site.get() is OPS_SITE:
        return "refusal_ops"
    at_work = request.url.path.startswith(("/can-bo", "/quan-tri"))
    return "refusal_desk" if at_work else "refusal"
