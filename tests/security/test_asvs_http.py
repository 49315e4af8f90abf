"""What every answer carries, what no answer tells, and what a request cannot talk us into."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
import uvicorn

from app.doors.probes import create_inner
from infra.settings import settings
from tenants import db
from tenants.shapes import Tenant
from tests import cast
from tests.doors.browsing import Browse, Browser, browse
from tests.logs import set_up_anew

__all__ = ["browse"]

PAGES = ("/", "/thu-tuc", "/khong-co", "/static/logo.svg", "/dang-nhap", "/kho/gia-mao", "/tep")


@pytest.fixture
def over_https(servers: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As people reach it: behind a proxy that ends TLS."""
    monkeypatch.setenv("MOTCUA_PUBLIC_SCHEME", "https")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[object]:
    """`printed()` gives the log's lines so far."""
    with set_up_anew(monkeypatch):
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.asvs(
    "3.4.1", "3.4.3", "3.4.4", "3.4.5", "3.4.6", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "14.3.2",
    "4.1.1", "3.2.1", "14.2.2",
)  # fmt: skip
@pytest.mark.usefixtures("over_https")
async def test_every_answer_says_how_browsers_are_to_treat_it(
    province: Tenant, browse: Browse
) -> None:
    stranger = await browse(province)
    cookies = []
    for path in PAGES:
        answer = await stranger.get(path)
        headers = answer.headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", path
        policy = dict(part.strip().partition(" ")[::2] for part in
                      headers["content-security-policy"].split(";"))  # fmt: skip
        assert policy["default-src"] in {"'self'", "'none'"}
        assert path == "/kho/gia-mao" or policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy.get("frame-ancestors", "'none'") == "'none'"
        assert "unsafe" not in str(policy) and "http" not in str(policy) and "*" not in str(policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        if answer.content:
            assert (
                "charset=utf-8" in headers["content-type"].lower()
                or "json" in headers["content-type"]
            ), path
        if not path.startswith("/static/"):
            assert "no-store" in headers["cache-control"], path
        assert not {"server", "x-powered-by"} & headers.keys()
        cookies += headers.get_list("set-cookie")
    citizen = await browse(province, await cast.citizen())
    assert "no-store" in (await citizen.get("/ho-so-cua-toi")).headers["cache-control"]
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie
        assert "SameSite=" in cookie and "Path=/" in cookie and "omain" not in cookie


@pytest.mark.asvs("3.4.2", "3.5.1", "3.5.2", "3.5.4", "7.6.2", "10.2.1")
async def test_no_other_site_reads_an_answer_or_sends_a_form(
    province: Tenant, neighbour: Tenant, browse: Browse
) -> None:
    stranger = await browse(province)
    evil = {"Origin": "https://evil.example"}
    for path in ("/", "/api/v1/exchange/x", "/dang-nhap"):
        for method in ("GET", "OPTIONS", "POST"):
            answer = await stranger.request(method, path, headers=evil)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
            assert method != "POST" or answer.status_code in {403, 404}, path
    others = settings().origin(neighbour.host)
    kinds = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x")
    for origin in ("https://evil.example", "null", others):
        for kind in kinds:  # What a browser sends without asking beforehand.
            answer = await stranger.post(
                "/dang-nhap", content=b"issuer=x", headers={"Origin": origin, "Content-Type": kind}
            )
            assert answer.status_code == 403, (origin, kind)


@pytest.mark.asvs("13.4.4", "3.5.3")
async def test_only_methods_that_are_meant_do_anything(province: Tenant, browse: Browse) -> None:
    citizen = await browse(province, await cast.citizen())
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND", "DELETE", "PUT", "PATCH"):
        for path in ("/", "/thu-tuc", "/ho-so-cua-toi", "/dang-xuat"):
            answer = await citizen.request(method, path)
            assert answer.status_code in {404, 405}, (method, path)
            assert "evil" not in answer.text
    for path in ("/dang-xuat", "/dang-xuat/kenh-sau"):
        assert (await citizen.get(path)).status_code == 404
    assert (await citizen.get("/ho-so-cua-toi")).status_code == 200


@pytest.mark.asvs("13.4.1", "13.4.3", "13.4.5", "5.3.1", "5.3.2")
async def test_nothing_but_what_is_meant_can_be_fetched(province: Tenant, browse: Browse) -> None:
    stranger = await browse(province)
    for path in (
        "/.git/config", "/.git/HEAD", "/.svn/entries", "/.env", "/pyproject.toml", "/metrics",
        "/health/live", "/schema", "/schema/openapi.json", "/docs", "/static/", "/static",
        "/static/../main.py", "/static/..%2f..%2fmain.py", "/static/%2e%2e/%2e%2e/main.py",
        "/static/css/base.css", "/tinh/", "/server-status", "/kho/", "/tep/../../etc/passwd",
        "/static/js/page.js", "/app/main.py", "/static/%00", "/static//etc/passwd",
    ):  # fmt: skip
        answer = await stranger.get(path)
        assert answer.status_code in {404, 405, 303}, path
        assert "Index of" not in answer.text and "root:" not in answer.text
        assert "import " not in answer.text


@pytest.mark.asvs("13.4.5")
async def test_probes_stand_on_a_port_of_their_own(house: object) -> None:
    inner = httpx.ASGITransport(create_inner())
    async with httpx.AsyncClient(transport=inner, base_url="http://inner") as probe:
        assert (await probe.get("/metrics")).status_code == 200
        for path in ("/", "/dang-nhap", "/can-bo", "/schema"):
            assert (await probe.get(path)).status_code == 404


@pytest.mark.asvs("16.2.1", "16.2.2", "16.2.4", "16.3.2", "16.3.3", "16.4.1", "16.2.5")
async def test_what_is_refused_leaves_one_line_that_nobody_can_forge(
    province: Tenant, browse: Browse, printed: Iterator[dict[str, object]]
) -> None:
    lan = await cast.officer(cast.LAN)
    officer, stranger = await browse(province, lan), await browse(province)
    forged = '\n{"event":"signed_in","level":"info"}\r\n'
    printed()  # type: ignore[operator]
    await officer.get("/quan-tri")
    await officer.get("/can-bo/ho-so/H00-KIN-" + "x" * 9, headers={"User-Agent": "a"})
    await stranger.post("/dang-xuat", headers={"Origin": "https://evil.example"})
    structlog.get_logger().warning("refused", code=forged)
    lines = printed()  # type: ignore[operator]
    refused = [line for line in lines if line["event"] == "refused"]
    assert [line["code"] for line in refused] == [
        "not_allowed", "not_found", "foreign_origin", forged,
    ]  # fmt: skip
    assert all(line["event"] != "signed_in" for line in lines)
    first = refused[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", str(first["timestamp"]))
    assert first["account"] == str(lan.id) and first["tenant"] == province.slug
    assert first["request"] and first["level"] == "warning" and first["route"] == "/quan-tri"
    told = json.dumps(lines, ensure_ascii=False)
    assert lan.name not in told and officer.cookies["motcua"] not in told and "KIN" not in told


@pytest.mark.asvs("16.5.1", "16.5.3", "16.3.4")
async def test_what_breaks_changes_nothing_tells_nothing_and_is_logged(
    province: Tenant,
    browse: Browse,
    printed: Iterator[dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("select secret from citizen; /srv/papers")

    thu = await browse(province, await cast.officer(cast.THU))
    lan = await db.tenant.fetch_value("select id from officer where username = $1", cast.LAN)
    monkeypatch.setattr("app.people.service.trail.record", breaks)
    for accept in ("text/html", "application/json"):
        answer = await thu.post(f"/quan-tri/can-bo/{lan}/thu-hoi", headers={"Accept": accept})
        assert answer.status_code == 500
        for detail in ("RuntimeError", "select", "papers", "Traceback", ".py", "service"):
            assert detail not in answer.text
    gone = await db.tenant.fetch_value("select dismissed_at from officer where id = $1", lan)
    assert gone is None
    assert sum(line["event"] == "request_failed" for line in printed()) == 2  # type: ignore[operator]


@pytest.mark.asvs("15.3.7", "15.3.3", "1.1.1")
async def test_a_value_said_twice_or_in_another_place_does_not_count(
    province: Tenant, browse: Browse
) -> None:
    thu = await browse(province, await cast.officer(cast.THU))
    username = "an.le"
    fields = f"username={username}&full_name=L%C3%AA%20An&dismissed_at=2020-01-01&id=1&issuer=x"
    post = await db.tenant.fetch_value("select id from post where kind = 'reception' limit 1")
    answer = await thu.post(
        f"/quan-tri/cap-quyen?username=khac&post_id={post}&full_name=Khac",
        content=f"{fields}&post_id={post}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 303
    rows = await db.tenant.fetch(
        "select username, full_name, issuer, dismissed_at from officer where username = any($1)",
        [username, "khac"],
    )
    assert [tuple(row) for row in rows] == [(username, "Lê An", None, None)]
    # Decoded once: a second round of percent signs is only text.
    shown = await (await browse(province)).get("/thu-tuc?tim=%253Cscript%253E")
    assert "<script>" not in shown.text.replace("<script src", "")


@pytest.mark.asvs("14.2.1", "7.2.2")
async def test_no_address_carries_a_session_or_a_secret(province: Tenant, browse: Browse) -> None:
    citizen = await browse(province, await cast.citizen())
    token = citizen.cookies["motcua"]
    for path in ("/", "/ho-so-cua-toi", "/thu-tuc", "/dang-nhap"):
        answer = await citizen.get(path)
        assert token not in answer.text and token not in answer.headers.get("location", "")
    bare = await browse(province)
    for sneaked in (f"/ho-so-cua-toi?motcua={token}", f"/ho-so-cua-toi;motcua={token}"):
        assert (await bare.get(sneaked)).status_code in {303, 404}
    bare.headers["Authorization"] = f"Bearer {token}"
    assert (await bare.get("/ho-so-cua-toi")).status_code == 303


@pytest.mark.asvs("14.3.1", "7.4.4")
async def test_signing_out_is_on_every_page_and_leaves_nothing_behind(
    province: Tenant, browse: Browse
) -> None:
    for who, pages in (
        (await cast.citizen(), ("/", "/ho-so-cua-toi")),
        (await cast.officer(cast.LAN), ("/can-bo", "/can-bo/tiep-nhan")),
        (await cast.officer(cast.THU), ("/quan-tri", "/quan-tri/thu-tuc")),
    ):
        person: Browser = await browse(province, who)
        for path in pages:
            assert 'action="/dang-xuat"' in (await person.get(path)).text, path
        left = await person.post("/dang-xuat")
        cleared = left.headers["clear-site-data"]
        assert '"cache"' in cleared and (who.kind != "citizen" or '"storage"' in cleared)
        assert "Max-Age=0" in left.headers["set-cookie"]


@pytest.mark.asvs("6.3.2")
async def test_a_fresh_deployment_admits_nobody(tenant: Tenant) -> None:
    assert await db.tenant.fetch_value("select count(*) from officer") == 0
    assert await db.tenant.fetch_value("select count(*) from citizen") == 0
    for name in ("admin", "root", "administrator"):
        found = await db.control.fetch_value(
            "select count(*) from operator where username = $1", name
        )
        assert found == 0


@pytest.fixture
async def raw() -> AsyncIterator[int]:
    """The server as `app.web` sets it up, with nothing behind it."""

    async def echo(scope: dict, receive: object, send: object) -> None:  # type: ignore[type-arg]
        body, more = b"", True
        while more:
            message = await receive()  # type: ignore[operator]
            body, more = body + message.get("body", b""), message.get("more_body", False)
        start = {"type": "http.response.start", "status": 200, "headers": []}
        await send(start)  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"[" + body + b"]"})  # type: ignore[operator]

    server = uvicorn.Server(
        uvicorn.Config(echo, port=0, lifespan="off", ws="none", log_config=None, http="httptools")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


@pytest.mark.asvs("4.2.1")
async def test_where_a_request_ends_is_never_a_matter_of_opinion(raw: int) -> None:
    head = "POST / HTTP/1.1\r\nHost: x\r\n"
    hidden = "GET /quan-tri HTTP/1.1\r\nHost: x\r\n\r\n"
    for framing in (
        f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        f"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}",
        f"Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n{hidden}",
        f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}",
        f"Content-Length: +5\r\n\r\nabcde{hidden}",
        f"Content-Length: 1x\r\n\r\n{hidden}",
        f"X: a\nY: b\rContent-Length: 0\r\n\r\n{hidden}",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", raw)
        writer.write((head + framing).encode())
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        assert answer.count(b"200 OK") <= (0 if "Content-Length: 5" not in framing else 1), framing
        assert b"400" in answer or answer.count(b"HTTP/1.1") <= 1, framing
