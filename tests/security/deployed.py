"""The settings of a real deployment for a test, and certificates to meet it with."""

import contextlib
import ipaddress
import os
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.clock import now
from infra.settings import Settings, settings

GOOD = {
    "MOTCUA_MODE": "production",
    "MOTCUA_PUBLIC_SCHEME": "https",
    "MOTCUA_CONTROL_DSN": "postgresql://c:p@db.trong/control?sslmode=verify-full",
    "MOTCUA_CLUSTERS": "main=postgresql://db.trong:5432?sslmode=verify-full",
    "MOTCUA_REDIS_URL": "rediss://cache.trong:6379/0",
    "MOTCUA_MASTER_KEY": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
    "MOTCUA_STORAGE_ROOT": "/srv/papers",
}


@contextlib.contextmanager
def deployed(**changes: str) -> Iterator[Settings]:
    """In production for the block; `private_destinations="x"` and the like change a setting."""
    before = {name: text for name, text in os.environ.items() if name.startswith("MOTCUA_")}
    chosen = GOOD | {f"MOTCUA_{name.upper()}": text for name, text in changes.items()}
    _put(before, chosen)
    try:
        yield settings()
    finally:
        _put(chosen, before)


def _put(old: dict[str, str], new: dict[str, str]) -> None:
    for name in old:
        os.environ.pop(name, None)
    os.environ.update(new)
    settings.cache_clear()


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for `name` that nobody has reason to believe."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
