"""Which addresses one may be sent back to, and which origins are the site's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.doors.origin import is_own
from app.doors.signin.paths import safe_return, sign_in_address


@pytest.mark.parametrize(
    "path", ["/", "/ho-so-cua-toi", "/a?b=c&d=%C4%91", "/a/../b", "/can-bo/ho-so/H08.01-260101"]
)
def test_paths_of_the_site_are_kept(path: str) -> None:
    assert safe_return(path, "citizen") == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "trang",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " /a",
        "/đất",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_becomes_the_first_page(path: str | None) -> None:
    assert safe_return(path, "citizen") == "/"
    assert safe_return(path, "staff") == "/can-bo"


@pytest.mark.asvs("3.7.2", "1.2.2")
@given(st.text())
def test_no_text_leads_to_another_site(text: str) -> None:
    kept = safe_return(text, "citizen")
    assert kept.startswith("/") and not kept.startswith(("//", "/\\"))
    assert kept.isascii() and kept.isprintable()


def test_the_sign_in_page_carries_the_whole_address() -> None:
    assert sign_in_address("staff", "/can-bo") == "/can-bo/dang-nhap"
    assert sign_in_address("citizen", "/a?b=1&c=2") == "/dang-nhap?ve=/a%3Fb%3D1%26c%3D2"


HOST = {"host": "binhdinh.localhost:8080"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://binhdinh.localhost:8080"},
        {"origin": "http://BinhDinh.localhost:8080"},
        {"referer": "http://binhdinh.localhost:8080/nop?x=1"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
)
def test_a_request_of_the_sites_own_page_passes(headers: dict[str, str]) -> None:
    assert is_own(HOST | headers, "http")


@pytest.mark.asvs("3.5.1", "3.5.2")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://binhdinh.localhost:8080"},
        {"origin": "http://binhdinh.localhost"},
        {"origin": "http://laocai.localhost:8080"},
        {"origin": "http://binhdinh.localhost:8080.evil.example"},
        {"origin": "http://evil.example", "referer": "http://binhdinh.localhost:8080/"},
        {"referer": "http://evil.example/http://binhdinh.localhost:8080/"},
        {"referer": "binhdinh.localhost:8080"},
        {"sec-fetch-site": "same-site", "origin": "http://binhdinh.localhost:8080"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_any_other_request_is_foreign(headers: dict[str, str]) -> None:
    assert not is_own(HOST | headers, "http")


def test_a_request_without_a_host_is_foreign() -> None:
    assert not is_own({"origin": "http://"}, "http")
    assert not is_own({"referer": "http:///x"}, "http")
