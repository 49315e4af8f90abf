"""Rows of docs/asvs.md that do not apply rest on something we do not have; noticed when we do."""

import re
from functools import cache

import pytest
from litestar.routes import HTTPRoute

from app.main import OPS, TENANT, create_site
from tests.security.syntax import (
    HOUSE,
    ROOMS,
    SCRIPTS,
    SERVED,
    TEMPLATES,
    called,
    calls,
    dependencies,
    imported,
)


@cache
def paths() -> frozenset[str]:
    sites = create_site(TENANT), create_site(OPS)
    return frozenset(route.path for site in sites for route in site.routes)


@pytest.mark.asvs("1.2.6", "1.2.7", "1.2.8", "1.3.8", "1.3.9", "6.8.3")
def test_we_speak_to_no_directory_query_no_xml_and_typeset_no_latex() -> None:
    absent = set(
        [
            "ldap",
            "ldap3",
            "lxml",
            "pymemcache",
            "pylibmc",
            "memcache",
            "saml2",
            "onelogin",
            "pylatex",
            "elementpath",
            "jnius",
            "bonsai",
            "python-ldap",
            "pysaml2",
        ]
    )
    assert not absent & (dependencies() | {n.partition(".")[0] for n in imported(SERVED)})
    assert [
        n for _, n, _ in calls(SERVED) if n.endswith((".xpath", ".findall")) and "tree" in n
    ] == []


@pytest.mark.asvs("4.3.1", "4.3.2", "4.4.1", "4.4.2", "4.4.3", "4.4.4")
def test_there_is_neither_graphql_nor_a_websocket(servers: object) -> None:
    for site in (create_site(TENANT), create_site(OPS)):
        assert all(isinstance(route, HTTPRoute) for route in site.routes)
    assert not {"strawberry-graphql", "graphene", "ariadne", "graphql-core"} & dependencies()
    assert not [path for path in paths() if "graphql" in path]
    assert 'ws="none"' in (HOUSE / "app/web.py").read_text()


@pytest.mark.asvs("17.1.1", "17.2.1", "17.2.2", "17.2.3", "17.2.4", "17.3.1", "17.3.2")
def test_there_is_no_webrtc() -> None:
    assert not {"aiortc", "aioice", "pylibsrtp", "janus"} & dependencies()
    text = "\n".join(path.read_text() for path in SCRIPTS)
    assert "RTCPeerConnection" not in text and "getUserMedia" not in text


@pytest.mark.asvs(
    *[
        "6.1.2",
        "6.2.1",
        "6.2.2",
        "6.2.3",
        "6.2.4",
        "6.2.5",
        "6.2.6",
        "6.2.7",
        "6.2.8",
        "6.2.9",
        "6.2.10",
        "6.2.11",
        "6.2.12",
        "6.4.1",
        "6.4.2",
        "6.4.3",
        "6.4.4",
        "6.5.1",
        "6.5.2",
        "6.5.3",
        "6.5.4",
        "6.5.5",
        "6.6.1",
        "6.6.2",
        "6.6.3",
        "11.4.2",
        "11.4.4",
    ]
)
def test_we_keep_no_password_no_code_and_no_second_factor_of_anybody(servers: object) -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert 'type="password"' not in text and "one-time-code" not in text, path
    schemas = [
        p.read_text().lower() for room in ROOMS for p in (HOUSE / room).rglob("schema/**/*.sql")
    ]
    assert schemas
    columns = r"^\s+(password|passwd|pass_hash|otp|totp|pin|secret_question|recovery)\w*\s"
    assert [m for text in schemas for m in re.findall(columns, text, re.MULTILINE)] == []
    hashers = set(["bcrypt", "argon2", "passlib", "pyotp", "webauthn", "fido2"])
    assert not hashers & {name.partition(".")[0] for name in imported(SERVED)}
    assert called(SERVED, {"hashlib.scrypt", "hashlib.pbkdf2_hmac"}) == []
    assert not [p for p in paths() if re.search("mat-khau|quen|otp|ma-xac-thuc|dang-ky", p)]


@pytest.mark.asvs(
    *[
        "10.3.1",
        "10.3.2",
        "10.3.3",
        "10.3.4",
        "10.4.1",
        "10.4.2",
        "10.4.3",
        "10.4.4",
        "10.4.5",
        "10.4.6",
        "10.4.7",
        "10.4.8",
        "10.4.9",
        "10.4.10",
        "10.4.11",
        "10.6.1",
        "10.6.2",
        "10.7.1",
        "10.7.2",
        "10.7.3",
        "9.2.4",
    ]
)
def test_we_issue_no_token_and_take_none_of_an_authorization_server(servers: object) -> None:
    ends = ("/token", "/authorize", "/userinfo", "/introspect", "/revoke", "/register", "/consent")
    assert not [path for path in paths() if path.endswith(ends) or "oauth" in path]
    server_side = {n for n in imported(SERVED) if "rfc6749.grants" in n or "ResourceProtector" in n}
    assert server_side == set()
    # The only bearer tokens are a partner's signature and a meter's secret.
    bearers = {
        f
        for f, n, c in calls(SERVED)
        if n.endswith("headers.get")
        and c.args
        and getattr(c.args[0], "value", "") == "authorization"
    }
    assert bearers <= {"app/doors/exchange.py", "app/doors/usage.py"}


@pytest.mark.asvs("12.1.3")
def test_no_client_certificate_decides_anything() -> None:
    served = "\n".join(path.read_text().lower() for path in SERVED)
    assert "ssl-client" not in served and "x-client-cert" not in served and "peercert" not in served


@pytest.mark.asvs("1.4.1", "1.4.2", "1.4.3")
def test_no_code_of_ours_manages_memory() -> None:
    ours = [
        p
        for room in ROOMS
        for p in (HOUSE / room).rglob("*")
        if p.suffix in {".c", ".pyx", ".rs", ".so"}
    ]
    assert ours == []
    unsafe = {"ctypes", "cffi", "_ctypes"} & {n.partition(".")[0] for n in imported(SERVED)}
    assert unsafe == set()
