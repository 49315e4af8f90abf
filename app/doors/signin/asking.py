"""What is shown when somebody has to sign in first, could not, or is not admitted."""

from typing import Any
from urllib.parse import urlsplit

import structlog
from litestar import Request, Response
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from app.doors import render
from app.doors.failures import show_refusal
from app.doors.incident import incident_code
from app.doors.sessions import SignInNeeded
from app.doors.signin import paths
from app.doors.signin.accounts import tenant_here
from app.doors.signin.refusals import SignInFailed
from app.people import queries
from app.people.refusals import NotAdmitted
from tenants.issuers import Audience

log = structlog.get_logger()

Asked = Request[Any, Any, Any]
Shown = Response[bytes] | Redirect

_LAYOUTS: dict[Audience, str] = {
    "citizen": "layout/citizen.html",
    "staff": "layout/desk.html",
    "vendor": "layout/ops.html",
}


def ask_to_sign_in(request: Asked, needed: SignInNeeded) -> Shown:
    """A page asked for: to the sign-in page and back. A form sent: nothing is lost, sign in first.

    The form's text stays in the browser, so the page opens the sign-in beside it.
    """
    if "application/json" in request.headers.get("accept", ""):
        return show_refusal(request, needed)
    if request.method in {"GET", "HEAD"}:
        return _lead_to_sign_in(request, needed.audience)
    return render.page(
        "signin/expired.html",
        status=needed.status,
        layout=layout_of(needed.audience),
        sign_in=paths.sign_in_address(needed.audience, paths.HOME[needed.audience]),
    )


def show_failed(request: Asked, failed: SignInFailed) -> Response[bytes]:
    """An attempt that did not work out, with what to do and the incident code."""
    log.warning("sign_in_failed", code=failed.code, reason=failed.reason, incident=incident_code())
    audience = _audience(request)
    return render.page(
        "signin/failed.html",
        status=failed.status,
        layout=layout_of(audience),
        title=failed.title,
        message=failed.message,
        ways_in=_ways_in(request, audience),
        incident=incident_code(),
    )


async def not_admitted(refusal: NotAdmitted, who: str) -> Response[bytes]:
    """The page for a true identity without admission: whom to turn to, and the way out."""
    log.warning("sign_in_not_admitted", code=refusal.code, incident=incident_code())
    names = await queries.administrators() if tenant_here() else []
    return render.page(
        "errors/not_admitted.html",
        status=refusal.status,
        layout=layout_of("staff" if tenant_here() else "vendor"),
        title=refusal.title,
        who=who,
        message=refusal.message,
        contact="; ".join(names),
        incident=incident_code(),
    )


def layout_of(audience: Audience) -> str:
    """The frame the pages of an audience are in."""
    return _LAYOUTS[audience]


HANDLERS: ExceptionHandlersMap = {
    SignInNeeded: ask_to_sign_in,
    SignInFailed: show_failed,
}


def _lead_to_sign_in(request: Asked, audience: Audience) -> Shown:
    if request.headers.get("HX-Request") != "true":
        address = paths.sign_in_address(audience, paths.here(request))
        return Redirect(address, status_code=303)
    # A fragment must not be replaced by the sign-in page: the whole page goes there and back.
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    wanted = f"{parts.path}?{parts.query}" if parts.query else parts.path
    address = paths.sign_in_address(audience, paths.safe_return(wanted, audience))
    return Response(b"", status_code=401, headers={"HX-Redirect": address})


def _audience(request: Asked) -> Audience:
    if tenant_here() is None:
        return "vendor"
    return "staff" if request.url.path.startswith("/can-bo") else "citizen"


def _ways_in(request: Asked, audience: Audience) -> list[tuple[str, str]]:
    """Where to try again; an attempt whose record is gone no longer tells whose it was."""
    ways = [(paths.SIGN_IN[audience], "Đăng nhập lại")]
    if request.url.path == paths.CALLBACK and audience == "citizen":
        ways.append((paths.SIGN_IN["staff"], "Đăng nhập dành cho cán bộ"))
    return ways
