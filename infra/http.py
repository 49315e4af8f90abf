"""The one way this program calls others over HTTP."""

from typing import Any

import httpx

from infra import outward

TIMEOUT_SECONDS = 10.0


class _Judged(httpx.AsyncHTTPTransport):
    """Connects to the address that was judged; the name stays in the Host header and in TLS."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        secure = url.scheme == "https"
        try:
            port = url.port or (443 if secure else 80)
            address = await outward.reach(url.host, port, encrypted=secure)
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


def client(*, timeout: float = TIMEOUT_SECONDS, **options: Any) -> httpx.AsyncClient:
    """An HTTP client: 10 s by default, follows no redirect, goes only where `outward` lets it.

    `options` are those of `httpx.AsyncClient`; `transport` is taken.
    """
    options.setdefault("follow_redirects", False)
    return httpx.AsyncClient(timeout=timeout, transport=transport(), **options)


def transport() -> httpx.AsyncBaseTransport:
    """The `transport` of such a client, for libraries that make their own."""
    return _Judged()
