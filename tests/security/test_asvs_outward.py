"""Calls out of the house: nothing inside, nothing unencrypted, nobody unproven, no detours."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from aiosmtpd.smtp import SMTP
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.onestop.notices.gateways.mail import Mail, written
from app.onestop.notices.gateways.shapes import NotTaken, Outgoing
from app.onestop.notices.providers import Provider
from infra import http, s3
from infra.lines import Lines, NotReached
from infra.outward import NotAllowedOut, chosen
from infra.settings import BadSetting, read
from infra.valkey_lines import lines
from storage.s3 import S3Store
from storage.shapes import ObjectMissing, StoreUnavailable
from tests.security.deployed import GOOD, certificate, deployed

INSIDE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "192.0.2.1",
    "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:a00:1::",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "203.162.4.190", "2001:4860:4860::8888", "64:ff9b::808:808"]


@pytest.mark.asvs("1.3.6", "13.2.4", "13.2.5")
@pytest.mark.parametrize("address", INSIDE)
def test_in_production_no_configured_name_leads_inside(address: str) -> None:
    with deployed():
        with pytest.raises(NotAllowedOut):
            chosen("doi-tac.gov.vn", [address], encrypted=True)
        with pytest.raises(NotAllowedOut):  # One trick among honest addresses is enough.
            chosen("doi-tac.gov.vn", ["8.8.8.8", address], encrypted=True)


@pytest.mark.asvs("1.3.6", "12.3.1")
@pytest.mark.parametrize("address", OUTSIDE)
def test_the_open_internet_is_called_encrypted_or_not_at_all(address: str) -> None:
    with deployed():
        assert chosen("doi-tac.gov.vn", [address], encrypted=True) == address
        with pytest.raises(NotAllowedOut):
            chosen("doi-tac.gov.vn", [address], encrypted=False)


@pytest.mark.asvs("13.2.4", "13.2.5")
def test_what_lies_inside_is_called_only_by_name_or_network() -> None:
    with deployed(private_destinations="SMS.trong 10.20.0.0/16 fd00::/8"):
        assert chosen("sms.trong", ["10.0.0.9"], encrypted=False) == "10.0.0.9"
        assert chosen("khac.trong", ["10.20.3.4"], encrypted=False) == "10.20.3.4"
        assert chosen("khac.trong", ["fd00::1"], encrypted=True) == "fd00::1"
        for name, address in (("khac.trong", "10.21.0.1"), ("x.sms.trong", "10.0.0.9")):
            with pytest.raises(NotAllowedOut):
                chosen(name, [address], encrypted=True)


@pytest.mark.asvs("1.3.6")
async def test_a_name_that_changes_its_mind_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def turns(_: Any, host: str, port: int, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with deployed(mode="development"):
        async with _serving(b"HTTP/1.1 204 No Content\r\n\r\n") as port:
            monkeypatch.setattr(type(asyncio.get_running_loop()), "getaddrinfo", turns)
            async with http.client() as client:
                assert (await client.get(f"http://doi-tac.test:{port}/")).status_code == 204
            monkeypatch.undo()
    assert asked == ["doi-tac.test"]


@pytest.fixture
def trial() -> Iterator[None]:
    """Servers of this machine may be called."""
    with deployed(mode="development"):
        yield


@pytest.mark.asvs("15.3.2")
@pytest.mark.usefixtures("trial")
async def test_no_redirect_is_followed() -> None:
    elsewhere = (
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    )
    async with _serving(elsewhere) as port:
        async with http.client() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/")).status_code == 302
        async with Lines(f"http://127.0.0.1:{port}") as lines:
            assert (await lines.call("GET", "/")).status == 302


@pytest.mark.asvs("15.3.2")
async def test_the_object_store_cannot_send_us_elsewhere() -> None:
    asked: list[bytes] = []
    async with _serving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", heard=asked) as inside:
        moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:%d/\r\n" % inside
        async with _serving(moved + b"Content-Length: 0\r\n\r\n") as port:
            made = s3.client(f"http://127.0.0.1:{port}", "k", "s", "us-east-1")
            store = S3Store("motcua-x", made, made)
            with pytest.raises((StoreUnavailable, ObjectMissing)):
                await store.stat("2026/11/x")
    assert asked == []


@pytest.mark.asvs("12.3.2", "12.3.4", "16.5.2")
@pytest.mark.usefixtures("trial")
async def test_a_server_nobody_vouches_for_is_not_talked_to(tmp_path: Path) -> None:
    async with _serving(b"", certificate(tmp_path, "localhost")) as port:
        async with http.client() as client:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
                await client.get(f"https://localhost:{port}/")
        async with Lines(f"https://localhost:{port}") as lines:
            with pytest.raises(NotReached, match="SSL"):
                await lines.call("GET", "/")


@pytest.mark.asvs("12.3.2", "12.3.1")
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.usefixtures("trial")
async def test_a_mail_server_nobody_vouches_for_gets_no_letter(tmp_path: Path, scheme: str) -> None:
    context = certificate(tmp_path, "localhost")
    later = scheme != "smtps"
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(object(), tls_context=context if later else None),
        *("127.0.0.1", 0),
        ssl=None if later else context,
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        mail = Mail(Provider(name="thu", driver="smtp", url=f"{scheme}://localhost:{port}"))
        with pytest.raises(NotTaken, match="SSL"):
            await mail.send(_letter())


@pytest.mark.asvs("12.3.2", "12.3.4")
async def test_sessions_go_to_the_server_of_that_name_only(tmp_path: Path) -> None:
    said = []
    for name in ("cache.trong", "localhost"):
        async with _serving(b"", certificate(tmp_path, name)) as port:
            vouched = f"ssl_ca_certs={tmp_path}/cert.pem"
            with deployed(redis_url=f"rediss://localhost:{port}/0?{vouched}"):
                client = Redis.from_pool(lines(patient=False))
                with pytest.raises(RedisError) as refused:
                    await client.ping()
                await client.aclose()
            said.append("CERTIFICATE" in str(refused.value))
    assert said == [True, False]


@pytest.mark.asvs("12.3.1", "12.3.3")
@pytest.mark.parametrize(
    "url",
    ["smtp://thu.gov.vn", "http://sms.example", "smtps://10.1.1.1", "https://169.254.169.254"],
)
async def test_in_production_letters_and_messages_take_no_open_or_inner_line(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.162.4.190", 25))]
    if "169.254" not in url and "10.1" not in url:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: outside)
    with deployed():
        if url.startswith("smtp"):
            with pytest.raises(NotTaken, match="NotAllowedOut"):
                await Mail(Provider(name="thu", driver="smtp", url=url)).send(_letter())
        else:
            async with Lines(url) as lines:
                with pytest.raises(NotReached, match="NotAllowedOut"):
                    await lines.call("GET", "/")


@pytest.mark.asvs("12.3.1", "12.3.3", "12.2.1", "13.2.3")
@pytest.mark.parametrize(
    "change",
    [
        {"PUBLIC_SCHEME": "http"},
        {"CONTROL_DSN": "postgresql://c:p@db.trong/control"},
        {"CONTROL_DSN": "postgresql://c:p@db.trong/control?sslmode=require"},
        {"CLUSTERS": "main=postgresql://db.trong:5432"},
        {"CLUSTERS": "main=postgresql:///?host=/run/pg second=postgresql://db2.trong"},
        {"REDIS_URL": "redis://cache.trong:6379/0"},
        {"S3_ENDPOINT": "http://kho.trong:9000"},
        {
            "BACKUP_PLACES": "mot=s3+http://k:s@kho.trong/a",
            "BACKUP_KEYS": "file:///srv/k",
            "BACKUP_ROOT": "/srv/b",
        },
    ],
)
def test_in_production_no_server_is_reached_in_the_clear(change: dict[str, str]) -> None:
    environ = GOOD | {f"MOTCUA_{name}": text for name, text in change.items()}
    with pytest.raises(BadSetting):
        read(environ)
    read(GOOD)
    if "PUBLIC_SCHEME" not in change:
        read({**environ, "MOTCUA_PLAIN_INSIDE": "true"})


@pytest.mark.asvs("4.1.1", "1.3.11", "1.2.1")
async def test_no_header_can_be_smuggled_into_a_call_or_a_letter() -> None:
    lines = Lines("http://127.0.0.1:1")
    for path, headers in (("/\r\nX: 1", {}), ("/", {"A": "b\r\nX: 1"}), ("/", {"A\r\nX": "1"})):
        with pytest.raises(ValueError, match="break the line"):
            await lines.call("GET", path, headers=headers)
    for field in ("to", "subject", "brand", "reference"):
        with pytest.raises(ValueError, match=r"[Hh]eader|[Ii]nvalid"):
            written(_letter(**{field: "a\r\nBcc: b@example.vn"}), "tu@example.vn").as_bytes()


def _letter(**changes: str) -> Outgoing:
    letter = Outgoing(
        reference="r", to="a@example.vn", text="x", brand="b", unicode=True, report_to="",
        subject="s", host="x.gov.vn",
    )  # fmt: skip
    return msgspec.structs.replace(letter, **changes)


@asynccontextmanager
async def _serving(
    answer: bytes, tls: ssl.SSLContext | None = None, heard: list[bytes] | None = None
) -> AsyncIterator[int]:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(said)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
