"""A setting that is not valid stops the program with one sentence that names it."""

import pytest

from infra.dsn import Address
from infra.settings import BadSetting, read

GOOD = {
    "MOTCUA_MODE": "development",
    "MOTCUA_CONTROL_DSN": "postgresql://c:p@db/control",
    "MOTCUA_CLUSTERS": "main=postgresql://db:5432",
    "MOTCUA_REDIS_URL": "redis://cache:6379/0",
    "MOTCUA_MASTER_KEY": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
    "MOTCUA_STORAGE_ROOT": "/srv/papers",
}


def test_good_settings_are_read():
    settings = read({**GOOD, "MOTCUA_PUBLIC_PORT": "80"})
    assert settings.origin("a.test") == "http://a.test"
    assert settings.key == b"k" * 32


@pytest.mark.parametrize(
    "change",
    [
        {"MOTCUA_MODE": "prod"},
        {"MOTCUA_MASTER_KEY": "short"},
        {"MOTCUA_MASTER_KEY": "a2s="},
        {"MOTCUA_CLUSTERS": "main"},
        {"MOTCUA_CLUSTERS": "other=postgresql://db"},
        {"MOTCUA_STORAGE_DRIVER": "ftp"},
        {"MOTCUA_STORAGE_DRIVER": "s3"},
        {"MOTCUA_STORAGE_ROOT": ""},
        {"MOTCUA_PUBLIC_PORT": "eighty"},
        {"MOTCUA_TRUSTED_PROXIES": "the proxy"},
        {"MOTCUA_WEB_PORT": "9000", "MOTCUA_INNER_PORT": "9000"},
        {"MOTCUA_LIMITS_FACTOR": "0"},
        {"MOTCUA_MODE": "production"},
        {"MOTCUA_MASTER_KEY": None},
    ],
)
def test_a_bad_setting_is_told(change):
    environ = {name: text for name, text in {**GOOD, **change}.items() if text is not None}
    with pytest.raises(BadSetting):
        read(environ)


@pytest.mark.asvs("13.3.1")
def test_a_secret_may_lie_in_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(GOOD["MOTCUA_MASTER_KEY"] + "\n")
    environ = {k: v for k, v in GOOD.items() if k != "MOTCUA_MASTER_KEY"}
    assert read({**environ, "MOTCUA_MASTER_KEY_FILE": str(secret)}).key == b"k" * 32
    with pytest.raises(BadSetting, match="MASTER_KEY_FILE"):
        read({**environ, "MOTCUA_MASTER_KEY_FILE": str(tmp_path / "none")})


def test_addresses_are_read_with_hosts_and_with_sockets():
    assert Address.parse("postgresql://u:p%40@h:1/d") == Address("h", 1, "u", "p@", "d")
    assert Address.parse("postgresql://u:p@/d?host=/run/pg").host == "/run/pg"
    with pytest.raises(ValueError, match="postgresql"):
        Address.parse("mysql://x")
