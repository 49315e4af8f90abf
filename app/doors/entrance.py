"""The front of the house: which door a request goes to, decided by the host it names.

A host that belongs to a tenant leads to that tenant's doors and to nobody else's; the vendor's
host leads to the vendor's; any other host is told nothing. What arrives on the inner port is for
the operator's probes alone.
"""

import asyncio
import re
import time
from functools import lru_cache
from typing import cast

import structlog
from asyncpg.exceptions import InterfaceError, InternalClientError, PostgresError
from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPDisconnectEvent,
    HTTPScope,
    Message,
    Receive,
    ReceiveMessage,
    Scope,
    Send,
)

from app import release
from app.doors import old_address, render
from app.doors.failures import (
    PROGRAMS,
    Broken,
    Merging,
    Suspended,
    Unavailable,
    come_back,
    problem_of,
)
from app.doors.incident import begin, incident_code
from app.doors.limits_address import among, client_address, forwarded_for, networks, told_port
from app.doors.measures import observe
from app.doors.sites import OPS_SITE, site_view
from app.refusals import NotFound, Refusal
from infra.settings import settings
from tenants import registry
from tenants.current import acting_for
from tenants.shapes import Tenant

log = structlog.get_logger()

_SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(), microphone=(), payment=(), usb=()",
    b"content-security-policy": render.CONTENT_SECURITY.encode(),
    # What may be kept says so by itself.
    b"cache-control": b"no-store",
}


_HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::[0-9]{1,5})?")
# Under these a HEAD request is a matter of its own, or a GET does more than read.
_NOT_ONLY_READ = ("/tep/", "/kho/", "/dang-nhap/", "/tin-nhan/")
_OUTAGES = (OSError, PostgresError, InterfaceError, InternalClientError)
_SILENCE_SECONDS = 60.0
_HTTPS_ALONE = b"max-age=31536000; includeSubDomains"
_VISITED = b"da_tham=1"
_FOR_A_YEAR = b"; Max-Age=31536000; Path=/; SameSite=Lax; HttpOnly"


class Entrance:
    """The outermost ASGI application."""

    def __init__(self, tenant_site: ASGIApp, ops_site: ASGIApp, inner: ASGIApp) -> None:
        self._tenant_site = tenant_site
        self._ops_site = ops_site
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            return
        if _arrived_inside(scope):
            await self._inner(scope, receive, send)
            return
        _know_client(scope)
        number = begin()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(number))
        answer = _Answer(scope, send, str(number))
        render.first_visit.set(answer.first_visit)
        try:
            await self._route(_as_read(scope), _impatient(receive), answer)
        except Exception as failure:
            if answer.started:
                raise
            await _away(answer, failure)
        finally:
            observe(answer.tenant, scope["method"], answer.status, answer.elapsed)

    async def _route(self, scope: HTTPScope, receive: Receive, answer: "_Answer") -> None:
        host = _host(scope)
        if host == settings().ops_host:
            answer.tenant = "ops"
            render.site.set(OPS_SITE)
            await self._ops_site(scope, receive, answer)
            return
        tenant = await registry.by_host(host)
        if tenant is None or tenant.status == "provisioning":
            if scope["path"].startswith("/static/"):
                # The neutral page needs its styles; they are the same for every host.
                await self._ops_site(scope, receive, answer)
                return
            await _neutral(answer)
            return
        answer.tenant = tenant.slug
        structlog.contextvars.bind_contextvars(tenant=tenant.slug)
        former = tenant.former_at(host)
        render.site.set(site_view(tenant, former))
        if tenant.status == "suspended" and not scope["path"].startswith(("/static/", "/tinh/")):
            await _suspended(tenant, answer)
            return
        if former is not None:
            old_address.count(host)
            if address := old_address.leads_on(scope, tenant):
                await _led_on(answer, address)
                return
        if not release.serves(tenant):
            _warn_of_misfit(tenant.slug, tenant.schema_version)
            await _tell(answer, Unavailable(), "errors/away.html", incident=incident_code())
            return
        with acting_for(tenant):
            await self._tenant_site(scope, receive, answer)


class _Answer:
    """`send` with the security headers, remembering what was answered."""

    def __init__(self, scope: HTTPScope, send: Send, number: str) -> None:
        self._send, self._number = send, number
        self._secure = scope.get("scheme") == "https" or settings().public_scheme == "https"
        self._began = time.perf_counter()
        self.to_program = scope["path"].startswith(PROGRAMS)
        # Whoever lacks our cookie gets the styles inside the page, then the cookie.
        self.first_visit = scope["method"] == "GET" and _VISITED not in _cookies(scope)
        self.status = 500
        self.tenant = "none"
        self.started = False

    @property
    def elapsed(self) -> float:
        """Seconds since the request came in."""
        return time.perf_counter() - self._began

    async def __call__(self, message: Message) -> None:
        """Pass a message on; the first one gets the headers."""
        if message["type"] == "http.response.start":
            self.status, self.started = message["status"], True
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            headers += [(n, v) for n, v in _SECURITY.items() if n not in present]
            headers.append((b"x-request-id", self._number.encode()))
            if self.first_visit and _is_page(headers):
                headers.append((b"set-cookie", self._visited()))
            if self._secure:
                headers.append((b"strict-transport-security", _HTTPS_ALONE))
            message = {**message, "headers": headers}
        await self._send(message)

    def _visited(self) -> bytes:
        # Browsers keep a `__Host-` cookie to this very host.
        if self._secure:
            return b"__Host-" + _VISITED + _FOR_A_YEAR + b"; Secure"
        return _VISITED + _FOR_A_YEAR


def _impatient(receive: Receive) -> Receive:
    """`receive` that takes a sender who falls silent in the middle of a body for gone.

    A line that is cut tells nobody; without this the request would wait for ever.
    """
    whole = False

    async def next_message() -> ReceiveMessage:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                message = await receive()
        except TimeoutError:
            return HTTPDisconnectEvent(type="http.disconnect")
        whole = not message.get("more_body", False)
        return message

    return next_message


def _arrived_inside(scope: HTTPScope) -> bool:
    server: tuple[str, int | None] | None = scope.get("server")
    return server is not None and server[1] == settings().inner_port


def _know_client(scope: HTTPScope) -> None:
    """Take who stands before our own proxies for the client; nobody else is believed."""
    peer, forwarded = scope.get("client"), forwarded_for(scope["headers"])
    if peer is None or not forwarded:
        return
    trusted = networks(settings().trusted_proxies)
    address = client_address(peer[0], forwarded, trusted)
    if address == peer[0] and settings().mode == "production" and not among(address, trusted):
        _warn_of_stranger(address)
    # The port of a proxy's own line would be laid at the door of a person.
    port = peer[1] if address == peer[0] else told_port(address, forwarded)
    scope["client"] = (address, port)


@lru_cache(maxsize=64)
def _warn_of_stranger(address: str) -> None:
    # Once for each: if it is a proxy of ours, everybody behind it shares one limit.
    log.warning("forwarded_by_a_stranger", address=address, setting="MOTCUA_TRUSTED_PROXIES")


@lru_cache(maxsize=64)
def _warn_of_misfit(slug: str, version: int) -> None:
    # Upgraded too little for this release, or too far.
    log.error("release_does_not_fit", tenant=slug, version=version)


def _host(scope: HTTPScope) -> str:
    """The one host that is asked for, without its port; "" when it is not one plain name."""
    said = [value for name, value in scope["headers"] if name == b"host"]
    found = _HOST.fullmatch(said[0].decode("latin-1").strip().lower()) if len(said) == 1 else None
    return found[1] if found else ""


def _as_read(scope: HTTPScope) -> HTTPScope:
    """A HEAD request as the GET whose head is asked for; the server leaves the body out."""
    if scope["method"] != "HEAD" or scope["path"].startswith(_NOT_ONLY_READ):
        return scope
    return cast(HTTPScope, {**scope, "method": "GET"})


def _cookies(scope: HTTPScope) -> bytes:
    return b";".join(value for name, value in scope["headers"] if name == b"cookie")


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in headers)


async def _neutral(answer: _Answer) -> None:
    await _tell(answer, NotFound(), "errors/neutral404.html")


async def _led_on(answer: _Answer, address: str) -> None:
    # Not to be kept by browsers: one day the tenant may stand on its own again.
    headers = [(b"location", address.encode()), (b"cache-control", b"no-store")]
    await answer({"type": "http.response.start", "status": 308, "headers": headers})
    await answer({"type": "http.response.body", "body": b"", "more_body": False})


async def _suspended(tenant: Tenant, answer: _Answer) -> None:
    known = {"until": tenant.suspended_until, "since": tenant.suspended_at}
    refusal = Merging() if tenant.merging else Suspended()
    await _tell(answer, refusal, "errors/suspended.html", merging=tenant.merging, **known)


async def _away(answer: _Answer, failure: Exception) -> None:
    """What went wrong before any door was reached, so that nobody else could tell it."""
    log.error("request_failed", incident=incident_code(), exc_info=failure)
    refusal = Unavailable() if isinstance(failure, _OUTAGES) else Broken()
    await _tell(answer, refusal, "errors/away.html", incident=incident_code())


async def _tell(answer: _Answer, refusal: Refusal, template: str, **shown: object) -> None:
    """What no door is there to tell: a page, or problem details to a program."""
    if answer.to_program:
        kind, body = b"application/problem+json", problem_of(refusal)
    else:
        kind, body = b"text/html; charset=utf-8", render.html(template, **shown).encode()
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    headers += [(name.encode(), wait.encode()) for name, wait in come_back(refusal).items()]
    await answer({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await answer({"type": "http.response.body", "body": body, "more_body": False})
