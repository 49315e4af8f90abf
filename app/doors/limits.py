"""How often one may ask: every request is counted by who asks, and told when to come back.

Who is signed in is counted by account, anybody else by address; the limits are in limits.json.
"""

from functools import lru_cache
from typing import cast

import structlog
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from prometheus_client import Counter
from redis.exceptions import RedisError

from app.doors.limits_address import household
from app.doors.limits_rules import READING, By, Kind, kind_of, kinds, wait_words
from app.doors.limits_store import BUCKETS, asks_of
from app.doors.session_life import session_of
from app.refusals import Refusal
from infra.sealed import derive, sign
from infra.settings import settings
from tenants.current import NoTenant, current

log = structlog.get_logger()

_refused = Counter("motcua_limited_total", "Requests told to wait", ["tenant", "kind", "by"])

# No tenant can have this name: theirs begin with a letter.
_OPS = "@ops"


class TooFast(Refusal):
    """More in a short time than one person asks for; nobody is to blame, many share a line."""

    status = 429
    code = "too_fast"

    def __init__(self, seconds: int, *, reading: bool) -> None:
        what = "nội dung đã lưu vẫn được giữ" if reading else "nội dung vừa gửi chưa được ghi nhận"
        super().__init__(
            "Hệ thống đang nhận nhiều yêu cầu cùng lúc từ đường truyền hoặc tài khoản này. "
            f"Ông/bà vui lòng thử lại sau {wait_words(seconds)}; {what}."
        )
        self.wait_seconds = seconds


class Limits(ASGIMiddleware):
    """Counts the request before anything is done for it."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Refuse or go on."""
        scope = cast(HTTPScope, scope)
        kind = kind_of_scope(scope)
        wait = await count(kind, _who(scope))
        if wait:
            raise TooFast(wait, reading=scope["method"] in READING)
        await next_app(scope, receive, send)


async def count(kind: Kind, who: dict[By, str]) -> int:
    """Count one request of the site at hand by each of `who`; seconds to wait, 0 to go on."""
    site = site_name()
    wait = await BUCKETS.spend(kind, asks_of(kind, site, who))
    if wait is None:
        return 0
    _refused.labels(site, kind.name, wait.by).inc()
    log.info("told_to_wait", kind=kind.name, by=wait.by, seconds=wait.seconds)
    return wait.seconds


async def count_thing(kind: str, thing: str) -> int:
    """Count one request for a thing, whoever asks; seconds to wait, 0 to go on."""
    return await count(kinds()[kind], {"thing": _hidden(thing)})


def kind_of_scope(scope: HTTPScope) -> Kind:
    """The kind of a request."""
    content = next((v for name, v in scope["headers"] if name == b"content-type"), b"")
    files = content.startswith(b"multipart/")
    return kind_of(scope["method"], scope["path"], files=files)


def asker(scope: Scope) -> str:
    """Whose request it is, as far as the address tells."""
    client = scope.get("client")
    return household(client[0]) if client else ""


def site_name() -> str:
    """The tenant at hand, or the vendor."""
    try:
        return current().slug
    except NoTenant:
        return _OPS


def _who(scope: HTTPScope) -> dict[By, str]:
    try:
        session = session_of(ASGIConnection(scope))
    except (RedisError, OSError):
        session = None
    if session is None:
        return {"address": _hidden(asker(scope)), "tenant": ""}
    return {"account": session.account_id.hex, "tenant": ""}


@lru_cache(maxsize=4096)
def _hidden(name: str) -> str:
    """Addresses and codes are personal data; Valkey needs only to tell them apart."""
    return sign(derive(settings().key, "limits"), name)[:22]
