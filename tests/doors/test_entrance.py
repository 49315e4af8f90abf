"""The front of the house: hosts, suspended tenants, headers, mistakes of ours, probes."""

import json
import logging
from datetime import date

import asyncpg
import httpx
import pytest

from app import worker
from app.doors.assets import static
from app.doors.portal import filing
from app.doors.probes import create_inner
from app.main import create_app
from infra.log import configure
from tenants import db, provision, registry
from tenants.clusters import owner, quoted
from tenants.work import current_work
from tests import cast
from tests.onestop.dossiers import story


async def test_an_unknown_host_is_told_nothing(province, browse):
    browser = await browse(province)
    answer = await browser.get("/", headers={"Host": "khong-co.test"})
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    program = await browser.get("/api/v1/openapi.json", headers={"Host": "khong-co.test"})
    assert program.json()["code"] == "not_found"
    for name in (province.slug, province.site.name, "Bình Định", "Một Cửa"):
        assert name not in answer.text


async def test_a_suspended_tenant_shows_a_dated_page_and_keeps_its_style(province, browse):
    browser = await browse(province)
    await provision.suspend(province.slug, "Bảo trì", date(2026, 12, 31))
    answer = await browser.get("/thu-tuc")
    assert answer.status_code == 503
    assert "31/12/2026" in answer.text and province.site.name in answer.text
    assert (await browser.post("/tra-cuu/X", data={})).status_code == 503
    told = await browser.get("/api/v1/openapi.json")
    assert told.json()["code"] == "suspended" and told.headers["retry-after"] == "3600"
    await provision.resume(province.slug)
    assert (await browser.get("/thu-tuc")).status_code == 200


async def test_a_database_that_was_closed_a_moment_ago_is_an_outage_and_no_mistake(
    province, browse
):
    browser = await browse(province)
    pools, key = db.place_of(province)
    async with owner("main") as admin:
        closed = f"{quoted(province.database)} from {quoted(province.role)}"
        await admin.execute(f"revoke connect on database {closed}")
    await pools.forget(key)
    answer = await browser.get("/tra-cuu/H08.21583-261123-0001")
    assert answer.status_code == 503 and "thử lại sau ít phút" in answer.text


async def test_a_tenant_too_far_behind_or_ahead_of_this_release_is_told_to_come_back(
    province, browse
):
    browser, version = await browse(province), province.schema_version
    await provision.record_version(province.id, version - 1, None)
    await registry.reload()
    behind = await browser.get("/thu-tuc")
    assert behind.status_code == 503 and "ông/bà" in behind.text.lower()
    assert int(behind.headers["retry-after"]) > 0
    await provision.record_version(province.id, version, None)
    await registry.reload()
    assert (await browser.get("/thu-tuc")).status_code == 200
    await provision.raise_floor(province.id, version + 1)
    await registry.reload()
    assert (await browser.post("/tra-cuu/X", data={})).status_code == 503
    assert await worker._tenant(province.slug) is None


async def test_content_of_another_release_is_kept_by_nobody(province, browse):
    browser = await browse(province)
    for address, kept in ((static("app.css"), "immutable"), ("/static/app.css", "max-age=3600"),
                          ("/static/app.css?v=0123456789ab", "no-store")):  # fmt: skip
        assert kept in (await browser.get(address)).headers["cache-control"]


async def test_every_answer_carries_the_security_headers(province, browse):
    browser = await browse(province)
    for path in ("/", "/khong-co", "/static/logo.svg", "/tra-cuu/KHONG-CO"):
        headers = (await browser.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-request-id"]


@pytest.mark.asvs("14.3.2", "14.2.2")
async def test_private_pages_are_not_stored_by_anybody(province, browse):
    citizen = await browse(province, await cast.citizen())
    assert "no-store" in (await citizen.get("/ho-so-cua-toi")).headers["cache-control"]
    stranger = await browse(province)
    assert (await stranger.get("/ho-so-cua-toi")).headers["cache-control"] == "no-store"
    assert "max-age" in (await stranger.get("/static/logo.svg")).headers["cache-control"]


@pytest.mark.asvs("16.5.1")
async def test_a_mistake_of_ours_is_a_page_with_an_incident_code(province, browse, monkeypatch):
    async def breaks(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.doors.portal.catalogue.queries.by_field", breaks)
    answer = await (await browse(province)).get("/thu-tuc")
    assert answer.status_code == 500
    assert "mã sự cố" in answer.text and "secret detail" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.asvs("16.5.2")
@pytest.mark.parametrize(
    "outage",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.TooManyConnectionsError("x"),
        asyncpg.CannotConnectNowError("x"),
        asyncpg.CrashShutdownError("x"),
        asyncpg.DeadlockDetectedError("x"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("another operation is in progress"),
    ],
)
async def test_an_outage_asks_to_come_back(province, browse, monkeypatch, outage):
    async def away(*_):
        raise outage

    monkeypatch.setattr("app.doors.portal.catalogue.queries.by_field", away)
    answer = await (await browse(province)).get("/thu-tuc")
    assert answer.status_code == 503
    assert "thử lại sau ít phút" in answer.text


async def test_a_connection_lost_in_mid_act_asks_to_come_back(province, browse, monkeypatch):
    browser = await browse(province)

    async def falls(*_):
        connection = await current_work().connection(db.place_of(province))
        connection.terminate()
        await connection.execute("select 1")

    monkeypatch.setattr("app.doors.portal.tracking.tracking", falls)
    answer = await browser.post("/tra-cuu/KHONG-CO", data={"so_cuoi": "0301"})
    assert answer.status_code == 503
    assert "thử lại sau ít phút" in answer.text


@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
async def test_an_act_whose_commit_fails_asks_to_come_back_and_did_nothing(
    province, browse, monkeypatch, silent
):
    hung = await browse(province, await cast.citizen())
    real = filing.discard_draft

    async def falls(*words):
        await real(*words)
        place = db.place_of(province)
        connection = await current_work().connection(place)
        if silent:
            place[0]._doubted.add(connection)
        else:
            connection.terminate()

    agency = str(await story.agency())
    began = await hung.post("/nop-ho-so/1.001193", data={"agency_id": agency})
    draft = began.headers["location"]
    monkeypatch.setattr("app.doors.portal.filing.discard_draft", falls)
    answer = await hung.post(f"{draft}/bo")
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert "thử lại sau ít phút" in answer.text and "location" not in answer.headers
    assert (await hung.get(draft)).status_code == 200


async def test_before_any_tenant_is_known_an_outage_is_still_a_page(province, browse, monkeypatch):
    async def away(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr("app.doors.entrance.registry.by_host", away)
    answer = await (await browse(province)).get("/")
    assert answer.status_code == 503
    assert "thử lại sau ít phút" in answer.text and "mã sự cố" in answer.text


@pytest.mark.parametrize(
    "host", ["{}, {}", "{}:80@evil.test", "{}:x", "{}.", "[::1]:80", "", "evil.test:80:80"]
)
async def test_a_host_that_is_not_one_plain_name_is_a_stranger(province, browse, host):
    browser = await browse(province)
    answer = await browser.get("/dang-nhap", headers={"Host": host.format(*[province.host] * 2)})
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text


async def test_two_hosts_in_one_request_are_a_stranger(province, neighbour, browse):
    headers = [("Host", province.host), ("Host", neighbour.host)]
    answer = await (await browse(province)).get("/", headers=headers)
    assert answer.status_code == 404
    assert neighbour.site.name not in answer.text


async def test_a_host_may_be_written_in_capitals_and_with_a_port(province, browse):
    browser = await browse(province)
    host = f"{province.host.upper()}:8080"
    assert (await browser.get("/", headers={"Host": host})).status_code == 200


async def test_the_head_of_a_page_can_be_asked_for(province, browse):
    browser = await browse(province)
    assert (await browser.head("/thu-tuc")).status_code == 200
    assert (await browser.head("/khong-co")).status_code == 404
    # The way back from signing in counts once, so nobody may look at it beforehand.
    assert (await browser.head("/dang-nhap/xac-nhan")).status_code == 404


@pytest.mark.asvs("15.2.2", "2.3.2")
async def test_a_form_nobody_would_fill_in_is_refused_before_it_is_taken_apart(province, browse):
    browser = await browse(province)
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    for flood in (b"a=&" * 2000, b"so_cuoi=" + b"1" * 1_000_000):
        for path in ("/tra-cuu/X", "/dang-nhap", "/danh-gia/X", "/dang-xuat/kenh-sau"):
            answer = await browser.post(path, content=flood, headers=plain)
            assert answer.status_code == 413 and "gửi lại" in answer.text, path
    few = await browser.post("/tra-cuu/X", content=b"a=&" * 1000, headers=plain)
    assert few.status_code == 404


@pytest.mark.asvs("1.3.3")
async def test_a_zero_character_is_a_name_of_nothing(province, browse):
    browser = await browse(province, await cast.citizen())
    for path in ("/tra-cuu/%00", "/thu-tuc/a%00b", "/da-nop/%00"):
        answer = await browser.get(path)
        assert answer.status_code == 404 and "Không tìm thấy" in answer.text
    answer = await browser.post("/nop-ho-so/%00", data={"agency_id": str(province.id)})
    assert answer.status_code == 422 and "ký tự không hợp lệ" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_address_that_leads_nowhere_still_knows_who_asks(province, browse, method):
    hung = await browse(province, await cast.citizen())
    lan = await browse(province, await cast.officer(cast.LAN))
    for browser, path, name in ((hung, "/khong-co", "Hùng"), (lan, "/can-bo/a/b", "Lan")):
        answer = await browser.request(method, path)
        assert answer.status_code == 404
        assert name in answer.text and "Đăng xuất" in answer.text
    stranger = await (await browse(province)).request(method, "/khong-co")
    assert stranger.status_code == 404 and "Đăng xuất" not in stranger.text


async def test_a_program_gets_problem_json(province, browse):
    answer = await (await browse(province)).get(
        "/tra-cuu/KHONG-CO", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == 404 and len(problem["incident"]) == 6


async def test_a_first_visit_gets_its_styles_inside_the_page(province, browse):
    browser = await browse(province)
    first = await browser.get("/")
    assert "<style>" in first.text and "sha256-" in first.headers["content-security-policy"]
    assert "da_tham" in browser.cookies
    second = await browser.get("/")
    assert "<style>" not in second.text


async def test_the_probes_tell_what_is_down(house, monkeypatch):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_inner()), base_url="http://inner"
    ) as probe:
        assert (await probe.get("/health/live")).json() == {"status": "ok"}
        assert (await probe.get("/health/ready")).status_code == 200

        async def away(*_):
            raise ConnectionRefusedError

        monkeypatch.setattr("app.doors.probes.control.fetch_value", away)
        answer = await probe.get("/health/ready")
        assert answer.status_code == 503 and answer.json()["control_database"] == "down"


async def test_requests_are_counted_by_tenant(province, browse):
    await (await browse(province)).get("/")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_inner()), base_url="http://inner"
    ) as probe:
        text = (await probe.get("/metrics")).text
    assert f'motcua_requests_total{{method="GET",status="2xx",tenant="{province.slug}"}}' in text


async def test_making_the_application_leaves_the_logs_as_they_are(house):
    logs = logging.getLogger()
    before = (logs.level, logs.handlers[:])
    create_app()
    assert (logs.level, logs.handlers) == before


@pytest.mark.asvs("16.2.5", "14.2.4")
async def test_logs_hold_no_person_and_no_secret(province, browse, capsys):
    configure()
    citizen = await browse(province, await cast.citizen("Trần Văn Kín", "kin"))
    await citizen.post("/tra-cuu/H08-KIN", data={"so_cuoi": "0301"})
    await citizen.get("/ban-nhap/01a20495-9ea7-748b-a10a-c6b454d9e257")
    printed = capsys.readouterr().err
    for line in printed.splitlines():
        json.loads(line)
    for secret in (
        "Trần Văn Kín",
        "0301",
        "mat-khau",
        citizen.cookies["motcua"],
        province.secrets.password,
    ):
        assert secret not in printed
