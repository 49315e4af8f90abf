"""Signing out here, and being signed out by the issuer."""

import base64
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.doors.signin.tokens import LOGOUT_EVENT
from tenants.shapes import Tenant
from tests.doors.signin.conftest import (
    EAST,
    HUNG,
    LAN,
    OPS,
    STRANGER,
    VAN,
    WEST,
    Browser,
    MakeBrowser,
    Town,
    admit_lan,
)

BACK_CHANNEL = "/dang-xuat/kenh-sau"
UNFIT: list[dict[str, Any]] = [
    {"iss": "http://gia-mao.localhost"},
    {"iss": None},
    {"aud": f"client-{WEST}"},
    {"aud": [f"client-{EAST}", "client-khac"]},
    {"exp": int(time.time()) - 3600},
    {"exp": None},
    {"iat": None},
    {"iat": int(time.time()) + 3600},
    {"jti": None},
    {"sub": None},
    {"nonce": "x"},
    {"events": None},
    {"events": {"http://schemas.openid.net/event/khac": {}}},
    {"events": [LOGOUT_EVENT]},
]


@pytest.mark.asvs("7.4.1", "7.6.1")
async def test_signing_out_ends_the_session_here_and_at_the_issuer(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung, thief = browser(), browser()
    await hung.sign_in(HUNG)
    token = hung.token
    left = await hung.post("/dang-xuat")
    assert left.status_code == 303 and hung.token is None
    query = parse_qs(urlsplit(left.headers["location"]).query)
    assert left.headers["location"].startswith(town.citizens.url)
    assert query["post_logout_redirect_uri"] == [hung.at("/dang-xuat/xong")]
    assert query["client_id"] == [f"client-{EAST}"] and query["id_token_hint"]
    back = await hung.get(left.headers["location"])
    assert back.headers["location"] == hung.at("/dang-xuat/xong")
    assert "Phiên làm việc đã kết thúc" in (await hung.get("/dang-xuat/xong")).text
    thief.wear(token)
    assert (await thief.get("/cua-toi")).status_code == 303
    # The issuer asks anew who is there.
    asked = await hung.get(await hung.begin())
    assert urlsplit(asked.headers["location"]).path == "/login"


async def test_staff_and_the_vendor_sign_out_the_same_way(
    east: Tenant, vendor: None, town: Town, browser: MakeBrowser
) -> None:
    await admit_lan(east)
    lan, van = browser(), browser(OPS)
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    await van.sign_in(VAN)
    for person, issuer, page in ((lan, town.staff, "/can-bo"), (van, town.vendor, "/")):
        left = await person.post("/dang-xuat")
        assert left.headers["location"].startswith(issuer.url)
        assert (await person.get(page)).status_code == 303
    assert (await van.get("/dang-xuat/xong")).status_code == 200


async def test_signing_out_twice_is_no_error(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    await hung.post("/dang-xuat")
    again = await hung.post("/dang-xuat")
    assert (again.status_code, again.headers["location"]) == (303, "/dang-xuat/xong")


@pytest.mark.asvs("3.5.3")
async def test_a_link_cannot_sign_anybody_out(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    assert (await hung.get("/dang-xuat")).status_code in {404, 405}
    assert (await hung.get("/cua-toi")).status_code == 200


def logout_token(town: Town, subject: str, **changes: Any) -> str:
    """A logout token as the citizens' issuer would make it, with some claims changed."""
    now = int(time.time())
    claims = {
        "iss": town.citizens.url,
        "aud": f"client-{EAST}",
        "sub": subject,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid4()),
        "events": {LOGOUT_EVENT: {}},
        **changes,
    }
    key = RSAKey.import_key(town.keys[town.citizens.url])
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "logout+jwt"}, kept, key)


def b64(part: dict[str, Any]) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


async def tell(visitor: Browser, token: str) -> int:
    """The issuer's call, which comes from no page."""
    answer = await visitor.http.post(visitor.at(BACK_CHANNEL), data={"logout_token": token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


@pytest.mark.asvs("7.6.1")
async def test_the_issuer_ends_every_session_of_a_person_here_and_only_those(
    east: Tenant, west: Tenant, town: Town, browser: MakeBrowser
) -> None:
    phone, desktop, next_door, machine = browser(), browser(), browser(WEST), browser()
    for device in (phone, desktop, next_door):
        await device.sign_in(HUNG)
    await admit_lan(east)
    lan = browser()
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    assert await tell(machine, logout_token(town, HUNG.username)) == 200
    assert (await phone.get("/cua-toi")).status_code == 303
    assert (await desktop.get("/cua-toi")).status_code == 303
    assert (await next_door.get("/cua-toi")).status_code == 200
    assert (await lan.get("/can-bo")).status_code == 200


@pytest.mark.asvs("10.5.5")
async def test_a_logout_token_serves_once(east: Tenant, town: Town, browser: MakeBrowser) -> None:
    hung, machine = browser(), browser()
    token = logout_token(town, HUNG.username)
    assert await tell(machine, token) == 200
    await hung.sign_in(HUNG)
    assert await tell(machine, token) == 400
    assert (await hung.get("/cua-toi")).status_code == 200


@pytest.mark.asvs("10.5.5", "9.2.1")
async def test_a_logout_token_that_does_not_fit_ends_nothing(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    for changes in UNFIT:
        token = logout_token(town, HUNG.username, **changes)
        assert await tell(hung, token) == 400, changes
    assert (await hung.get("/cua-toi")).status_code == 200


@pytest.mark.asvs("9.1.1", "6.8.2")
async def test_a_logout_token_of_other_hands_ends_nothing(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    good = logout_token(town, HUNG.username)
    header, payload, signature = good.split(".")
    claims = jwt.decode(good, RSAKey.import_key(town.keys[town.citizens.url])).claims
    real = RSAKey.import_key(town.keys[town.citizens.url])
    other = RSAKey.generate_key(2048)
    shared = b64({"alg": "HS256", "kid": real.kid}) + "." + payload
    mac = hmac.digest(real.as_pem(private=False), shared.encode(), "sha256")
    for forged in (
        "",
        "khong-phai",
        "a.b.c",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        jwt.encode({"alg": "RS256", "kid": real.kid}, claims, other),
        jwt.encode({"alg": "RS256", "kid": "khong-co"}, claims, other),
        f"{shared}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}",
        f"{b64({'alg': 'none'})}.{payload}.",
        jwt.encode({"alg": "RS256", "kid": real.kid, "typ": "at+jwt"}, claims, real),
    ):
        assert await tell(hung, forged) == 400
    assert (await hung.get("/cua-toi")).status_code == 200


async def test_an_issuer_of_staff_cannot_end_a_citizens_session(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    key = RSAKey.import_key(town.keys[town.staff.url])
    now = int(time.time())
    claims = {
        "iss": town.staff.url, "aud": f"client-{EAST}", "sub": HUNG.username, "iat": now,
        "exp": now + 60, "jti": "j", "events": {LOGOUT_EVENT: {}},
    }  # fmt: skip
    token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
    assert await tell(hung, token) == 200
    assert (await hung.get("/cua-toi")).status_code == 200


async def test_a_person_who_was_not_admitted_can_leave_the_issuer(
    vendor: None, town: Town, browser: MakeBrowser
) -> None:
    stranger = browser(OPS)
    await stranger.sign_in(STRANGER)
    left = await stranger.post("/dang-xuat")
    assert left.headers["location"].startswith(town.vendor.url)
    assert "id_token_hint=" in left.headers["location"]
