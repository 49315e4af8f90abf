"""Two tenants and the vendor behind one port, four issuers, and people with browsers."""

import asyncio
import contextlib
import html
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from litestar import Litestar, Request, Router, get, post

from app.doors import failures, signin
from app.doors.entrance import Entrance
from app.doors.origin import SameOrigin
from app.doors.probes import create_inner
from app.doors.sessions import (
    Sessions,
    actor,
    citizen_only,
    close,
    operator,
    session_of,
    staff_only,
    vendor_only,
)
from app.doors.signin import paths, provider
from app.doors.unit import UnitOfWork
from app.people import service
from app.people.shapes import SYSTEM
from infra.embedded.idp import Client, IdentityProviders, Issuer, User
from infra.embedded.signin import sign_in
from infra.http import visitor
from infra.ids import uuid7
from tenants import db, issuers
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.conftest import MakeTenant, Servers
from tests.ports import free_ports

EAST, WEST, OPS = "dong.localhost", "tay.localhost", "ops.localhost"
PASSWORD = "mot-mat-khau-dai"


def _user(username: str, family: str, given: str) -> User:
    return User(username=username, password=PASSWORD, family_name=family, given_name=given)


HUNG = _user("hung.tran", "Trần Văn", "Hùng")
LAN = _user("lan.nguyen", "Nguyễn Thị", "Lan")
STRANGER = _user("khach.ngo", "Ngô Văn", "Khách")
VAN = _user("van.nguyen", "Nguyễn Hải", "Vân")


class Town:
    """Where everything listens."""

    def __init__(self, port: int, provider_ports: list[int]) -> None:
        self.port = port
        self.keys: dict[str, Any] = {}  # the issuers' private keys, to forge with
        citizens, staff, more_staff, vendor = provider_ports
        self.citizens = self._issuer("dinhdanh", citizens, [HUNG])
        self.staff = self._issuer("canbo", staff, [LAN, STRANGER])
        self.more_staff = self._issuer("canbo-khac", more_staff, [LAN])
        self.vendor = self._issuer("vanhanh", vendor, [VAN, STRANGER])

    @property
    def issuers(self) -> list[Issuer]:
        """All four."""
        return [self.citizens, self.staff, self.more_staff, self.vendor]

    def origin(self, host: str) -> str:
        """The address of a site."""
        return f"http://{host}:{self.port}"

    def _issuer(self, name: str, port: int, users: list[User]) -> Issuer:
        return Issuer(
            name=name,
            host=f"{name}.localhost",
            port=port,
            users=users,
            clients=[self._client(host) for host in (EAST, WEST, OPS)],
        )

    def _client(self, host: str) -> Client:
        addresses = paths.addresses_to_register(self.origin(host))
        return Client(
            client_id=f"client-{host}",
            client_secret=f"secret-of-{host}",
            name=host,
            redirect_uris=list(addresses["redirect_uris"]),
            post_logout_redirect_uris=list(addresses["post_logout_redirect_uris"]),
        )


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The embedded issuers, started once."""
    port, *others = free_ports(5)
    made, directory = Town(port, others), tmp_path_factory.mktemp("idp")
    with IdentityProviders(directory, made.issuers):
        made.keys = {
            issuer.url: json.loads((directory / f"{issuer.host}.json").read_text())["signing_key"]
            for issuer in made.issuers
        }
        yield made


async def trust(tenant_id: UUID | None, host: str, audience: Any, issuer: Issuer) -> None:
    await issuers.trust(
        tenant_id,
        audience,
        issuer.url,
        label=f"tài khoản {issuer.name}",
        client_id=f"client-{host}",
        client_secret=f"secret-of-{host}",
    )


@pytest.fixture
async def east(make_tenant: MakeTenant, town: Town) -> Tenant:
    """A tenant with one issuer for citizens and one for staff."""
    return await _tenant(make_tenant, "dong", EAST, town)


@pytest.fixture
async def west(make_tenant: MakeTenant, town: Town) -> Tenant:
    """Its neighbour, which trusts the same issuers."""
    return await _tenant(make_tenant, "tay", WEST, town)


async def _tenant(make_tenant: MakeTenant, slug: str, host: str, town: Town) -> Tenant:
    tenant = await make_tenant(slug)
    await trust(tenant.id, host, "citizen", town.citizens)
    await trust(tenant.id, host, "staff", town.staff)
    return tenant


@pytest.fixture
async def vendor(house: Servers, town: Town) -> AsyncIterator[None]:
    """The vendor's own issuer and one operator."""
    await trust(None, OPS, "vendor", town.vendor)
    async with work():
        await service.admit_operator(VAN.username, "Nguyễn Hải Vân")
    yield
    await db.control.execute("delete from issuer where tenant_id is null")
    await db.control.execute("delete from operator")


async def admit_lan(tenant: Tenant) -> UUID:
    """Admit Lan as a counter officer, and Thu as the administrator one turns to."""
    with acting_for(tenant):
        async with work():
            agency_id, posts = uuid7(), {"reception": uuid7(), "administrator": uuid7()}
            await db.tenant.execute(
                "insert into agency (id, key, name, sms_name, kind, code_prefix, valid_from)"
                " values ($1, 'phuong', 'Ủy ban nhân dân phường Thử', 'UBND phuong Thu',"
                " 'commune', 'H00.01', '2025-07-01')",
                agency_id,
            )
            for kind, post_id in posts.items():
                await db.tenant.execute(
                    "insert into post (id, agency_id, key, kind, title)"
                    " values ($1, $2, $3, $3, $4)",
                    *(post_id, agency_id, kind, f"Chức danh {kind}"),
                )
            lan = await service.admit(SYSTEM, LAN.username, "Nguyễn Thị Lan")
            await service.hold_post(SYSTEM, lan, posts["reception"])
            thu = await service.admit(SYSTEM, "thu.dang", "Đặng Thị Thu")
            await service.hold_post(SYSTEM, thu, posts["administrator"])
    return lan


@get("/", opt={"public": True})
async def home(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Who visits."""
    who = await actor(request)
    return {"kind": who.kind, "name": who.name}


@get("/cua-toi", guards=[citizen_only])
async def citizens_page(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A page of a citizen's own."""
    who = await actor(request)
    return {"kind": who.kind, "name": who.name}


@get("/can-bo", guards=[staff_only])
async def desk_page(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """A page of the desk."""
    who = await actor(request)
    return {"kind": who.kind, "name": who.name, "posts": [post.kind for post in who.posts]}


@post("/can-bo/viec", guards=[staff_only])
async def desk_act(request: Request[Any, Any, Any]) -> dict[str, str]:
    """An act at the desk."""
    return {"name": (await actor(request)).name}


@get("/", guards=[vendor_only])
async def ops_page(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A page of the vendor's."""
    session = session_of(request)
    assert session is not None
    return {"kind": session.kind, "name": (await operator(request)).full_name}


def site(*doors: Any) -> Litestar:
    """Doors with what every request of the product passes through."""
    return Litestar(
        list(doors),
        middleware=[SameOrigin(), Sessions(), UnitOfWork()],
        exception_handlers={**failures.HANDLERS, **signin.HANDLERS},
        openapi_config=None,
    )


@pytest.fixture
async def app(house: Servers) -> AsyncIterator[Entrance]:
    """The application with a few doors to knock at."""
    provider.forget()
    tenant_doors = [home, citizens_page, desk_page, desk_act]
    yield Entrance(
        site(signin.tenant_routes, Router("/", route_handlers=tenant_doors)),
        site(signin.ops_routes, Router("/", route_handlers=[ops_page])),
        create_inner(),
    )
    await close()


@pytest.fixture
async def served(app: Entrance, town: Town) -> AsyncIterator[Town]:
    """The application on its port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", town.port))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield town
    server.should_exit = True
    await task


class Browser:
    """A person's browser: cookies, forms with their origin, redirects one by one."""

    def __init__(self, town: Town, host: str = EAST) -> None:
        self.http = visitor()
        self.home = town.origin(host)

    async def get(self, path: str) -> httpx.Response:
        """Open a page of the site, or any address."""
        return await self.http.get(self.at(path))

    async def post(self, path: str, origin: str | None = None, **fields: str) -> httpx.Response:
        """Send a form, from a page of the site unless another origin is given."""
        headers = {"Origin": origin or self.home}
        return await self.http.post(self.at(path), data=fields, headers=headers)

    def at(self, path: str) -> str:
        """The whole address."""
        return path if path.startswith("http") else self.home + path

    async def begin(self, page: str = "/dang-nhap", button: int = 0) -> str:
        """Press a button of the sign-in page; the address at the issuer."""
        shown = await self.get(page)
        assert shown.status_code == 200, shown.text
        chosen = re.findall(r'name="issuer" value="([^"]+)"', shown.text)[button]
        return_to = re.findall(r'name="ve" value="([^"]*)"', shown.text)[button]
        action = page.partition("?")[0]
        sent = await self.post(action, issuer=chosen, ve=html.unescape(return_to))
        assert sent.status_code == 303, sent.text
        return sent.headers["location"]

    async def at_issuer(self, address: str, user: User) -> str:
        """Prove who one is there; the address one is sent back to, not yet opened."""
        return await sign_in(self.http, address, user.username, user.password)

    async def sign_in(
        self, user: User, page: str = "/dang-nhap", button: int = 0
    ) -> httpx.Response:
        """All of it; what the callback answered."""
        return await self.get(await self.at_issuer(await self.begin(page, button), user))

    @property
    def token(self) -> str | None:
        """The session's cookie."""
        host = httpx.URL(self.home).host
        return self.http.cookies.get("motcua", domain=host)

    def wear(self, token: str) -> None:
        """Take somebody's session cookie for this browser's site."""
        host = httpx.URL(self.home).host
        self.http.cookies.set("motcua", token, domain=host, path="/")


MakeBrowser = Any


@pytest.fixture
async def browser(served: Town) -> AsyncIterator[MakeBrowser]:
    """`browser()` opens one at the eastern tenant; `browser(WEST)` elsewhere."""
    async with contextlib.AsyncExitStack() as stack:

        def open_(host: str = EAST) -> Browser:
            made = Browser(served, host)
            stack.push_async_callback(made.http.aclose)
            return made

        yield open_
