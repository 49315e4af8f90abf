"""Attempts that must not end in a session; each gets a page, none a trace."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from app.people import service
from app.people.shapes import SYSTEM
from infra.settings import settings
from tenants import db, issuers
from tenants.current import acting_for
from tenants.issuers import Demands
from tenants.shapes import Tenant
from tenants.work import work
from tests.doors.signin.conftest import (
    EAST,
    HUNG,
    LAN,
    OPS,
    VAN,
    WEST,
    Browser,
    MakeBrowser,
    Town,
    admit_lan,
    trust,
)
from tests.ports import free_ports

INCIDENT = re.compile(r'<b class="code">[A-Z2-7]{6}</b>')
CALLBACK = "/dang-nhap/xac-nhan"


def changed(address: str, **changes: str | None) -> str:
    """An address with parameters of its query replaced, or removed by None."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()


def assert_refused(answer: httpx.Response, visitor: Browser, words: str, status: int = 400) -> None:
    assert answer.status_code == status
    assert words in answer.text
    assert INCIDENT.search(answer.text)
    assert "Traceback" not in answer.text
    assert visitor.token is None


@pytest.mark.asvs("10.1.2", "10.2.1")
async def test_a_forged_callback_is_refused(east: Tenant, browser: MakeBrowser) -> None:
    visitor = browser()
    for query in ("", "?state=", "?code=x", "?state=gia-mao&code=x", f"?state={'x' * 5000}&code=x"):
        answer = await visitor.get(CALLBACK + query)
        assert_refused(answer, visitor, "Lượt đăng nhập đã kết thúc")
    assert 'href="/dang-nhap"' in answer.text and 'href="/can-bo/dang-nhap"' in answer.text


@pytest.mark.asvs("10.1.2")
async def test_a_state_serves_once(east: Tenant, browser: MakeBrowser) -> None:
    hung = browser()
    back = await hung.at_issuer(await hung.begin(), HUNG)
    assert (await hung.get(back)).status_code == 303
    first = hung.token
    again = await hung.get(back)
    assert again.status_code == 400 and "đã được sử dụng" in again.text
    assert hung.token == first


@pytest.mark.asvs("10.1.2", "10.2.1")
async def test_another_browser_cannot_finish_what_one_began(
    east: Tenant, browser: MakeBrowser
) -> None:
    attacker, victim = browser(), browser()
    back = await attacker.at_issuer(await attacker.begin(), HUNG)
    await victim.begin()
    assert_refused(await victim.get(back), victim, "trình duyệt khác")


async def test_a_callback_of_one_tenant_is_nothing_at_another(
    east: Tenant, west: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung, neighbour = browser(), browser(WEST)
    back = await hung.at_issuer(await hung.begin(), HUNG)
    await neighbour.begin()
    answer = await neighbour.get(back.replace(EAST, WEST))
    assert_refused(answer, neighbour, "Lượt đăng nhập đã kết thúc")


@pytest.mark.asvs("10.2.2")
@pytest.mark.parametrize("said", ["http://gia-mao.localhost", "", None])
async def test_a_wrong_or_missing_issuer_is_refused(
    east: Tenant, browser: MakeBrowser, said: str | None
) -> None:
    hung = browser()
    back = await hung.at_issuer(await hung.begin(), HUNG)
    assert_refused(await hung.get(changed(back, iss=said)), hung, "Chưa đăng nhập được")


@pytest.mark.asvs("10.2.2", "6.8.1")
@pytest.mark.parametrize("honest", [True, False])
async def test_an_answer_of_one_issuer_does_not_fit_the_attempt_at_another(
    east: Tenant, town: Town, browser: MakeBrowser, honest: bool
) -> None:
    await admit_lan(east)
    await trust(east.id, EAST, "staff", town.more_staff)
    lan = browser()
    first = await lan.begin("/can-bo/dang-nhap", 0)
    second = await lan.at_issuer(await lan.begin("/can-bo/dang-nhap", 1), LAN)
    state = parse_qs(urlsplit(first).query)["state"][0]
    lie = {} if honest else {"iss": town.staff.url}
    assert_refused(await lan.get(changed(second, state=state, **lie)), lan, "Chưa đăng nhập được")


@pytest.mark.parametrize("code", ["khong-co-ma-nay", None])
async def test_a_code_that_is_not_good_is_refused(
    east: Tenant, browser: MakeBrowser, code: str | None
) -> None:
    hung = browser()
    back = await hung.at_issuer(await hung.begin(), HUNG)
    assert_refused(await hung.get(changed(back, code=code)), hung, "Chưa đăng nhập được")


@pytest.mark.asvs("10.1.2", "10.2.1")
async def test_a_code_of_somebody_elses_attempt_is_refused(
    east: Tenant, browser: MakeBrowser
) -> None:
    attacker, victim = browser(), browser()
    stolen = await attacker.at_issuer(await attacker.begin(), HUNG)
    own = await victim.at_issuer(await victim.begin(), HUNG)
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    # PKCE ties the code to the attempt it was given for.
    assert_refused(await victim.get(changed(own, code=code)), victim, "Chưa đăng nhập được")


async def test_who_declines_is_told_how_to_go_on(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    state = parse_qs(urlsplit(await hung.begin()).query)["state"][0]
    query = urlencode({"state": state, "error": "access_denied", "iss": town.citizens.url})
    assert_refused(await hung.get(f"{CALLBACK}?{query}"), hung, "Đã dừng đăng nhập")


@pytest.mark.asvs("1.2.1", "16.5.1")
async def test_an_error_of_the_issuer_is_not_echoed(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    hung = browser()
    state = parse_qs(urlsplit(await hung.begin()).query)["state"][0]
    query = urlencode(
        {
            "state": state,
            "error": "<script>server_error",
            "error_description": "<script>alert(1)</script>",
            "iss": town.citizens.url,
        }
    )
    answer = await hung.get(f"{CALLBACK}?{query}")
    assert_refused(answer, hung, "Chưa đăng nhập được")
    assert "alert" not in answer.text and "server_error" not in answer.text


@pytest.mark.asvs("16.5.2")
async def test_a_provider_that_does_not_answer_is_told(
    make_tenant: Callable[..., object], town: Town, browser: MakeBrowser
) -> None:
    tenant = await make_tenant("tay")  # type: ignore[misc]
    [port] = free_ports(1)
    gone = type(town.citizens)(name="mat", host="mat.localhost", port=port)
    await trust(tenant.id, WEST, "citizen", gone)
    visitor = browser(WEST)
    shown = await visitor.get("/dang-nhap")
    chosen = re.findall(r'name="issuer" value="([^"]+)"', shown.text)[0]
    answer = await visitor.post("/dang-nhap", issuer=chosen)
    assert_refused(answer, visitor, "Hệ thống định danh tạm thời không trả lời", 503)


@pytest.mark.asvs("10.5.3")
async def test_a_discovery_document_of_another_issuer_is_not_believed(
    make_tenant: Callable[..., object], town: Town, browser: MakeBrowser
) -> None:
    tenant = await make_tenant("tay")  # type: ignore[misc]
    # The same server under another name: what it says of itself does not match.
    alias = type(town.citizens)(name="x", host="bi-danh.localhost", port=town.citizens.port)
    await trust(tenant.id, WEST, "citizen", alias)
    visitor = browser(WEST)
    shown = await visitor.get("/dang-nhap")
    chosen = re.findall(r'name="issuer" value="([^"]+)"', shown.text)[0]
    answer = await visitor.post("/dang-nhap", issuer=chosen)
    assert_refused(answer, visitor, "tạm thời không trả lời", 503)


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
async def test_nobody_is_sent_to_another_site_after_signing_in(
    east: Tenant, browser: MakeBrowser, target: str
) -> None:
    hung = browser()
    shown = await hung.get("/dang-nhap")
    chosen = re.findall(r'name="issuer" value="([^"]+)"', shown.text)[0]
    sent = await hung.post("/dang-nhap", issuer=chosen, ve=target)
    entered = await hung.get(await hung.at_issuer(sent.headers["location"], HUNG))
    assert entered.headers["location"] == "/"


async def test_a_page_asked_for_without_a_session_leads_to_the_sign_in(
    east: Tenant, browser: MakeBrowser
) -> None:
    visitor = browser()
    assert (await visitor.get("/cua-toi")).headers["location"] == "/dang-nhap?ve=/cua-toi"
    assert (await visitor.get("/can-bo")).headers["location"] == "/can-bo/dang-nhap"


@pytest.mark.asvs("7.2.1")
async def test_a_form_sent_without_a_session_says_the_session_has_ended(
    east: Tenant, browser: MakeBrowser
) -> None:
    answer = await browser().post("/can-bo/viec")
    assert answer.status_code == 401
    assert "Phiên làm việc đã hết hạn" in answer.text
    assert 'href="/can-bo/dang-nhap"' in answer.text


async def test_a_fragment_asked_for_without_a_session_takes_the_whole_page_along(
    east: Tenant, browser: MakeBrowser
) -> None:
    visitor = browser()
    answer = await visitor.http.get(
        visitor.at("/can-bo"),
        headers={"HX-Request": "true", "HX-Current-URL": visitor.at("/can-bo/hop-viec?tab=2")},
    )
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/can-bo/dang-nhap?ve=/can-bo/hop-viec%3Ftab%3D2"


async def test_a_program_without_a_session_gets_a_problem_document(
    east: Tenant, browser: MakeBrowser
) -> None:
    visitor = browser()
    answer = await visitor.http.get(visitor.at("/can-bo"), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_needed"


@pytest.mark.asvs("8.2.1")
async def test_a_citizen_is_not_staff_and_staff_is_not_a_citizen(
    east: Tenant, browser: MakeBrowser
) -> None:
    await admit_lan(east)
    hung, lan = browser(), browser()
    await hung.sign_in(HUNG)
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    assert (await hung.get("/can-bo")).status_code == 303
    assert (await hung.post("/can-bo/viec")).status_code == 401
    assert (await lan.get("/cua-toi")).status_code == 303


@pytest.mark.asvs("8.4.1", "3.5.4")
async def test_sessions_are_nothing_at_another_site(
    east: Tenant, west: Tenant, vendor: None, browser: MakeBrowser
) -> None:
    hung, van = browser(), browser(OPS)
    await hung.sign_in(HUNG)
    await van.sign_in(VAN)
    for token, host, path in (
        (hung.token, WEST, "/cua-toi"),
        (hung.token, OPS, "/"),
        (van.token, EAST, "/cua-toi"),
        (van.token, EAST, "/can-bo"),
    ):
        thief = browser(host)
        thief.wear(token)
        assert (await thief.get(path)).status_code == 303


@pytest.mark.asvs("3.5.1")
async def test_forms_of_other_sites_do_nothing(
    east: Tenant, west: Tenant, town: Town, browser: MakeBrowser
) -> None:
    await admit_lan(east)
    lan = browser()
    await lan.sign_in(LAN, "/can-bo/dang-nhap")
    for origin in ("http://evil.example", town.origin(WEST), "null", "http://" + EAST):
        refused = await lan.post("/can-bo/viec", origin=origin)
        assert refused.status_code == 403 and "không xuất phát từ trang này" in refused.text
    bare = await lan.http.post(lan.at("/can-bo/viec"))
    assert bare.status_code == 403
    assert (await lan.post("/dang-xuat", origin="http://evil.example")).status_code == 403
    assert (await lan.get("/can-bo")).status_code == 200


@pytest.mark.asvs("16.5.2", "16.5.3")
async def test_redis_away_is_a_page_that_asks_to_come_back(
    east: Tenant, browser: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.doors import session_store

    hung = browser()
    await hung.sign_in(HUNG)
    await session_store.close()
    monkeypatch.setenv("MOTCUA_REDIS_URL", "unix:///tmp/khong-co-redis.sock")
    settings.cache_clear()
    try:
        for answer in (
            await hung.get("/cua-toi"),
            await hung.post("/dang-xuat"),
            await browser().get(CALLBACK + "?state=x&code=y"),
        ):
            assert answer.status_code == 503
            assert "tạm thời chưa phục vụ được" in answer.text and INCIDENT.search(answer.text)
        # A stranger needs no session, so the open pages go on.
        assert (await browser().get("/dang-nhap")).status_code == 200
    finally:
        await session_store.close()
        monkeypatch.undo()
        settings.cache_clear()
    assert (await hung.get("/cua-toi")).status_code == 200


@pytest.mark.asvs("6.8.4", "6.3.3")
async def test_who_shows_no_second_factor_stays_out_or_may_do_no_administrators_work(
    east: Tenant, town: Town, browser: MakeBrowser
) -> None:
    lan_id = await admit_lan(east)
    about = {"label": "x", "client_id": f"client-{EAST}", "client_secret": f"secret-of-{EAST}"}
    for demands, status in (
        (Demands(acr=("hai-yeu-to",)), 403),
        (Demands(amr=("mfa",), administrators_only=True), 303),
    ):
        await issuers.trust(east.id, "staff", town.staff.url, **about, demands=demands)
        lan = browser()
        address = await lan.begin("/can-bo/dang-nhap")
        assert parse_qs(urlsplit(address).query).get("acr_values", []) == list(demands.acr)
        answer = await lan.get(await lan.at_issuer(address, LAN))
        assert answer.status_code == status, answer.text
        assert (lan.token is None) is (status == 403)
    assert (await lan.get("/can-bo")).status_code == 200
    with acting_for(east):
        async with work():
            administrators = "select id from post where kind = 'administrator'"
            await service.hold_post(SYSTEM, lan_id, await db.tenant.fetch_value(administrators))
    refused = await lan.get("/can-bo")
    assert refused.status_code == 403 and "hai yếu tố" in refused.text
