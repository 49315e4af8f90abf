"""What docs/security.md and the proxy's example say is what the code does."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

from app.doors.session_life import LIMITS
from app.doors.signin import paths
from app.main import OPS, TENANT, create_site
from infra.settings import Settings
from storage.archives import MOST_MEMBERS, MOST_UNPACKED
from storage.kinds import ALLOWED
from storage.pictures import MOST_DOTS
from storage.uploads import AT_ONCE
from tenants.shapes import Secrets
from tests.security.syntax import HOUSE, SERVED, calls, imported

PAGE = (HOUSE / "docs/security.md").read_text()
PROXY = (HOUSE / "infra/deploy/proxy/nginx.conf").read_text()


def section(title: str) -> str:
    """The text of one section."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    """The cells of every table row, the heads left out."""
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip(" `") for cell in line] for line in lines if not set(line[0]) <= set("-")]


@pytest.mark.asvs("7.1.1", "7.1.2", "7.1.3")
def test_sessions_last_as_long_as_is_written() -> None:
    said = {row[0]: row[1:] for row in table(section("Sessions")) if row[0] in LIMITS}
    assert said == {
        kind: [str(int(limits.idle.total_seconds() // 60)), str(limits.absolute.seconds // 3600)]
        for kind, limits in LIMITS.items()
    }
    text = section("Sessions")
    for word in ("NIST SP 800-63B", "any number of sessions", "back-channel", "issuer is asked"):
        assert word in text


@pytest.mark.asvs("5.1.1")
def test_files_are_taken_as_is_written() -> None:
    said = {row[0]: tuple(row[1].split()) for row in table(section("Files")) if "/" in row[0]}
    assert said == {kind.media_type: kind.extensions for kind in ALLOWED}
    default = msgspec.structs.fields(Settings)
    limit = next(f.default for f in default if f.name == "upload_limit_bytes")
    text = section("Files")
    for figure in (
        f"{limit // 2**20} MB each", f"{MOST_MEMBERS:,} members",
        f"{MOST_UNPACKED // 2**20} MB unpacked",
        f"{MOST_DOTS // 10**6} million dots", "infected", "quarantine",
    ):  # fmt: skip
        assert figure in text, figure
    assert f"{AT_ONCE} unfinished uploads" in section("Input")


@pytest.mark.asvs("11.1.1", "11.1.2")
def test_every_key_and_every_use_of_cryptography_is_in_the_inventory() -> None:
    text = section("Secrets and keys")
    for word in ("master_key", "control_dsn"):
        assert f"MOTCUA_{word.upper()}" in PAGE
    named = {
        "password": "tenant's password",
        "key": "tenant's key",
        "storage_secret": "storage key",
    }
    named |= {"storage_access": "storage key", "former_password": "motcua keys password"}
    assert {field.name for field in msgspec.structs.fields(Secrets)} == set(named)
    assert all(words in text for words in named.values())
    for word in ("NIST SP 800-57", "destroyed", "one purpose", "another cipher"):
        assert word in text
    users = [p for p in SERVED if any("cryptography.hazmat" in n for n in imported([p]))]
    for path in users:
        assert f"`{path.relative_to(HOUSE).as_posix()}`" in text, path


@pytest.mark.asvs("13.1.1")
def test_every_line_out_or_in_is_written_down() -> None:
    text = section("Lines out and in")
    about = re.compile(
        "dsn|url|endpoint|clusters|cluster_admins|clamd|providers|places|keys$|domains"
    )
    inner = {"former_master_keys", "sms_driver"}
    for field in msgspec.structs.fields(Settings):
        if about.search(field.name) and field.name not in inner:
            assert f"MOTCUA_{field.name.upper()}" in text, field.name
    assert "No person gives an address that is then called" in text


@pytest.mark.asvs("16.1.1", "16.2.3", "16.3.3")
def test_every_event_of_the_logs_is_in_the_inventory_and_no_other() -> None:
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log"}
    said = set()
    for _, name, call in calls(SERVED):
        first = call.args[0] if call.args else None
        if name.rpartition(".")[2] in levels and name.split(".")[0] in {"log", "_log", "logger"}:
            words = call.args[1] if name.endswith(".log") and len(call.args) > 1 else first
            if isinstance(words, ast.Constant) and re.fullmatch(r"[a-z_]+", str(words.value)):
                said.add(str(words.value))
    listed = {word for row in table(section("Logs")) for word in row[0].split(", ")} - {"event"}
    assert said - listed == set()
    assert listed - said == set()
    for word in ("12 months", "UTC", "standard error", "append-only"):
        assert word in section("Logs")


@pytest.mark.asvs("2.1.1", "2.1.2", "2.1.3", "6.1.1", "15.1.3")
def test_rules_and_limits_are_written_down_where_they_are_kept() -> None:
    text = section("Input")
    for row in table(text)[1:]:
        assert (HOUSE / row[2]).exists(), row
    assert "\nTogether: " in text and "\nLimits of business: " in text
    assert (HOUSE / "app/doors/limits.json").is_file() and "decision 83" in text
    assert list((HOUSE / "docs/decisions").glob("0083-*.md"))
    assert "never shuts an account" in section("How people prove who they are")
    costly = section("Lines out and in")
    assert "Costly work" in costly and "batches" in costly and "30 s" in costly


@pytest.mark.asvs("6.1.3", "6.3.4")
def test_there_is_no_way_in_that_is_not_written_down(servers: object) -> None:
    text = section("How people prove who they are")
    ways = {
        route.path for site in (create_site(TENANT), create_site(OPS)) for route in site.routes
        if route.path.startswith(("/dang-nhap", "/can-bo/dang-nhap"))
    }  # fmt: skip
    assert ways == {*paths.SIGN_IN.values(), paths.CALLBACK}
    for door in ("/api/v1/exchange", "/api/v1/usage", "/tin-nhan", "/tin-den"):
        assert door in text
    begins = [f for f, name, _ in calls(SERVED) if name == "session_life.begin"]
    assert begins == ["app/doors/signin/entering.py"]


@pytest.mark.asvs("8.1.1", "8.1.2")
def test_who_may_what_is_written_down_and_listed_as_data() -> None:
    text = section("Who may do what")
    for who in ("stranger", "citizen", "officer", "operator", "administrator"):
        assert who in text
    assert "Fields" in text and "state" in text
    listed = (HOUSE / "tests/security/expected/tenant.txt").read_text()
    for route in ("/can-bo", "/quan-tri", "/ho-so-cua-toi", "/giay-to"):
        assert route in listed


@pytest.mark.asvs("14.1.1", "14.1.2")
def test_data_is_classified_and_each_class_says_how_it_is_held() -> None:
    levels = [row[0] for row in table(section("Data")) if row[0] != "level"]
    assert levels == ["public", "inner", "restricted", "secret"]
    for word in ("encrypted", "masked", "never in logs", "no-store", "Kept as long"):
        assert word in section("Data"), word


@pytest.mark.asvs("15.1.1")
def test_times_for_mending_dependencies_are_written_down() -> None:
    text = section("Dependencies")
    for word in ("3 days if critical", "14 if high", "every month", "make audit"):
        assert word in text
    assert re.search(r"^audit:", (HOUSE / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.asvs("12.1.1", "12.1.2", "12.2.1")
def test_the_proxy_speaks_modern_tls_alone() -> None:
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in PROXY
    ciphers = re.search(r"ssl_ciphers ([^;]+);", PROXY)
    assert ciphers
    for cipher in ciphers[1].split(":"):
        assert cipher.startswith("ECDHE-") and ("GCM" in cipher or "CHACHA20" in cipher)
    plain = PROXY.split("listen 80", 1)[1].split("\n}\n", 1)[0]
    assert "proxy_pass" not in plain


@pytest.mark.asvs("4.1.2")
def test_machines_are_not_led_from_http_to_https() -> None:
    plain = PROXY.split("listen 80", 1)[1].split("\n}\n", 1)[0]
    machines = ("/api/", "/tin-nhan/", "/tin-den/")
    for place in machines:
        assert f"location {place} {{ return 403; }}" in plain
    assert plain.count("return 301") == 1


@pytest.mark.asvs("4.1.3", "15.3.4")
def test_the_proxy_overwrites_what_clients_claim_about_themselves() -> None:
    headers = dict(re.findall(r'proxy_set_header (\S+) "?([^";]*)"?;', PROXY))
    assert headers["X-Forwarded-For"] == "$client_and_port"
    said = PROXY.split("$client_and_port {", 1)[1].split("}", 1)[0]
    assert said.count("$remote_addr") == 2 and "$http" not in said
    assert headers["X-Forwarded-Proto"] == headers["Forwarded"] == ""
    assert "proxy_headers=False" in (HOUSE / "app/web.py").read_text()


@pytest.mark.asvs("15.3.1")
def test_doors_never_hold_a_row_of_a_table() -> None:
    doors = [path for path in SERVED if path.is_relative_to(HOUSE / "app/doors")]
    tables = [(p, n) for p in doors for n in imported([p]) if ".models" in n or n == "piccolo"]
    assert tables == []
    stars = [path for path in doors if re.search(r"\"\s*select \*", Path(path).read_text())]
    assert stars == []
