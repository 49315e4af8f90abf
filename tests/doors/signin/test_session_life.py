"""How long a session lives, and what remains of it."""

from datetime import timedelta

import httpx
import pytest
from redis.asyncio import Redis

from app.doors.entrance import Entrance
from app.doors.session_life import LIMITS, cookie, cookie_name
from app.people import service
from app.people.shapes import SYSTEM
from infra.clock import frozen, now
from infra.settings import settings
from tenants.current import acting_for
from tenants.shapes import Tenant
from tenants.work import work
from tests.conftest import Servers
from tests.doors.signin.conftest import EAST, HUNG, LAN, MakeBrowser, Town, admit_lan


class Straight:
    """Asks the application without a network in between, so that its clock can be held."""

    def __init__(self, app: Entrance, town: Town, token: str) -> None:
        self.app, self.home, self.token = app, town.origin(EAST), token

    async def status(self, path: str, after: timedelta) -> int:
        """What the page answers so long from now."""
        with frozen(now() + after):
            transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url=self.home) as http:
                http.cookies.set("motcua", self.token)
                return (await http.get(path)).status_code


@pytest.mark.asvs("7.3.1")
async def test_an_idle_session_ends(
    east: Tenant, app: Entrance, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    straight = Straight(app, town, hung.token)
    idle = LIMITS["citizen"].idle
    assert await straight.status("/cua-toi", idle - timedelta(seconds=2)) == 200
    assert await straight.status("/cua-toi", 2 * idle - timedelta(minutes=1)) == 200
    assert await straight.status("/cua-toi", 3 * idle) == 303
    # What has ended does not come back with the clock.
    assert await straight.status("/cua-toi", timedelta()) == 303


@pytest.mark.asvs("7.3.2")
async def test_a_busy_session_ends_as_well_in_the_end(
    east: Tenant, app: Entrance, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    straight = Straight(app, town, hung.token)
    limits, at = LIMITS["citizen"], timedelta()
    while (at := at + limits.idle - timedelta(minutes=1)) < limits.absolute:
        assert await straight.status("/cua-toi", at) == 200
    assert await straight.status("/cua-toi", at) == 303


@pytest.mark.asvs("7.2.4")
async def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(
    east: Tenant, browser: MakeBrowser
) -> None:
    hung, thief = browser(), browser()
    await hung.sign_in(HUNG)
    first = hung.token
    # Pages do not offer it to the signed-in, so the second attempt began before the first ended.
    hung.http.cookies.delete("motcua", domain=EAST, path="/")
    address = await hung.begin()
    hung.wear(first)
    await hung.get(await hung.at_issuer(address, HUNG))
    assert hung.token not in (None, first)
    assert (await hung.get("/cua-toi")).status_code == 200
    thief.wear(first)
    assert (await thief.get("/cua-toi")).status_code == 303


@pytest.mark.asvs("7.2.1")
async def test_a_made_up_token_is_a_strangers(east: Tenant, browser: MakeBrowser) -> None:
    visitor = browser()
    for token in ("", "x", "../../etc/passwd", "a" * 4000):
        visitor.wear(token)
        assert (await visitor.get("/")).json()["kind"] == "visitor"
        assert (await visitor.get("/cua-toi")).status_code == 303


@pytest.mark.asvs("14.2.4")
async def test_redis_holds_neither_tokens_nor_names_in_the_clear(
    east: Tenant, servers: Servers, browser: MakeBrowser
) -> None:
    hung = browser()
    await hung.sign_in(HUNG)
    redis = Redis.from_url(servers.valkey.url)
    keys = [key async for key in redis.scan_iter("*:dong:*")]
    session_keys = [key for key in keys if key.startswith(b"session:dong:")]
    assert session_keys
    for key in keys:
        kind = await redis.type(key)
        stored = await redis.get(key) if kind == b"string" else b"".join(await redis.smembers(key))
        text = key + b" " + stored
        assert hung.token.encode() not in text
        assert "Hùng".encode() not in text and b"hung.tran" not in text
        assert 0 < await redis.ttl(key) <= LIMITS["staff"].absolute.total_seconds()
    await redis.aclose()


@pytest.mark.asvs("11.3.3", "8.4.1")
async def test_a_session_moved_to_another_key_is_nothing(
    east: Tenant, west: Tenant, servers: Servers, browser: MakeBrowser
) -> None:
    hung, thief = browser(), browser("tay.localhost")
    await hung.sign_in(HUNG)
    redis = Redis.from_url(servers.valkey.url)
    async for key in redis.scan_iter("session:dong:*"):
        await redis.copy(key, key.replace(b":dong:", b":tay:"))
    await redis.aclose()
    thief.wear(hung.token)
    assert (await thief.get("/cua-toi")).status_code == 303


@pytest.mark.asvs("7.4.2", "8.3.1")
async def test_a_dismissed_officer_is_out_with_the_next_click(
    east: Tenant, browser: MakeBrowser
) -> None:
    lan_id, lan = await admit_lan(east), browser()
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    assert (await lan.get("/can-bo")).status_code == 200
    with acting_for(east):
        async with work():
            await service.dismiss(SYSTEM, lan_id)
    out = await lan.get("/can-bo")
    assert out.status_code == 403 and "ngừng được cấp quyền" in out.text
    assert (await lan.post("/can-bo/viec")).status_code == 403
    back = await browser().sign_in(LAN, "/can-bo/dang-nhap")
    assert back.status_code == 403


async def test_a_post_taken_back_is_gone_with_the_next_click(
    east: Tenant, browser: MakeBrowser
) -> None:
    lan_id, lan = await admit_lan(east), browser()
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    from tenants import db

    with acting_for(east):
        await db.tenant.execute("delete from post_holding where officer_id = $1", lan_id)
    assert (await lan.get("/can-bo")).json()["posts"] == []


@pytest.mark.asvs("3.3.1", "3.3.3")
def test_over_https_the_cookie_is_bound_to_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "MOTCUA_PUBLIC_SCHEME": "https",
        "MOTCUA_CONTROL_DSN": "postgresql://x@y/z",
        "MOTCUA_CLUSTERS": "main=postgresql://y/",
        "MOTCUA_REDIS_URL": "redis://y",
        "MOTCUA_MODE": "development",
        "MOTCUA_STORAGE_ROOT": "/tmp/x",
        "MOTCUA_MASTER_KEY": "A" * 43 + "=",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        made = cookie(cookie_name(), "x").to_header(header="")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert made.startswith("__Host-motcua=x")
    assert "Secure" in made and "Path=/" in made and "Domain" not in made
