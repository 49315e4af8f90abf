"""How often one may ask: the rules by the thousand, a real Valkey, none, and the doors."""

import asyncio
import random
from contextvars import ContextVar

import pytest

from app.doors import limits, limits_store
from app.doors.limits_address import client_address, household, networks
from app.doors.limits_lanes import ROOMS, InTurn
from app.doors.limits_rules import Kind, Limit, kind_of, kinds, part, spent, wait_words
from app.doors.limits_store import Buckets, asks_of
from app.main import OPS, TENANT, create_site
from infra.settings import settings
from infra.turns import Room
from tenants import db
from tests import cast
from tests.house.test_routes import handlers

site_name: ContextVar[str] = ContextVar("site_name")
ASKED = Kind(name="thu", address=Limit(3, 60), tenant=Limit(1000, 60000))


@pytest.fixture(autouse=True)
def buckets(monkeypatch):
    """What other tests counted in this process is not counted here."""
    monkeypatch.setattr(limits, "BUCKETS", found := Buckets())
    return found


def test_in_no_stretch_of_time_is_more_granted_than_the_limit_says():
    luck = random.Random(83)
    for _ in range(700):
        limit = Limit(luck.randint(1, 20), luck.choice([0.4, 6, 60, 2400]))
        empty = at = luck.randint(0, 10**9)
        granted = []
        for _ in range(60):
            at += int(luck.expovariate(1) * limit.every_us * luck.choice([0.1, 1, 3]))
            empty, wait = spent(empty, at, limit)
            if not wait:
                granted.append(at)
            else:
                # Told when to come, and then it is true, and not a moment before.
                assert not spent(empty, at + wait, limit)[1]
                assert spent(empty, at + wait - 1, limit)[1]
        for n, began in enumerate(granted):
            for m, ended in enumerate(granted[n:], 1):
                assert m <= limit.at_once + (ended - began) / limit.every_us + 1e-6


def test_who_keeps_to_the_pace_is_never_told_to_wait():
    limit, empty = Limit(1, 40), 0
    for n in range(5000):
        empty, wait = spent(empty, n * limit.every_us, limit)
        assert not wait
    assert part(Limit(6, 0.4), 0.34).at_once == 2
    assert (wait_words(5), wait_words(61), wait_words(150)) == ("5 giây", "2 phút", "3 phút")


@pytest.mark.asvs("2.4.1")
def test_every_route_is_of_the_kind_it_should_be():
    found = {}
    for name, doors in (("tenant", TENANT), ("vendor", OPS)):
        for path, handler in handlers(create_site(doors)):
            plain = path.replace("{", "").replace("}", "").replace(":", "")
            for method in handler.http_methods - {"OPTIONS"}:
                found[name, method, path] = kind_of(method, plain).name
    known = {
        ("tenant", "GET", "/tra-cuu/{code:str}"): "page",
        ("tenant", "POST", "/tra-cuu/{code:str}"): "guess",
        ("tenant", "POST", "/can-bo/dang-nhap"): "sign_in",
        ("tenant", "GET", "/dang-nhap/xac-nhan"): "sign_in",
        ("tenant", "PATCH", "/tep/{identity:uuid}"): "upload",
        ("tenant", "POST", "/ban-nhap/{draft_id:uuid}/nop"): "filing",
        ("tenant", "GET", "/can-bo/so-theo-doi"): "search",
        ("tenant", "GET", "/can-bo/so-theo-doi/pdf"): "export",
        ("tenant", "GET", "/can-bo/thong-ke"): "export",
        ("tenant", "GET", "/quan-tri/su-dung/{month:str}/tep/{name:str}"): "export",
        ("tenant", "PUT", "/api/v1/exchange/{message_id:uuid}"): "exchange",
        ("vendor", "POST", "/api/v1/usage"): "usage",
        ("tenant", "POST", "/can-bo/ho-so/{code:str}/tiep-nhan"): "act",
    }
    assert {route: found[route] for route in known} == known
    assert {kind for kind in found.values()} == set(kinds())
    # What may be tried again and again to find out a secret is counted in every deployment.
    assert {name for name, kind in kinds().items() if kind.secret} == {"guess", "sign_in"}
    assert kind_of("POST", "/can-bo/ho-so/X/chuyen", files=True).name == "upload"


@pytest.mark.asvs("4.1.3", "15.3.4")
def test_only_our_own_proxies_say_who_stands_before_them():
    ours = networks("10.0.0.0/8 2001:db8::/32")
    said = "1.1.1.1, 203.0.113.9, 10.2.0.1"
    assert client_address("10.1.0.1", said, ours) == "203.0.113.9"
    assert client_address("10.1.0.1", "garbage, 10.2.0.1", ours) == "10.2.0.1"
    assert client_address("198.51.100.7", said, ours) == "198.51.100.7"
    assert client_address("10.1.0.1", said, ()) == "10.1.0.1"
    assert client_address("2001:db8::1", "[2a00:1::5]:443", ours) == "2a00:1::5"
    assert household("2a00:1:2:3:4::5") == household("2a00:1:2:3:9::1") == "2a00:1:2:3::/64"
    assert household("2a00:1:2:4::1") != household("2a00:1:2:3::1")
    assert household("::ffff:203.0.113.9") == household("203.0.113.9") == "203.0.113.9"


async def _tries(buckets: Buckets, times: int, who: str = "a", site: str = "x") -> list[bool]:
    asks = asks_of(ASKED, site, {"address": who, "tenant": ""})
    return [await buckets.spend(ASKED, asks) is None for _ in range(times)]


async def test_processes_count_together_in_valkey_and_tenants_apart(house):
    site, one, other = f"t{random.random()}", Buckets(), Buckets()
    assert await _tries(one, 2, site=site) == [True, True]
    assert await _tries(other, 3, site=site) == [True, False, False]
    assert await _tries(one, 1, site=site) == [False]
    # Another asker, and the same asker at another tenant, are not touched by it.
    assert await _tries(one, 1, who="b", site=site) == [True]
    assert await _tries(one, 1, site=f"{site}-2") == [True]
    assert (await one.spend(ASKED, asks_of(ASKED, site, {"address": "a"}))).seconds == 1
    # Many at the same moment get no more than one after the other.
    crowd = await asyncio.gather(*(_tries(Buckets(), 1, who="c", site=site) for _ in range(12)))
    assert sum(each == [True] for each in crowd) == 3


@pytest.mark.asvs("6.3.1", "16.5.2")
async def test_without_valkey_pages_stay_open_and_guesses_get_fewer(house, monkeypatch):
    monkeypatch.setenv("MOTCUA_REDIS_URL", "unix:///nowhere/valkey.sock")
    settings.cache_clear()
    await limits_store.session_store.close()
    alone = Buckets()
    try:
        assert sum(await _tries(alone, 10)) == ASKED.address.at_once
        guess = kinds()["guess"]
        asks = asks_of(guess, "x", {"thing": "a dossier"})
        assert [await alone.spend(guess, asks) is None for _ in range(4)] == [
            True,
            True,
            False,
            False,
        ]
        page, calm = kinds()["page"], Buckets()
        asks = asks_of(page, "x", {"address": "a", "tenant": ""})
        assert all([await calm.spend(page, asks) is None for _ in range(page.address.at_once)])
    finally:
        monkeypatch.undo()
        settings.cache_clear()


@pytest.mark.asvs("2.4.1")
async def test_a_full_bucket_answers_with_a_page_that_says_when(province, browse, monkeypatch):
    monkeypatch.setitem(kinds(), "page", Kind(name="page", address=Limit(1, 2), tenant=Limit(9, 9)))
    crowd = await browse(province)
    assert (await crowd.get("/tra-cuu")).status_code == 200
    answer = await crowd.get("/tra-cuu")
    assert answer.status_code == 429 and answer.headers["retry-after"] == "30"
    assert "Ông/bà vui lòng thử lại sau 30 giây" in answer.text
    machine = await crowd.get("/tra-cuu", headers={"Accept": "application/json"})
    assert machine.json()["code"] == "too_fast" and machine.headers["retry-after"]
    # Who signs in is counted by account: the others at the same address do no harm.
    citizen = await browse(province, await cast.citizen())
    assert (await citizen.get("/tra-cuu")).status_code == 200
    # So is who stands before one of our proxies, whom nobody else can claim to be.
    behind = {"X-Forwarded-For": "203.0.113.9"}
    assert (await crowd.get("/tra-cuu", headers=behind)).status_code == 429
    with monkeypatch.context() as proxied:
        proxied.setenv("MOTCUA_TRUSTED_PROXIES", "127.0.0.0/8")
        settings.cache_clear()
        assert (await crowd.get("/tra-cuu", headers=behind)).status_code == 200
    settings.cache_clear()


@pytest.mark.asvs("15.2.2")
async def test_a_query_that_takes_too_long_is_cancelled_and_its_line_not_used_again(tenant):
    asleep = "select count(*) from pg_stat_activity where query = 'select pg_sleep(21)'"
    before = await db.tenant.fetch_value("select pg_backend_pid()")
    with db.patience(0.05), pytest.raises(TimeoutError):
        await db.tenant.fetch_value("select pg_sleep(21)")
    assert await db.tenant.fetch_value("select pg_backend_pid()") != before
    while await db.tenant.fetch_value(asleep):
        pass


class _Slow:
    """A site whose pages take as long as the test likes."""

    def __init__(self) -> None:
        self.go, self.inside = asyncio.Event(), 0

    async def __call__(self, scope, receive, send) -> None:
        self.inside += 1
        if scope["method"] == "POST":
            await receive()
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


class _Request:
    """One request to a site in turn, without a network."""

    def __init__(self, site: InTurn, name: str, address: str = "1.1.1.1", method: str = "GET"):
        self.status, self.body, self.sent = 0, b"", asyncio.Event()
        scope = {"type": "http", "method": method, "path": "/", "headers": []}
        scope["client"] = (address, 1)
        self.task = asyncio.create_task(self._run(site, name, scope))

    async def _run(self, site, name, scope) -> None:
        async def receive():
            await self.sent.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            self.status = message.get("status", self.status)
            self.body += message.get("body", b"")

        site_name.set(name)
        await site(scope, receive, send)


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setattr("app.doors.limits_lanes.site_name", site_name.get)
    monkeypatch.setattr("app.doors.limits_lanes._TOLD_AFTER_SECONDS", 0.0)
    room = Room(places=4, most=3, least=1, waiting=2, seconds=60.0)
    return (door := _Slow()), InTurn(door, dict.fromkeys(ROOMS, room))


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.asvs("15.2.2")
async def test_a_flood_at_one_tenant_leaves_the_others_answered(slow):
    door, site = slow
    flood = [_Request(site, "a", f"1.1.1.{n % 9}") for n in range(40)]
    await _settle()
    assert door.inside == 3  # its most, and the line is two long
    turned_away = [each for each in flood if each.task.done()]
    assert len(turned_away) == 35 and {each.status for each in turned_away} == {503}
    assert "Ông/bà vui lòng chờ khoảng 5 giây".encode() in turned_away[0].body
    quiet = _Request(site, "b")
    await _settle()
    assert door.inside == 4
    door.go.set()
    await asyncio.gather(*(each.task for each in (*flood, quiet)))
    assert quiet.status == 200 and [each.status for each in flood].count(200) == 5


async def test_a_sender_who_is_waited_for_keeps_no_place(slow):
    door, site = slow
    senders = [_Request(site, "a", method="POST") for _ in range(3)]
    await _settle()
    door.go.set()
    reader = _Request(site, "a")
    await reader.task
    assert reader.status == 200 and not any(each.task.done() for each in senders)
    for each in senders:
        each.sent.set()
    await asyncio.gather(*(each.task for each in senders))
    assert {each.status for each in senders} == {200}
