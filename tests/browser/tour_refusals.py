"""The pages that say no."""

from playwright.sync_api import expect

from tests import cast
from tests.browser import walks
from tests.browser.gallery import Gallery


def refusals(shown: Gallery) -> None:
    """Nothing there, nobody's host, not admitted, a session or a sign-in that ended."""
    page = shown.page("")
    for slug, path, name in (
        ("binhdinh", "/khong-co", "no-page"),
        ("binhdinh", "/dang-nhap/xac-nhan?state=khac&code=1", "sign-in-failed"),
        ("binhdinh", "/kho/het-han", "link-ended"),
        ("hanoi", "/", "no-host"),
    ):
        page.goto(shown.instance.origin(slug) + path)
        shown.look(page, name)
    shown.at(cast.LAN, "/can-bo/ho-so/H08-1", "desk-no-page")
    shown.at("vanhanh", "/khong-co", "ops-no-page", "ops")
    _stranger(shown)
    _expired(shown)
    _suspended(shown)


def _stranger(shown: Gallery) -> None:
    page = shown.page("khach.ngo")
    page.goto(shown.instance.origin("binhdinh") + "/can-bo")
    walks.sign_in(page, "khach.ngo", shown.instance.password, admitted=False)
    shown.look(page, "not-admitted")


def _expired(shown: Gallery) -> None:
    page = shown.visit("hung.tran", f"/nop-ho-so/{walks.BIRTH}")
    page.context.clear_cookies(name="motcua")
    walks.press(page, "Bắt đầu")
    expect(page.locator("h1")).to_have_text("Phiên làm việc đã hết hạn")
    shown.look(page, "expired")


def _suspended(shown: Gallery) -> None:
    page = shown.page("")
    here = shown.instance.origin("laocai")
    walks.command(shown.instance, "tenant", "suspend", "laocai", "bảo trì", "--until", "2099-03-31")
    try:
        walks.until(lambda: page.goto(here).status == 503 or None, "a suspended province")
        shown.look(page, "suspended")
    finally:
        walks.command(shown.instance, "tenant", "resume", "laocai")
    walks.until(lambda: page.goto(here).status == 200 or None, "the province being back")
