"""Settings from the environment; a value that is not valid stops the program with one sentence.

Every name is `MOTCUA_` + the field in capitals. A secret may be given as `..._FILE`, the path of
a file that holds it, so that it never stands in a process list.
"""

import base64
import binascii
import os
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from infra.dsn import Address, is_here

log = structlog.get_logger()

_MAPS = {"clusters", "cluster_admins", "backup_places"}


class BadSetting(Exception):
    """A setting that cannot be used; its text tells the operator what to change."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that differs between one deployment and another."""

    mode: str = "production"  # production | development
    release: str = ""  # what people call this release; else the directory it is installed in
    control_dsn: str  # postgresql://…  the control role's own database
    clusters: dict[str, str]  # cluster name -> its address, without credentials
    cluster_admins: dict[str, str] = {}  # cluster name -> owner's DSN; only for the command line
    redis_url: str  # redis://host:port/0 or unix:///path
    master_key: str  # 32 bytes in base64: seals the tenants' secrets
    former_master_keys: str = (
        ""  # still opened by, parted by spaces, while `motcua keys rotate` runs
    )
    base_domain: str = "localhost"  # <slug>.<base_domain> is a tenant's first address
    ops_host: str = "ops.localhost"
    public_scheme: str = "http"
    public_port: int = 8080
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    web_shared: bool = False  # several web processes may listen on the public port
    web_drain_seconds: int = 20  # so long a web process told to end lets everybody finish
    inner_host: str = "127.0.0.1"
    inner_port: int = 8079  # /metrics and health, never exposed to the public
    trusted_proxies: str = ""  # addresses or networks whose X-Forwarded-For is believed
    limits_factor: int = 1  # load trials only: so many times the limits on how often one may ask
    connections_per_cluster: int = 24  # per process
    connections_per_database: int = 6  # per process
    storage_driver: str = "files"  # files | s3
    storage_files_in_production: bool = False
    storage_root: str = ""
    staging_root: str = ""
    s3_endpoint: str = ""  # http(s)://host:port as the server reaches it
    s3_public_endpoint: str = ""  # as browsers reach it; the endpoint when empty
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: str = ""
    clamd: str = ""  # host:port; empty = papers are not scanned
    sms_providers: str = ""  # JSON: several ways out (app.onestop.notices.providers.Provider)
    sms_driver: str = "standin"  # the only way out when there is no list
    sms_url: str = ""
    sms_username: str = ""
    sms_password: str = ""
    sms_at_night: bool = False  # text people between 21:00 and 07:00 too
    sms_unlimited: bool = False  # trials only: no limits where a province has decided none
    sms_callback_base: str = ""  # where the gateway reports delivery, e.g. http://host:port
    partner_domains: str = "gov.vn"  # under which names tenants' partners may lie, parted by spaces
    idle_days: int = 45  # an officer's account is shut when unused so long (TCVN 14423:2026)
    private_destinations: str = ""  # hosts and networks inside that may be called all the same
    plain_inside: bool = False  # PostgreSQL, Valkey, the store: unencrypted on a network of our own
    backup_places: dict[str, str] = {}  # name -> file:///dir or s3+https://key:secret@host/bucket
    backup_keys: str = ""  # an address of the same kind, apart from the places
    backup_root: str = ""  # where the write-ahead log arrives and backups are opened again
    backup_synchronous: bool = False  # no commit is acknowledged before a second disk has it
    backup_switch_seconds: int = 60  # so often the log goes to the places
    backup_keep_days: int = 35  # any second of these days can be restored
    backup_hour: int = 18  # UTC: 1 o'clock at night in Vietnam
    postgres_programs: str = ""  # a directory with pg_basebackup and the like; a wheel's when empty
    upload_limit_bytes: int = 20 * 1024 * 1024
    trail_keep_months: int = 0  # 0 = the trail is kept for ever; at least 12 (QCVN 12:2026/BCA)
    log_level: str = "info"

    @property
    def key(self) -> bytes:
        """The master key's 32 bytes."""
        return base64.b64decode(self.master_key)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The master key, then those it takes the place of."""
        return (self.key, *(base64.b64decode(text) for text in self.former_master_keys.split()))

    @property
    def partner_names(self) -> tuple[str, ...]:
        """The domains partners may lie under; this deployment's own always is one."""
        return (self.base_domain, *self.partner_domains.split())

    def origin(self, host: str) -> str:
        """The address people type for `host`, without a final slash."""
        default = {"http": 80, "https": 443}.get(self.public_scheme)
        port = "" if self.public_port == default else f":{self.public_port}"
        return f"{self.public_scheme}://{host}{port}"


def read(environ: dict[str, str]) -> Settings:
    """Settings out of an environment; raises BadSetting naming the variable at fault."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        name = f"MOTCUA_{field.name.upper()}"
        text = environ.get(name)
        if text is None and (path := environ.get(f"{name}_FILE")):
            text = _from_file(name, path)
        if text is not None:
            values[field.name] = _pairs(name, text) if field.name in _MAPS else text
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSetting(_told(str(error))) from None
    _check(settings)
    return settings


def _told(error: str) -> str:
    """The decoder's sentence with the variable's own name instead of the field's."""
    for field in msgspec.structs.fields(Settings):
        name = f"MOTCUA_{field.name.upper()}"
        error = error.replace(f"`{field.name}`", name).replace(f"`$.{field.name}`", name)
    return f"a setting is missing or wrong: {error}"


@cache
def settings() -> Settings:
    """The process's settings, read once and again whenever `reread` is called."""
    return read(dict(os.environ))


def reread() -> bool:
    """Take what the environment and its files say now; whether it could be used.

    A value that is not valid leaves the settings as they are.
    """
    try:
        read(dict(os.environ))
    except BadSetting as error:
        log.error("settings_not_taken", why=str(error))
        return False
    settings.cache_clear()
    log.info("settings_taken")
    return True


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{name}_FILE cannot be read: {error.strerror}") from None


def _pairs(name: str, text: str) -> dict[str, str]:
    """`main=postgresql://… second=postgresql://…`, parted by white space."""
    pairs = [item.partition("=") for item in text.split()]
    if any(not key or not dsn for key, _, dsn in pairs):
        raise BadSetting(f"{name} must read: name=postgresql://… name=postgresql://…")
    return {key: dsn for key, _, dsn in pairs}


def _check(settings: Settings) -> None:
    _check_backups(settings)
    if "main" not in settings.clusters:
        raise BadSetting(
            "MOTCUA_CLUSTERS must name a cluster called main: it holds the control data"
        )
    _check_limits(settings)
    if settings.trail_keep_months and settings.trail_keep_months < 12:
        raise BadSetting("MOTCUA_TRAIL_KEEP_MONTHS must be 12 or more, or 0 to keep everything")
    if settings.mode not in {"production", "development"}:
        raise BadSetting("MOTCUA_MODE must be production or development")
    try:
        lengths = {len(key) for key in settings.keys}
    except (binascii.Error, ValueError):
        lengths = set()
    if lengths != {32}:
        raise BadSetting(
            "MOTCUA_MASTER_KEY and each of MOTCUA_FORMER_MASTER_KEYS must be 32 bytes in base64"
        )
    if settings.storage_driver not in {"files", "s3"}:
        raise BadSetting("MOTCUA_STORAGE_DRIVER must be files or s3")
    if settings.storage_driver == "s3" and not settings.s3_endpoint:
        raise BadSetting("MOTCUA_S3_ENDPOINT is needed when MOTCUA_STORAGE_DRIVER is s3")
    if settings.storage_driver == "files" and not settings.storage_root:
        raise BadSetting("MOTCUA_STORAGE_ROOT is needed when MOTCUA_STORAGE_DRIVER is files")
    if settings.mode == "production":
        _check_production(settings)


def _check_production(settings: Settings) -> None:
    if settings.public_scheme != "https":
        raise BadSetting("MOTCUA_PUBLIC_SCHEME must be https in production")
    if settings.plain_inside:
        return
    databases = {"CONTROL_DSN": settings.control_dsn} | {
        f"CLUSTERS ({name})": dsn for name, dsn in settings.clusters.items()
    }
    plain = [name for name, dsn in databases.items() if not Address.parse(dsn).is_shielded]
    if urlsplit(settings.redis_url).scheme == "redis" and not is_here(settings.redis_url):
        plain.append("REDIS_URL")
    if settings.s3_endpoint.startswith("http://") and not is_here(settings.s3_endpoint):
        plain.append("S3_ENDPOINT")
    places = (settings.backup_keys, *settings.backup_places.values())
    if any(place.startswith("s3+http://") and not is_here(place) for place in places):
        plain.append("BACKUP_PLACES")
    if plain:
        raise BadSetting(
            f"MOTCUA_{plain[0]} is reached over the network without encryption: use"
            " sslmode=verify-full, rediss:// or https://, or set MOTCUA_PLAIN_INSIDE=true"
            " when that network is the deployment's own"
        )


def _check_backups(settings: Settings) -> None:
    if settings.backup_places and not (settings.backup_keys and settings.backup_root):
        raise BadSetting("MOTCUA_BACKUP_KEYS and MOTCUA_BACKUP_ROOT are needed to make backups")
    if settings.backup_keys in settings.backup_places.values():
        raise BadSetting("MOTCUA_BACKUP_KEYS must not lie in a place of MOTCUA_BACKUP_PLACES")
    if settings.backup_switch_seconds < 1 or settings.backup_keep_days < 1:
        raise BadSetting("MOTCUA_BACKUP_SWITCH_SECONDS and ..._KEEP_DAYS must be 1 or more")


def _check_limits(settings: Settings) -> None:
    try:
        for each in settings.trusted_proxies.split():
            ip_network(each)
    except ValueError:
        raise BadSetting("MOTCUA_TRUSTED_PROXIES must be addresses or networks") from None
    if settings.inner_port == settings.web_port:
        # By its port the inner door is known, at whatever address it listens.
        raise BadSetting("MOTCUA_INNER_PORT must be another port than MOTCUA_WEB_PORT")
    if settings.limits_factor < 1:
        raise BadSetting("MOTCUA_LIMITS_FACTOR must be 1 or more")
