"""The doors as browsers meet them, for the tests of several doors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import Context
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
import pytest
from litestar.connection import ASGIConnection
from litestar.types import Receive, Scope, Send

from app.doors.session_life import Session, begin
from app.main import create_app
from app.people.shapes import Actor
from infra import clock
from infra.ids import uuid7
from infra.settings import settings
from tenants.current import acting_for
from tenants.shapes import Tenant
from tests import cast

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
Browser = httpx.AsyncClient
Browse = Callable[..., Awaitable[Browser]]
# As in production one application serves every tenant; making it takes longer than most tests.
_app = cache(create_app)


@pytest.fixture
async def browse() -> AsyncIterator[Browse]:
    """`await browse(tenant, actor)` opens a browser at the tenant, signed in when there is one."""
    transport = httpx.ASGITransport(FromOutside())
    opened: list[Browser] = []

    async def open_(tenant: Tenant, who: Actor | None = None) -> Browser:
        origin = settings().origin(tenant.host)
        browser = httpx.AsyncClient(
            transport=transport,
            base_url=origin,
            cookies={"motcua": await _signed_in(tenant, who)} if who else {},
            headers={"Origin": origin},
        )
        opened.append(browser)
        return browser

    yield open_
    for browser in opened:
        await browser.aclose()


class FromOutside:
    """The application as the network reaches it: nothing of the test's own tenant is at hand."""

    def __init__(self) -> None:
        self._app = _app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = clock.now()

        async def answer() -> None:
            with clock.frozen(at):
                await self._app(scope, receive, send)

        await asyncio.create_task(answer(), context=Context())


async def _signed_in(tenant: Tenant, who: Actor) -> str:
    """The token of a session of that person there."""
    assert who.id is not None
    at = clock.now()
    kept = Session(
        kind="citizen" if who.kind == "citizen" else "staff",
        account_id=who.id,
        name=who.name,
        issuer_id=uuid7(),
        issuer="https://dinhdanh.test",
        subject=str(who.id),
        id_token="",
        created_at=at,
        seen_at=at,
    )

    async def sign_in() -> str:
        with clock.frozen(at), acting_for(tenant):
            return str((await begin(ASGIConnection({"type": "http", "headers": []}), kept)).value)

    return await asyncio.create_task(sign_in(), context=Context())


def as_officer(username: str) -> Any:
    """A fixture: that officer's browser in the province."""

    @pytest.fixture
    async def browser(province: Tenant, browse: Browse) -> Browser:
        return await browse(province, await cast.officer(username))

    return browser


lan = as_officer(cast.LAN)
hoa = as_officer(cast.HOA)
minh = as_officer(cast.MINH)
thu = as_officer(cast.THU)
