"""What we believe of an issuer, asked over HTTP of one that misbehaves on purpose."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar, Response, get

from app.doors.signin import provider
from app.doors.signin.refusals import ProviderDown
from app.doors.signin.tokens import TokenRefused, verified
from infra.settings import settings
from tests.conftest import Servers


class Issuer:
    """An issuer whose answers a test chooses."""

    def __init__(self, port: int) -> None:
        self.url = f"http://thu.localhost:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.asked = 0
        self.described: Any = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        self.status = 200

    def token(self, key: RSAKey | None = None, **header: Any) -> str:
        """A token signed by the issuer's key, or another."""
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, {"sub": "x"}, key)

    def doors(self) -> Litestar:
        """Its two documents."""

        @get("/.well-known/openid-configuration", sync_to_thread=False)
        def describe() -> Response[Any]:
            return Response(self.described, status_code=self.status)

        @get("/keys", sync_to_thread=False)
        def keys() -> Response[Any]:
            self.asked += 1
            return Response({"keys": [self.key.as_dict(private=False)]}, status_code=self.status)

        return Litestar([describe, keys], openapi_config=None)


@pytest.fixture
async def issuer(house: Servers) -> AsyncIterator[Issuer]:
    """It listens."""
    provider.forget()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    made = Issuer(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(made.doors(), lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield made
    server.should_exit = True
    await task
    provider.forget()


async def test_its_documents_are_asked_for_once(issuer: Issuer) -> None:
    for _ in range(3):
        assert (await verified(issuer.url, issuer.token())).claims == {"sub": "x"}
    assert issuer.asked == 1


async def test_a_changed_key_is_fetched_when_a_token_names_it(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verified(issuer.url, issuer.token())
    issuer.key = RSAKey.generate_key(2048, {"kid": "k2"})
    monkeypatch.setattr(provider, "_AGAIN_SECONDS", -1.0)
    await verified(issuer.url, issuer.token())
    assert issuer.asked == 2


@pytest.mark.asvs("9.1.1", "9.1.3")
async def test_forged_key_names_do_not_make_us_ask_again_and_again(issuer: Issuer) -> None:
    await verified(issuer.url, issuer.token())
    other = RSAKey.generate_key(2048)
    for number in range(5):
        with pytest.raises(TokenRefused):
            await verified(issuer.url, issuer.token(other, kid=f"x{number}"))
    assert issuer.asked == 1


@pytest.mark.asvs("9.1.2")
async def test_a_signature_the_issuer_did_not_offer_is_not_believed(issuer: Issuer) -> None:
    issuer.described["id_token_signing_alg_values_supported"] = ["ES256"]
    with pytest.raises(TokenRefused):
        await verified(issuer.url, issuer.token())


@pytest.mark.asvs("9.1.2", "6.8.2")
@pytest.mark.parametrize("offered", [["none"], ["HS256", "none"], []])
async def test_an_issuer_that_offers_no_real_signature_is_not_believed(
    issuer: Issuer, offered: list[str]
) -> None:
    issuer.described["id_token_signing_alg_values_supported"] = offered
    with pytest.raises(TokenRefused):
        await verified(issuer.url, issuer.token())


@pytest.mark.asvs("10.5.3", "16.5.2")
@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://khac.localhost"},
        {"token_endpoint": 7},
        {"jwks_uri": "http://thu.localhost:1/khong-co"},
        {"jwks_uri": "khong phai dia chi"},
    ],
)
async def test_a_description_that_does_not_hold_is_an_outage(
    issuer: Issuer, changes: dict[str, Any]
) -> None:
    issuer.described |= changes
    with pytest.raises(ProviderDown):
        await verified(issuer.url, issuer.token())


@pytest.mark.parametrize(("document", "status"), [([], 200), ({}, 200), ({"a": 1}, 500)])
async def test_an_answer_that_is_no_description_is_an_outage(
    issuer: Issuer, document: Any, status: int
) -> None:
    issuer.described, issuer.status = document, status
    with pytest.raises(ProviderDown):
        await provider.metadata(issuer.url)


async def test_an_overlong_answer_is_not_read_as_a_description(issuer: Issuer) -> None:
    issuer.described["padding"] = "x" * 600_000
    with pytest.raises(ProviderDown):
        await provider.metadata(issuer.url)


async def test_what_failed_is_asked_for_again(issuer: Issuer) -> None:
    issuer.status = 503
    with pytest.raises(ProviderDown):
        await provider.metadata(issuer.url)
    issuer.status = 200
    assert (await provider.metadata(issuer.url)).issuer == issuer.url


@pytest.mark.asvs("12.3.1")
async def test_in_production_an_issuer_without_https_is_refused(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_MODE", "production")
    monkeypatch.setenv("MOTCUA_PUBLIC_SCHEME", "https")
    settings.cache_clear()
    try:
        with pytest.raises(ProviderDown):
            await provider.metadata(issuer.url)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


async def test_stale_documents_are_fetched_anew(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verified(issuer.url, issuer.token())
    issuer.described["token_endpoint"] = f"{issuer.url}/moved"
    monkeypatch.setattr(provider, "_FRESH_SECONDS", -1.0)
    assert (await provider.metadata(issuer.url)).token_endpoint.endswith("/moved")
    await verified(issuer.url, issuer.token())
    assert issuer.asked == 2
