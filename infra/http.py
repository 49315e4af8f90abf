"""The one way this program calls others over HTTP."""

from typing import Any

import httpx

TIMEOUT_SECONDS = 10.0


class _Loopback(httpx.AsyncHTTPTransport):
    """Connects every name under `localhost` to this machine, as RFC 6761 section 6.3 asks.

    Not every resolver does; browsers do. The name stays in the Host header and in TLS.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        inner = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return await super().handle_async_request(inner)


def client(*, timeout: float = TIMEOUT_SECONDS, **options: Any) -> httpx.AsyncClient:
    """An HTTP client: 10 s by default, follows no redirect, finds names under `localhost`.

    `options` are those of `httpx.AsyncClient`; `mounts` is taken.
    """
    options.setdefault("follow_redirects", False)
    return httpx.AsyncClient(timeout=timeout, mounts=mounts(), **options)


def mounts() -> dict[str, httpx.AsyncBaseTransport]:
    """The `mounts` of such a client, for libraries that make their own."""
    loopback = _Loopback()
    return {"all://*.localhost": loopback, "all://localhost": loopback}
