"""Ciphers, digests, chance and lines out, asked of the syntax."""

import ast
import ssl

import pytest

from infra.tls import shield
from tests.security.syntax import (
    FILES,
    HOUSE,
    SERVED,
    called,
    calls,
    imported,
)


@pytest.mark.asvs("11.3.1", "11.3.2", "11.2.1", "11.6.1", "11.2.3")
def test_only_approved_ciphers_and_signatures_are_used() -> None:
    names = {name for name in imported(SERVED) if name.startswith("cryptography.hazmat.primitives")}
    allowed = ("ciphers.aead", "asymmetric.ed25519")
    assert all(any(part in name for part in allowed) for name in names), names
    classes = {name.rpartition(".")[2] for name in names} - {"aead", "ed25519"}
    assert classes <= {"AESGCM", "Ed25519PrivateKey", "Ed25519PublicKey"}
    foreign = {"Crypto", "nacl", "rsa", "ecdsa", "M2Crypto", "pyaes", "passlib", "jose", "jwt"}
    assert not foreign & {name.partition(".")[0] for name in imported(SERVED)}


@pytest.mark.asvs("11.4.1", "11.4.3")
def test_only_strong_digests_are_used() -> None:
    allowed = set(
        [
            "hashlib.sha256",
            "hashlib.sha512",
            "hashlib.file_digest",
            "hashlib.blake2b",
            "hmac.new",
            "hmac.digest",
            "hmac.compare_digest",
        ]
    )
    weak = [
        f"{file}:{call.lineno} {name}"
        for file, name, call in calls(SERVED)
        if name.startswith(("hashlib.", "hmac."))
        and name not in allowed
        # Valkey calls a script by its SHA-1, which protects nothing.
        and not any(k.arg == "usedforsecurity" for k in call.keywords)
    ]
    assert weak == []
    for file, name, call in calls(SERVED):
        if name in {"hmac.new", "hmac.digest", "hashlib.file_digest"}:
            assert "sha256" in ast.unparse(call), file


@pytest.mark.asvs("11.5.1", "7.2.3")
def test_nothing_secret_comes_from_a_predictable_generator() -> None:
    # Ports of a trial, and a pause of chance length.
    tolerated = {"app/instance.py", "tenants/backup/marks.py", "app/keeper.py"}
    for path in SERVED:
        used = {n.partition(".")[0] for n in imported([path])}
        if "random" in used and path.relative_to(HOUSE).as_posix() not in tolerated:
            source = path.read_text()
            assert "import secrets as random" in source, path
    short = [
        f"{file}:{call.lineno}"
        for file, name, call in calls(SERVED)
        if name.endswith(("token_bytes", "token_urlsafe", "token_hex", "os.urandom"))
        and isinstance(call.args[0] if call.args else None, ast.Constant)
        and name != "os.urandom"
        and call.args[0].value < 16  # type: ignore[attr-defined]
    ]
    assert short == []


@pytest.mark.asvs("12.3.2", "12.3.4", "12.1.1")
def test_no_line_is_open_to_whoever_stands_in_between() -> None:
    for path in FILES:
        text = path.read_text()
        for way in (
            "verify=False",
            "CERT_NONE",
            "check_hostname = False",
            "_create_unverified_context",
            "PROTOCOL_TLSv1",
            "TLSVersion.TLSv1_1",
            "ssl_context=False",
            "cert_check=False",
        ):
            assert way not in text, (path, way)
        # One place makes them; a system's own default may allow older protocols.
        assert "create_default_context" not in text or path.name == "tls.py", path
    context = shield()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.asvs("15.3.2", "13.2.4", "13.2.5", "1.3.6")
def test_every_way_out_goes_through_the_one_door_that_judges() -> None:
    clients = set(
        [
            "httpx.AsyncClient",
            "httpx.Client",
            "httpx.get",
            "httpx.post",
            "aiohttp.ClientSession",
            "urllib.request.urlopen",
            "smtplib.SMTP",
            "smtplib.SMTP_SSL",
            "asyncio.open_connection",
            "socket.create_connection",
            "socket.getaddrinfo",
            "ftplib.FTP",
        ]
    )
    found = {line.partition(":")[0] for line in called(SERVED, clients)}
    # The scanner stands beside us and is the deployment's own (MOTCUA_CLAMD).
    assert found <= {"infra/http.py", "infra/outward.py", "storage/scan.py", "app/visitor.py"}
    assert "requests" not in {n.partition(".")[0] for n in imported(SERVED)}
    follows = [
        f
        for f, _, c in calls(SERVED)
        for k in c.keywords
        if k.arg == "follow_redirects" and getattr(k.value, "value", True)
    ]
    assert follows == []
