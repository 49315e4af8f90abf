"""An embedded S3 store: OpenStack Swift from wheels, one device, four small processes.

It speaks S3 with real signatures, multipart, versions and server-side copies, but no POST policy,
tags, locks or lifecycle; good for tests and demonstrations, slow with many small objects.
"""

import contextlib
import getpass
import http.client
import secrets
from pathlib import Path

from infra.embedded.process import Trouble
from infra.embedded.server import PythonServer

ACCOUNT, USER = "motcua", "app"
REGION = "us-east-1"
# The order in which they take ports after the first, which is the proxy's.
STORAGE = ("account", "container", "object")

_COMMON = """[DEFAULT]
swift_dir = {etc}
devices = {devices}
user = {user}
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
mount_check = false
fallocate_reserve = 0
log_level = WARNING
"""
_STORE = (
    _COMMON
    + """
[pipeline:main]
pipeline = {kind}-server

[app:{kind}-server]
use = egg:swift#{kind}
recon_cache_path = {recon}
"""
)
_PROXY = (
    _COMMON
    + """cors_allow_origin = *
cors_expose_headers = etag

[pipeline:main]
pipeline = {pipeline}

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
cors_preflight_allow_origin = *
multi_delete_concurrency = 16

[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin

[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
"""
)
_PIPELINE = (
    "catch_errors gatekeeper healthcheck listing_formats s3api tempauth bulk copy slo dlo "
    "versioned_writes symlink proxy-server"
)
_PLAIN_FILTERS = (
    *("catch_errors", "gatekeeper", "healthcheck", "listing_formats"),
    *("bulk", "copy", "slo", "dlo", "symlink"),
)


class Swift(PythonServer):
    """The store on `port` (S3) and the three ports after it (its inner services)."""

    name = "Swift"
    module = "infra.embedded.swift_main"

    def __init__(self, directory: Path, port: int, secret_key: str) -> None:
        """Describe a store; nothing happens before `start`."""
        super().__init__(directory, port)
        self.secret_key = secret_key

    @property
    def url(self) -> str:
        """The S3 endpoint."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def access_key(self) -> str:
        """The S3 access key; `secret_key` belongs to it."""
        return f"{ACCOUNT}:{USER}"

    def ports(self) -> list[int]:
        """The proxy's port, then those of the inner services."""
        return [self.port + step for step in range(1 + len(STORAGE))]

    def command(self) -> list[str | Path]:
        """Write the configuration anew and name its directory."""
        write_configuration(self.directory, self.port, self.secret_key)
        return ["-m", self.module, "--directory", self.directory]

    def _answers(self) -> bool:
        if not super()._answers():
            return False
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(line):
            line.request("GET", "/healthcheck")
            return line.getresponse().status == 200
        return False


def write_configuration(directory: Path, port: int, secret_key: str) -> None:
    """Everything Swift reads except its rings; the path hashing secret never changes."""
    etc = directory / "etc"
    for place in (etc, directory / "devices" / "d1", directory / "recon"):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    given = {
        "etc": etc,
        "devices": directory / "devices",
        "recon": directory / "recon",
        "user": _own_name(),
    }
    for step, kind in enumerate(STORAGE, start=1):
        text = _STORE.format(kind=kind, port=port + step, **given)
        (etc / f"{kind}.conf").write_text(text)
    proxy = _PROXY.format(
        port=port,
        account=ACCOUNT,
        name=USER,
        secret=secret_key,
        pipeline=_PIPELINE,
        **given,
    )
    plain = "".join(f"\n[filter:{name}]\nuse = egg:swift#{name}\n" for name in _PLAIN_FILTERS)
    (etc / "proxy.conf").write_text(proxy + plain)
    _write_hash_secret(etc / "swift.conf")


def _write_hash_secret(path: Path) -> None:
    if not path.exists():
        path.write_text(
            f"[swift-hash]\nswift_hash_path_suffix = {secrets.token_hex(16)}\n"
            f"swift_hash_path_prefix = {secrets.token_hex(16)}\n"
            "[storage-policy:0]\nname = default\ndefault = yes\n"
        )


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Trouble("Swift needs a user that is listed in /etc/passwd") from None
