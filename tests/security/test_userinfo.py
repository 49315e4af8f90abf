"""An issuer whose userinfo speaks of somebody else than its ID token."""

import asyncio
import socket

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar, get, post

from app.doors.signin import flow, provider
from app.doors.signin.refusals import SignInFailed
from infra.clock import now
from infra.ids import uuid7
from tenants.issuers import Issuer

KEY = RSAKey.generate_key(2048, {"kid": "k1"})


class Liar:
    """It signs for `subject` and tells of `told`."""

    def __init__(self, url: str) -> None:
        self.url, self.subject, self.told = url, "hung", "hung"

    def doors(self) -> Litestar:
        """Its four addresses."""

        @get("/.well-known/openid-configuration", sync_to_thread=False)
        def describe() -> dict[str, str]:
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
            return {"issuer": self.url, **{name: f"{self.url}/{name}" for name in names}}

        @get("/jwks_uri", sync_to_thread=False)
        def keys() -> dict[str, list[object]]:
            return {"keys": [KEY.as_dict(private=False)]}

        @post("/token_endpoint", sync_to_thread=False, status_code=200)
        def token() -> dict[str, str]:
            at = int(now().timestamp())
            claims = {"iss": self.url, "aud": "c", "sub": self.subject, "nonce": "n",
                      "iat": at, "exp": at + 60}  # fmt: skip
            signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY)
            return {"id_token": signed, "access_token": "a", "token_type": "Bearer"}

        @get("/userinfo_endpoint", sync_to_thread=False)
        def userinfo() -> dict[str, str]:
            return {"sub": self.told, "name": "Trần Văn Hùng"}

        return Litestar([describe, keys, token, userinfo], openapi_config=None)


@pytest.fixture
async def liar(house):
    """It listens."""
    provider.forget()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    made = Liar(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(made.doors(), lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield made
    server.should_exit = True
    await task
    provider.forget()


async def test_userinfo_about_somebody_else_signs_nobody_in(liar):
    issuer = Issuer(
        id=uuid7(), tenant_id=None, audience="citizen", issuer=liar.url, label="Thử",
        client_id="c", client_secret="",
    )  # fmt: skip
    attempt = flow.Flow(
        issuer_id=issuer.id, audience="citizen", nonce="n", verifier="v" * 86, browser="b",
        redirect_uri=f"{liar.url}/back", return_to="/", begun_at=now(),
    )  # fmt: skip
    assert (await flow.redeem(issuer, attempt, "code")).subject == "hung"
    liar.told = "somebody.else"
    with pytest.raises(SignInFailed) as failed:
        await flow.redeem(issuer, attempt, "code")
    assert failed.value.reason == "userinfo is about somebody else"
