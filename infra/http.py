"""The one way this program calls others over HTTP."""

from typing import Any

import httpx

from infra import outward
from infra.tls import shield

TIMEOUT_SECONDS = 10.0


class _Named(httpx.AsyncHTTPTransport):
    """Connects to an address found by `_find`; the name stays in the Host header and in TLS."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        secure = url.scheme == "https"
        try:
            port = url.port or (443 if secure else 80)
            address = await self._find(url.host, port, secure)
        except OSError as error:
            raise httpx.ConnectError(f"{type(error).__name__}: {error}", request=request) from error
        inner = httpx.Request(
            request.method,
            url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return await super().handle_async_request(inner)

    async def _find(self, host: str, port: int, secure: bool) -> str:
        return await outward.reach(host, port, encrypted=secure)


class _Visiting(_Named):
    async def _find(self, host: str, port: int, secure: bool) -> str:
        # RFC 6761 section 6.3, as browsers have it.
        return "127.0.0.1" if host.endswith(".localhost") else host


def client(*, timeout: float = TIMEOUT_SECONDS, **options: Any) -> httpx.AsyncClient:
    """An HTTP client: 10 s by default, follows no redirect, goes only where `outward` lets it.

    `options` are those of `httpx.AsyncClient`; `transport` is taken.
    """
    options.setdefault("follow_redirects", False)
    return httpx.AsyncClient(timeout=timeout, transport=transport(), **options)


def visitor(*, timeout: float = TIMEOUT_SECONDS, **options: Any) -> httpx.AsyncClient:
    """The same as a person's browser, for demonstrations and tests: it goes where it is told and
    needs no settings."""
    options.setdefault("follow_redirects", False)
    return httpx.AsyncClient(timeout=timeout, transport=_Visiting(), **options)


def transport() -> httpx.AsyncBaseTransport:
    """The `transport` of `client`, for libraries that make their own."""
    return _Named(verify=shield())
