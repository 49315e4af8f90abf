"""Nobody is shown a dossier without a trace: every page that could says what it shows of it."""

from litestar.routes import HTTPRoute

from app.main import TENANT, create_site

# Pages with something in their address that is no dossier of somebody else.
_READ_NOTHING = {
    "/static/{name:path}", "/tinh/{digest:str}/{name:str}",
    "/thu-tuc/{code:str}", "/nop-ho-so/{code:str}",  # a procedure
    "/tra-cuu/{code:str}",  # status and dates, to anybody
    "/da-nop/{code:str}/bo-sung",  # leads on to the dossier's page
    "/danh-gia/{token:str}",  # asks for a rating; names nobody
    "/kho/{token:str}",  # the file behind a link that was noted when it was given
    "/tin-den/{slug:str}/{token:str}",
    "/tin-nhan/{slug:str}/{notice_id:uuid}/{number:int}/{token:str}",
    "/can-bo/nhieu-ho-so/{order_id:uuid}",  # the officer's own order: codes and how each ended
}  # fmt: skip
_OWN = "/ban-nhap/"  # drafts, which only their citizen knows of
_ADMIN = "/quan-tri/"  # administrators see no dossier


def _pages():
    for route in create_site(TENANT).routes:
        if isinstance(route, HTTPRoute) and "{" in route.path:
            for handler in route.route_handlers:
                if "GET" in handler.http_methods:
                    yield route.path, handler


def test_every_page_with_something_in_its_address_says_what_it_reads(servers):
    silent = {
        path
        for path, handler in _pages()
        if not handler.opt.get("reads") and not path.startswith((_OWN, _ADMIN))
    }
    assert silent == _READ_NOTHING & silent, silent - _READ_NOTHING
