"""One attempt to sign in: from the button to the issuer and back, in one browser, once."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from app.doors import session_store
from app.doors.session_life import cookie, cookie_name
from app.doors.session_store import digest, new_token
from app.doors.signin import paths, provider
from app.doors.signin.authlib_client import AsyncOAuth2Client, OAuth2Client, OAuthError
from app.doors.signin.provider import Metadata
from app.doors.signin.refusals import FlowEnded, ProviderDown, SignInFailed
from app.doors.signin.strength import asked_for
from app.doors.signin.tokens import TokenRefused, verified, wrong_in_id_token
from infra import http
from infra.clock import now
from tenants.issuers import Audience, Issuer

Connection = ASGIConnection[Any, Any, Any, Any]

LIFE = timedelta(minutes=10)
_RECORD = "flow"
# OpenID Connect Core 1.0, section 3.1.2.1; with max_age the token has to say auth_time.
_ANEW = {"prompt": "login", "max_age": "0"}
_WANTED_SCOPES = ("openid", "profile", "email", "phone")


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What must be remembered until the browser comes back; kept under the `state`."""

    issuer_id: UUID
    audience: Audience
    nonce: str
    verifier: str  # PKCE, RFC 7636
    browser: str  # digest of the cookie of the browser that began
    redirect_uri: str
    return_to: str
    begun_at: datetime
    origin: str = ""  # where the browser began, and has its cookie


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who the issuer says signed in."""

    subject: str
    claims: dict[str, Any]
    proof: dict[str, Any]  # the ID token's own claims, nothing of userinfo
    id_token: str
    sid: str | None


async def begin(
    connection: Connection, issuer: Issuer, return_to: str, *, anew: bool = False
) -> tuple[str, Cookie]:
    """The issuer's address to send the browser to, and the cookie that ties the attempt to it.

    `anew`: the issuer shall ask for a proof, even of somebody it knows.
    """
    described = await provider.metadata(issuer.issuer)
    browser = connection.cookies.get(browser_cookie()) or new_token()
    flow = Flow(
        issuer_id=issuer.id,
        audience=issuer.audience,
        nonce=new_token(),
        verifier=new_token() + new_token(),
        browser=digest(browser),
        redirect_uri=paths.known_origin(connection, issuer) + paths.CALLBACK,
        origin=paths.origin(connection),
        return_to=return_to,
        begun_at=now(),
    )
    state = new_token()
    await session_store.put(_RECORD, state, flow, LIFE)
    address = _request(described, issuer, flow, state, _ANEW if anew else {})
    return address, cookie(browser_cookie(), browser, 3600)


async def resume(connection: Connection, state: str) -> Flow:
    """The attempt a browser comes back from, which is thereby over; raises FlowEnded."""
    flow = await session_store.take(_RECORD, state, Flow)
    if flow is None:
        raise FlowEnded("state unknown or used")
    if digest(connection.cookies.get(browser_cookie(), "")) != flow.browser:
        raise FlowEnded("another browser began")
    if now() - flow.begun_at > LIFE:
        raise FlowEnded("too late")
    return flow


async def began_elsewhere(connection: Connection, state: str) -> str | None:
    """The address of this very request at the origin where its attempt began; None when it is here.

    An issuer that knows an old address sends people back there.
    """
    flow = await session_store.read(_RECORD, state, Flow)
    if flow is None or flow.origin in ("", paths.origin(connection)):
        return None
    return flow.origin + paths.here(connection)


async def redeem(issuer: Issuer, flow: Flow, code: str) -> Identity:
    """Exchange the code for tokens and believe them only when everything fits."""
    described = await provider.metadata(issuer.issuer)
    tokens = await _exchange(described, issuer, flow, code)
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        raise SignInFailed("no id_token or access_token")
    proof = claims = await _believed(issuer, flow, id_token)
    if described.userinfo_endpoint:
        told = await provider.userinfo(described.userinfo_endpoint, access_token)
        if told.get("sub") != claims["sub"]:
            raise SignInFailed("userinfo is about somebody else")
        claims = {**claims, **told}
    sid = claims.get("sid")
    return Identity(
        subject=claims["sub"],
        claims=claims,
        proof=proof,
        id_token=id_token,
        sid=sid if isinstance(sid, str) else None,
    )


def browser_cookie() -> str:
    """The name of the cookie that says in which browser an attempt began."""
    return cookie_name("motcua-truoc")


def _request(
    described: Metadata, issuer: Issuer, flow: Flow, state: str, more: dict[str, str]
) -> str:
    offered = described.scopes_supported
    scopes = [s for s in _WANTED_SCOPES if offered is None or s in offered or s == "openid"]
    client = OAuth2Client(
        None,
        client_id=issuer.client_id,
        redirect_uri=flow.redirect_uri,
        scope=" ".join(scopes),
        code_challenge_method="S256",
    )
    address, _ = client.create_authorization_url(
        described.authorization_endpoint,
        state=state,
        nonce=flow.nonce,
        code_verifier=flow.verifier,
        **{**asked_for(issuer.demands), **more},
    )
    return cast(str, address)


async def _exchange(
    described: Metadata, issuer: Issuer, flow: Flow, code: str
) -> dict[str, object]:
    client = AsyncOAuth2Client(
        client_id=issuer.client_id,
        client_secret=issuer.client_secret or None,
        token_endpoint_auth_method=_way_to_prove(described, issuer),
        redirect_uri=flow.redirect_uri,
        timeout=http.TIMEOUT_SECONDS,
        transport=http.transport(),
        follow_redirects=False,
    )
    try:
        async with client:
            return dict(
                await client.fetch_token(
                    described.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                )
            )
    except OAuthError as error:
        raise SignInFailed(f"token endpoint: {error.error}") from error
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderDown(f"token endpoint: {type(error).__name__}") from error


async def _believed(issuer: Issuer, flow: Flow, id_token: str) -> dict[str, Any]:
    try:
        claims = (await verified(issuer.issuer, id_token)).claims
    except TokenRefused as refused:
        raise SignInFailed(f"id_token: {refused}") from refused
    wrong = wrong_in_id_token(
        claims,
        issuer=issuer.issuer,
        client_id=issuer.client_id,
        nonce=flow.nonce,
        begun_at=flow.begun_at,
        at=now(),
    )
    if wrong is not None:
        raise SignInFailed(f"id_token: {wrong}")
    return claims


def _way_to_prove(described: Metadata, issuer: Issuer) -> str:
    """Client authentication: basic unless the issuer only takes the secret in the body."""
    if not issuer.client_secret:
        return "none"
    offered = described.token_endpoint_auth_methods_supported or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
