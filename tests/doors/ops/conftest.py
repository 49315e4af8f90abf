"""The vendor's doors as a browser meets them, with an operator who is signed in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from contextvars import Context
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Receive, Scope, Send

from app.doors import assets, failures, ops
from app.doors.entrance import Entrance
from app.doors.origin import SameOrigin
from app.doors.session_life import Kind, Session, Sessions, begin
from app.doors.unit import UnitOfWork
from billing import collect, meter, service
from infra import clock
from infra.ids import uuid7
from infra.settings import settings
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.billing.contracts import contract

OPERATOR = "Đỗ Vận Hành"
Browser = httpx.AsyncClient


@pytest.fixture
async def browse(house) -> AsyncIterator[Callable[[str], Browser]]:
    """`browse(token)` gives a browser at the vendor's address with that session cookie, if any."""
    site = Litestar(
        [assets.serve_static, ops.ops_routes],
        middleware=[SameOrigin(), Sessions(), UnitOfWork()],
        exception_handlers=failures.HANDLERS,
        openapi_config=None,
    )
    transport = httpx.ASGITransport(from_outside(Entrance(Litestar([]), site, Litestar([]))))
    origin = f"http://{settings().ops_host}"
    opened: list[Browser] = []

    def open_(token: str = "") -> Browser:
        cookies = {"motcua": token} if token else {}
        browser = httpx.AsyncClient(
            transport=transport, base_url=origin, cookies=cookies, headers={"Origin": origin}
        )
        opened.append(browser)
        return browser

    yield open_
    for browser in opened:
        await browser.aclose()


def from_outside(app: ASGIApp) -> ASGIApp:
    """The application as the network reaches it: nothing of the test's own tenant is at hand."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        at = clock.now()

        async def answer() -> None:
            with clock.frozen(at):
                await app(scope, receive, send)

        await asyncio.create_task(answer(), context=Context())

    return serve


async def session(kind: Kind, account_id: UUID, tenant: Tenant | None = None) -> str:
    """The token of a session at the vendor's address, or at a tenant's."""
    now = clock.now()
    kept = Session(
        kind=kind,
        account_id=account_id,
        name=OPERATOR,
        issuer_id=uuid7(),
        issuer="https://dinhdanh.test",
        subject=str(account_id),
        id_token="",
        created_at=now,
        seen_at=now,
    )

    async def sign_in() -> str:
        with acting_for(tenant) if tenant else nullcontext():
            return str((await begin(ASGIConnection({"type": "http", "headers": []}), kept)).value)

    return await asyncio.create_task(sign_in(), context=Context())


@pytest.fixture
async def operator_id(house) -> UUID:
    """An active operator."""
    identity = uuid7()
    await db.control.execute(
        "insert into operator (id, username, full_name, admitted_at) values ($1, $2, $3, $4)",
        *(identity, f"op-{identity}", OPERATOR, clock.now()),
    )
    return identity


@pytest.fixture
async def vendor(browse, operator_id) -> Browser:
    """A browser in which the operator is signed in."""
    return browse(await session("vendor", operator_id))


@pytest.fixture
async def renting(tenant: Tenant) -> Tenant:
    """A tenant with a contract, and with usage in November 2026 that was collected."""
    await service.load(contract(tenant_slug=tenant.slug))
    async with work():
        for n in range(3):
            await meter.count(
                f"dossier:{n}:received",
                "dossier.received",
                subject=f"H08.16-261122-000{n}",
                occurred_at=datetime(2026, 11, 22, 2, n, tzinfo=UTC),
            )
        await meter.count(
            "storage:2026-11-21",
            "storage.byte_day",
            quantity=2_500_000,
            subject="storage",
            occurred_at=datetime(2026, 11, 20, 17, tzinfo=UTC),
        )
    await collect.collect()
    return tenant
