"""Every route is guarded or stands on the short public list."""

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.doors.sessions import citizen_only, staff_only, vendor_only
from app.main import OPS, TENANT, create_site

# What anybody may open. A door not on this list must say who may pass.
PUBLIC = {
    "/", "/thu-tuc", "/thu-tuc/{code:str}",
    "/tra-cuu", "/tra-cuu/{code:str}", "/danh-gia/{token:str}",
    "/static/{name:path}", "/tinh/{digest:str}/{name:str}",
    "/dang-nhap", "/can-bo/dang-nhap", "/dang-nhap/xac-nhan",
    "/dang-xuat", "/dang-xuat/xong", "/dang-xuat/kenh-sau",
    "/tep",  # OPTIONS only: what the server can
    "/kho/{token:str}",  # the signed link is the right
    "/api/v1/exchange/{message_id:uuid}",  # another system's signature is the right
    "/api/v1/exchange/{message_id:uuid}/files/{sha256:str}",
    "/api/v1/usage",  # a meter's token is the right
    "/api/v1/openapi.json",  # the interface for programs, the same at every tenant
    "/tin-den/{slug:str}/{token:str}",  # what people wrote, by a signed address
    "/tin-nhan/{slug:str}/{notice_id:uuid}/{number:int}/{token:str}",  # a provider's report
}  # fmt: skip
SITES = {"tenant": TENANT, "vendor": OPS}


def handlers(site: Litestar):
    """Every handler with its path, one by one."""
    for route in site.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if "OPTIONS" not in handler.http_methods or handler.opt.get("public"):
                    yield route.path, handler


@pytest.mark.parametrize("name", SITES)
def test_every_route_is_guarded_or_on_the_public_list(name, servers):
    for path, handler in handlers(create_site(SITES[name])):
        if handler.opt.get("public"):
            assert path in PUBLIC, f"{path} says it is public and is not on the list"
        else:
            assert handler.guards or handler.resolve_guards(), f"{path} is open to everybody"


def test_the_vendors_routes_are_for_the_vendor_alone(servers):
    for path, handler in handlers(create_site(OPS)):
        if not handler.opt.get("public"):
            assert vendor_only in handler.resolve_guards(), path


def test_no_tenant_route_is_for_the_vendor(servers):
    for path, handler in handlers(create_site(TENANT)):
        assert vendor_only not in handler.resolve_guards(), path


def test_officers_pages_ask_for_officers(servers):
    for path, handler in handlers(create_site(TENANT)):
        if path.startswith(("/can-bo", "/quan-tri")) and not handler.opt.get("public"):
            assert staff_only in handler.resolve_guards(), path
        if path.startswith(("/ban-nhap", "/nop-ho-so", "/da-nop", "/ho-so-cua-toi")):
            assert citizen_only in handler.resolve_guards(), path


@pytest.mark.parametrize("name", SITES)
def test_only_doors_without_a_session_take_forms_of_any_origin(name, servers):
    """A session is carried by every form a browser sends; machines prove themselves otherwise."""
    machines = ("/api/v1/exchange", "/api/v1/usage", "/tin-", "/dang-xuat/kenh-sau")
    for path, handler in handlers(create_site(SITES[name])):
        if handler.opt.get("any_origin"):
            assert handler.opt.get("public") and path.startswith(machines), path
        elif path.startswith(machines):
            assert not handler.http_methods & {"POST", "PUT", "PATCH", "DELETE"}, path
