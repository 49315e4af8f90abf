"""An unsafe request must come from a page of this very site (no cross-site request forgery).

SameSite cookies do not keep provinces apart, since their hosts may share one registrable domain;
browsers say where a request comes from, and that decides.
"""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from app.refusals import Refusal
from infra.settings import settings

_SAFE = {"GET", "HEAD", "OPTIONS"}


class ForeignOrigin(Refusal):
    """A form of another site was sent here."""

    status = 403
    code = "foreign_origin"
    message = (
        "Yêu cầu không xuất phát từ trang này nên chưa được thực hiện. "
        "Ông/bà vui lòng mở lại trang và thực hiện lại."
    )


class SameOrigin(ASGIMiddleware):
    """Refuses unsafe requests of other origins.

    A route marked `any_origin` is called by machines, which prove themselves in another way.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Refuse or go on."""
        unsafe = cast(HTTPScope, scope)["method"] not in _SAFE
        if unsafe and not scope["route_handler"].opt.get("any_origin"):
            headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
            if not is_own(headers, settings().public_scheme):
                raise ForeignOrigin
        await next_app(scope, receive, send)


def is_own(headers: Mapping[str, str], scheme: str) -> bool:
    """Whether headers (lower-case names) say that the request comes from the host it goes to.

    `Sec-Fetch-Site` decides where a browser sends it (scripts cannot set it), else `Origin`, else
    `Referer`; a request that says nothing is foreign. A site that hides its referrer sends
    `Origin: null`, which is foreign as well.
    """
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    host = headers.get("host", "").lower()
    own = f"{scheme}://{host}"
    if not host:
        return False
    if origin := headers.get("origin"):
        return origin.lower() == own
    parts = urlsplit(headers.get("referer", ""))
    return bool(parts.netloc) and f"{parts.scheme}://{parts.netloc}".lower() == own
