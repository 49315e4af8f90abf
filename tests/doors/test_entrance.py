"""The front of the house: hosts, suspended tenants, headers, mistakes of ours, probes."""

import json
from datetime import date

import asyncpg
import httpx
import pytest

from app.doors.probes import create_inner
from infra.log import configure
from tenants import provision
from tests import cast


async def test_an_unknown_host_is_told_nothing(province, browse):
    browser = await browse(province)
    answer = await browser.get("/", headers={"Host": "khong-co.test"})
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    for name in (province.slug, province.site.name, "Bình Định", "Một Cửa"):
        assert name not in answer.text


async def test_a_suspended_tenant_shows_a_dated_page_and_keeps_its_style(province, browse):
    browser = await browse(province)
    await provision.suspend(province.slug, "Bảo trì", date(2026, 12, 31))
    answer = await browser.get("/thu-tuc")
    assert answer.status_code == 503
    assert "31/12/2026" in answer.text and province.site.name in answer.text
    assert (await browser.post("/tra-cuu/X", data={})).status_code == 503
    await provision.resume(province.slug)
    assert (await browser.get("/thu-tuc")).status_code == 200


async def test_every_answer_carries_the_security_headers(province, browse):
    browser = await browse(province)
    for path in ("/", "/khong-co", "/static/logo.svg", "/tra-cuu/KHONG-CO"):
        headers = (await browser.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-request-id"]


async def test_private_pages_are_not_stored_by_anybody(province, browse):
    citizen = await browse(province, await cast.citizen())
    assert "no-store" in (await citizen.get("/ho-so-cua-toi")).headers["cache-control"]


async def test_a_mistake_of_ours_is_a_page_with_an_incident_code(province, browse, monkeypatch):
    async def breaks(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.doors.portal.catalogue.queries.by_field", breaks)
    answer = await (await browse(province)).get("/thu-tuc")
    assert answer.status_code == 500
    assert "mã sự cố" in answer.text and "secret detail" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    "outage",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.TooManyConnectionsError("x"),
        asyncpg.CannotConnectNowError("x"),
    ],
)
async def test_an_outage_asks_to_come_back(province, browse, monkeypatch, outage):
    async def away(*_):
        raise outage

    monkeypatch.setattr("app.doors.portal.catalogue.queries.by_field", away)
    answer = await (await browse(province)).get("/thu-tuc")
    assert answer.status_code == 503
    assert "thử lại sau ít phút" in answer.text


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


async def test_logs_hold_no_person_and_no_secret(province, browse, capsys):
    configure()
    citizen = await browse(province, await cast.citizen("Trần Văn Kín", "kin"))
    await citizen.post("/tra-cuu/H08-KIN", data={"so_cuoi": "0301"})
    await citizen.get("/ban-nhap/01a20495-9ea7-748b-a10a-c6b454d9e257")
    printed = capsys.readouterr().err
    for line in printed.splitlines():
        json.loads(line)
    for secret in ("Trần Văn Kín", "0301", citizen.cookies["motcua"], province.secrets.password):
        assert secret not in printed
