"""A citizen with a draft in Bình Định, and her browser on the real application over a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextvars import Context
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from litestar import Litestar, Request, Response, Router, post
from litestar.connection import ASGIConnection
from litestar.params import FromPath

from app.doors import failures, files, signin
from app.doors.entrance import Entrance
from app.doors.origin import SameOrigin
from app.doors.probes import create_inner
from app.doors.sent_files import sent_form
from app.doors.session_life import Session, Sessions, begin
from app.doors.sessions import actor, citizen_only, close
from app.doors.unit import UnitOfWork
from app.onestop.catalog import queries as catalog
from app.onestop.dossiers import service as dossiers
from app.onestop.papers import uploading
from app.people.shapes import Actor
from infra import clock, http
from infra.ids import uuid7
from tenants import db
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests import cast

CODE = "1.001193"  # đăng ký khai sinh
QUY_NHON = "ubnd-phuong-quy-nhon"
Browse = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def hung(province: Tenant) -> Actor:
    """A citizen of Bình Định."""
    return await cast.citizen()


@pytest.fixture
async def draft(hung: Actor) -> UUID:
    """His draft of đăng ký khai sinh at phường Quy Nhơn."""
    return await draft_of(hung)


async def draft_of(citizen: Actor) -> UUID:
    """An open draft of that citizen."""
    agency = await db.tenant.fetch_value("select id from agency where key = $1", QUY_NHON)
    view = await catalog.procedure(CODE)
    assert view is not None
    chosen = next((case.id for case in view.document.cases if not case.always), None)
    async with work():
        return (await dossiers.start_draft(citizen, CODE, agency, chosen)).id


@pytest.fixture
async def slot(draft: UUID) -> str:
    """A paper that đăng ký khai sinh asks for."""
    view = await catalog.procedure(CODE)
    assert view is not None
    return view.document.cases[0].papers[0].id


@post("/bieu-mau/{draft:uuid}", guards=[citizen_only], opt={"own_work": True},
      request_max_body_size=None)  # fmt: skip
async def plain_form(
    request: Request[Any, Any, Any], draft: FromPath[UUID]
) -> Response[dict[str, Any]]:
    """A page's plain form, as a door would take it."""
    who, said = await actor(request), {}
    async with sent_form(request) as form:
        for file in form.files:
            slot = file.field.removeprefix("tep_")
            try:
                about = (file.path, file.file_name)
                target = f"draft:{draft}"
                await uploading.take(who, target, slot, *about, too_large=file.too_large)
            except failures.Refusal as refusal:
                said |= refusal.fields
        return Response({"fields": form.fields, "errors": said})


@pytest.fixture
async def origin(province: Tenant) -> AsyncIterator[str]:
    """The application on a port of its own, reached at the province's address."""
    site = Litestar(
        [files.file_routes, Router("/", route_handlers=[plain_form])],
        middleware=[SameOrigin(), Sessions(), UnitOfWork()],
        exception_handlers={**failures.HANDLERS, **signin.HANDLERS},
        request_max_body_size=1_000_000,
        openapi_config=None,
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = Entrance(site, site, create_inner())
    server = uvicorn.Server(
        uvicorn.Config(app, lifespan="off", log_config=None, reset_contextvars=True)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]), context=Context())
    while not server.started:  # noqa: ASYNC110 - it tells by a flag only
        await asyncio.sleep(0.01)
    yield f"http://{province.host}:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
    await close()


@pytest.fixture
async def browse(origin: str) -> AsyncIterator[Callable[..., Any]]:
    """`await browse(actor)` gives that person's browser, signed in; None is a stranger's."""
    opened: list[httpx.AsyncClient] = []

    async def open_(person: Actor | None = None) -> httpx.AsyncClient:
        cookies = {"motcua": await _session(person)} if person else {}
        headers = {"Origin": origin, "Tus-Resumable": "1.0.0"}
        browser = http.visitor(base_url=origin, cookies=cookies, headers=headers)
        opened.append(browser)
        return browser

    yield open_
    for browser in opened:
        await browser.aclose()
    await close()


async def _session(person: Actor, tenant: Tenant | None = None) -> str:
    now = clock.now()
    kept = Session(
        kind="citizen" if person.kind == "citizen" else "staff",
        account_id=person.id or uuid7(),
        name=person.name,
        issuer_id=uuid7(),
        issuer="https://dinhdanh.test",
        subject=str(person.id),
        id_token="",
        created_at=now,
        seen_at=now,
    )
    connection: Any = ASGIConnection({"type": "http", "headers": []})  # type: ignore[typeddict-item]
    if tenant is None:
        return str((await begin(connection, kept)).value)
    with acting_for(tenant):
        return str((await begin(connection, kept)).value)
