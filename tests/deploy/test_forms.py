"""Every form of deployment gives every program what it needs, nothing else, and shuts the rest."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from app.doors.probes import alive, metrics, ready
from infra.deploy import make_secrets
from infra.settings import BadSetting, Settings, read
from tenants.db import SESSION
from tests.deploy import forms
from tests.deploy.forms import DEPLOY, HOUSE, Program

PROGRAMS = forms.programs()
NAMES = [f"{each.form}:{each.name}" for each in PROGRAMS]
KNOWN = {f"MOTCUA_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
OWNERS = {"app.keeper", "app.cli"}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The secrets a new deployment begins with, by name."""
    place = tmp_path_factory.mktemp("made") / "secrets"
    make_secrets.make(place)
    return {path.name: path for path in place.glob("*/*") if path.parent.name != "passwords"}


def environment(program: Program, secrets: dict[str, Path]) -> dict[str, str]:
    """Its settings, the files of secrets where we made them."""
    return {
        name: str(secrets[Path(text).name]) if name.endswith("_FILE") else text
        for name, text in program.environment.items()
    }


def test_every_form_is_here() -> None:
    found = {(each.form, each.module) for each in PROGRAMS}
    for form in ("compose", "compose with a store", "kubernetes", "systemd"):
        assert {m for f, m in found if f == form} == {"app.web", "app.worker", *OWNERS}, form


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_what_is_given_starts_in_production(program: Program, secrets: dict[str, Path]) -> None:
    assert importlib.util.find_spec(program.module) is not None
    named = {name.removesuffix("_FILE") for name in program.environment if "MOTCUA_" in name}
    assert named <= KNOWN, named - KNOWN
    chosen = read(environment(program, secrets))
    # Without it the master key could not be changed while everything runs.
    assert "MOTCUA_FORMER_MASTER_KEYS_FILE" in program.environment
    assert chosen.mode == "production" and not chosen.plain_inside
    assert chosen.staging_root and (chosen.storage_root or chosen.storage_driver == "s3")
    assert chosen.trusted_proxies, "without it everybody behind the proxy shares one limit"
    assert bool(chosen.cluster_admins) == (program.module in OWNERS)
    assert bool(chosen.backup_places) == (program.module in OWNERS)
    plain = {"control_dsn", "cluster_admins", "redis_url", "master_key", "s3_secret_key"}
    assert not {f"MOTCUA_{name.upper()}" for name in plain} & set(program.environment)


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMES)
def test_where_a_program_writes_it_may_and_what_it_writes_is_kept(
    program: Program, secrets: dict[str, Path]
) -> None:
    if program.module == "app.cli" and program.name != "operator":
        pytest.skip("brings databases up to date and writes no file")
    chosen = read(environment(program, secrets))
    needed = {chosen.staging_root, chosen.storage_root if chosen.storage_driver == "files" else ""}
    if program.module in OWNERS:
        places = (*chosen.backup_places.values(), chosen.backup_keys)
        needed |= {chosen.backup_root, *(place.removeprefix("file://") for place in places)}
        assert len({"/sao-luu", "/khoa-sao-luu"} & needed) == 2
    assert needed - {""} <= program.writes, needed - program.writes


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"MOTCUA_PUBLIC_SCHEME": "http"}, "PUBLIC_SCHEME must be https"),
        ({"MOTCUA_CLUSTERS": "main=postgresql://db.trong:5432"}, "CLUSTERS .main. is reached"),
        ({"MOTCUA_CLUSTERS": "main=postgresql://db.trong/?sslmode=require"}, "sslmode=verify-full"),
        ({"MOTCUA_CONTROL_DSN": "postgresql://c:p@db.trong/c"}, "CONTROL_DSN is reached"),
        ({"MOTCUA_REDIS_URL": "redis://:p@cache.trong:6379/0"}, "REDIS_URL is reached"),
        ({"MOTCUA_S3_ENDPOINT": "http://kho.trong:9000"}, "S3_ENDPOINT is reached"),
        ({"MOTCUA_BACKUP_PLACES": "xa=s3+http://k:s@xa.trong/b"}, "BACKUP_PLACES is reached"),
        ({"MOTCUA_BACKUP_KEYS": "file:///sao-luu"}, "must not lie in a place"),
        ({"MOTCUA_BACKUP_ROOT": ""}, "BACKUP_ROOT are needed"),
        ({"MOTCUA_MASTER_KEY": "bmdhbg=="}, "32 bytes"),
        ({"MOTCUA_TRUSTED_PROXIES": "proxy"}, "addresses or networks"),
    ],
)
def test_what_is_not_safe_does_not_start(
    change: dict[str, str], told: str, secrets: dict[str, Path]
) -> None:
    keeper = next(each for each in PROGRAMS if each.module == "app.keeper")
    good = environment(keeper, secrets)
    names = {name for changed in change for name in (changed, f"{changed}_FILE")}
    with pytest.raises(BadSetting, match=told):
        read({**{k: v for k, v in good.items() if k not in names}, **change})


def test_production_is_what_nobody_has_to_ask_for(secrets: dict[str, Path]) -> None:
    web = environment(next(each for each in PROGRAMS if each.module == "app.web"), secrets)
    del web["MOTCUA_MODE"]
    assert read(web).mode == "production"


def test_secrets_are_made_once_and_only_their_owner_reaches_them(tmp_path: Path) -> None:
    place = tmp_path / "secrets"
    place.mkdir()
    place.chmod(0o755)  # As somebody makes a directory beforehand.
    made = make_secrets.make(place, "db.trong:5432", "cache.trong:6379")
    before = {path: path.read_text() for path in made}
    assert place.stat().st_mode & 0o777 == 0o750
    for name, mode in (("servers", 0o700), ("passwords", 0o700), ("run", 0o755)):
        assert (place / name).stat().st_mode & 0o777 == mode, name
    place.chmod(0o700)
    assert make_secrets.make(place, "db.trong:5432", "cache.trong:6379") == []
    assert {path: path.read_text() for path in made} == before
    assert place.stat().st_mode & 0o777 == 0o700
    owner = (place / "owner/cluster_admins").read_text()
    assert (place / "servers/postgres_password").read_text() in owner and "verify-full" in owner
    assert json.loads((place / "run/sms_providers").read_text())[0]["enabled"] is False
    # By its name `python infra/deploy/make_secrets.py` puts its own folder before the library.
    assert not (DEPLOY / "secrets.py").exists()


def test_a_password_is_made_anew_in_every_file_that_holds_it(tmp_path: Path) -> None:
    make_secrets.make(tmp_path)
    before = {path: path.read_text() for path in tmp_path.glob("*/*")}
    nodes = {path: path.stat().st_ino for path in before}
    for name, files in (
        ("valkey", {"run/redis_url", "servers/valkey_auth.conf"}),
        ("role", {"run/control_dsn"}),
        ("owner", {"owner/cluster_admins", "servers/postgres_password"}),
    ):
        former = (tmp_path / "passwords" / name).read_text()
        done = make_secrets.renew(tmp_path, name)
        assert {str(path.relative_to(tmp_path)) for path in done} == files
        new = (tmp_path / "passwords" / name).read_text()
        assert new != former
        for path in done:
            assert path.read_text() == before[path].replace(former, new)
            assert path.stat().st_ino == nodes[path], "a container sees the file it was given"
    assert {path for path in tmp_path.glob("*/*")} == set(before)
    (tmp_path / "passwords/valkey").write_text("another")
    with pytest.raises(SystemExit, match="passwords/valkey"):
        make_secrets.renew(tmp_path, "valkey")


def test_the_images_are_pinned_hold_no_secret_and_run_as_nobody() -> None:
    text = forms.containerfile()
    version = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
    bases = re.findall(r"^FROM (\S+)", text, flags=re.M)
    assert bases and all(re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", base) for base in bases)
    assert "python3 infra/bootstrap.py --production" in text
    assert text.count("USER 10001:10001") == 2 and "USER root" not in text
    assert not re.search(r"ARG|PASSWORD|SECRET|_KEY|https?://(?!127\.0\.0\.1)", text)
    copied = re.findall(r"^COPY ([a-z/._]+) ", text, flags=re.M)
    assert {"app", "billing", "storage", "tenants", "infra"} <= set(copied)
    assert all((HOUSE / each).exists() for each in copied)
    used = set(re.findall(r"motcua(?:-keeper)?:(\S+?)(?=[\s,}])", _all_of("compose", "kubernetes")))
    assert used == {version}
    assert re.findall(r"^ENV MOTCUA_RELEASE=(.+)$", text, flags=re.M) == [version, version]
    images = re.findall(r"image: (\S+)$", _all_of("compose", "kubernetes"), flags=re.M)
    assert all(re.search(r":[\d.]+(-[a-z]+)?$", image) for image in images), images


def test_ports_and_paths_that_are_probed_are_answered() -> None:
    answered = {path for handler in (alive, ready, metrics) for path in handler.paths}
    text = forms.containerfile() + _all_of("compose", "kubernetes", "systemd", "proxy")
    assert set(re.findall(r"/health/\w+|/metrics", text)) <= answered
    ports = {str(f.default) for f in msgspec.structs.fields(Settings) if f.name.endswith("_port")}
    assert set(re.findall(r"EXPOSE (\d+) (\d+)", forms.containerfile())[0]) == ports
    assert "8080" in (DEPLOY / "proxy/upstream-compose.conf").read_text()
    host = (DEPLOY / "proxy/upstream-host.conf").read_text()
    for number in "12":
        chosen = forms.variables(DEPLOY / f"systemd/web-{number}.env")
        assert f"127.0.0.1:{chosen['MOTCUA_WEB_PORT']} " in host


def test_on_one_machine_only_the_proxy_is_reached() -> None:
    found = forms.services()
    assert {name for name, each in found.items() if each.get("ports")} == {"proxy"}
    for name in ("postgres", "valkey", "migrate"):
        assert found[name]["network_mode"] == "none", name
    for name, each in found.items():
        assert each["read_only"] and each["cap_drop"] == ["ALL"] and each["mem_limit"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert not each.get("privileged") and "docker.sock" not in str(each), name
    whole = forms.documents(forms.COMPOSE)[0]
    assert whole["networks"]["front"]["internal"]
    subnet = whole["networks"]["front"]["ipam"]["config"][0]["subnet"].rpartition(".")[0]
    assert found["proxy"]["networks"]["front"]["ipv4_address"].startswith(subnet)
    for secret in whole["secrets"].values():
        assert secret["file"].startswith("/etc/motcua/secrets/")


def test_pods_are_shut_in_and_replaced_one_by_one() -> None:
    kinds = {(each["kind"], each["metadata"]["name"]) for each in forms.manifests()}
    for each in forms.pods():
        pod = each["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            shut = container["securityContext"]
            assert shut["readOnlyRootFilesystem"] and not shut["allowPrivilegeEscalation"]
            assert shut["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
        if each["kind"] == "Deployment":
            assert each["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
            assert ("PodDisruptionBudget", each["metadata"]["name"]) in kinds
            # Whoever is counted by an autoscaler must not be counted by each apply as well.
            scaled = ("HorizontalPodAutoscaler", each["metadata"]["name"]) in kinds
            assert scaled == ("replicas" not in each["spec"])
    assert ("NetworkPolicy", "nothing") in kinds
    listed = forms.documents(DEPLOY / "kustomization.yaml")[0]
    named = {Path(path).name for path in listed["resources"]} | {"migrate.yaml"}
    assert named == {path.name for path in forms.MANIFESTS}


def test_pgbouncer_lets_every_session_of_ours_begin() -> None:
    text = (DEPLOY / "postgres/pgbouncer.ini").read_text()
    listed = re.search(r"^ignore_startup_parameters = (.+)$", text, flags=re.M)
    assert listed
    handed_on = {"application_name", "timezone"}
    assert {name.strip() for name in listed[1].split(",")} == SESSION.keys() - handed_on


def _all_of(*folders: str) -> str:
    return "\n".join(
        path.read_text()
        for folder in folders
        for path in sorted((DEPLOY / folder).rglob("*"))
        if path.is_file()
    )
