"""Every form of deployment gives every program what it needs, nothing else, and shuts the rest."""

import importlib.util
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest

from app.doors.probes import alive, metrics, ready
from app.onestop.notices import answering, reports
from infra.deploy import make_secrets
from infra.settings import BadSetting, Settings, read
from storage import links
from tenants.db import SESSION
from tests.deploy import forms, proxied
from tests.deploy.forms import DEPLOY, HOUSE, Program
from tests.security.deployed import certificate

PROGRAMS = forms.programs()
NAMES = [f"{each.form}:{each.name}" for each in PROGRAMS]
KNOWN = {f"MOTCUA_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
OWNERS = {"app.keeper", "app.cli"}
_UNITS = {".service", ".target", ".socket"}


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


def test_units_are_shut_in_as_well() -> None:
    for path in (DEPLOY / "systemd").glob("*.service"):
        text = path.read_text()
        for line in (
            "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n",
            "SystemCallFilter=@system-service", "User=motcua",
        ):  # fmt: skip
            assert line in text, (path.name, line)
        hidden = "secrets/owner" in text.split("InaccessiblePaths=", 1)[1].split("\n", 1)[0]
        assert hidden == any(name in path.name for name in ("web", "worker")), path.name
        if "StateDirectory=" in text:
            assert "\nLimitNOFILE=65536\n" in text and "\nLimitCORE=0\n" in text, path.name
        # What is hidden would be read through /proc of a program of the same user and group.
        assert (f"\nGroup=motcua{'' if hidden else '-owner'}\n") in text, path.name
        assert ("\nProcSubset=pid\n" in text) == ("keeper" not in path.name), path.name
        # Who knows the master key reads backups if he reaches them and their keys.
        for kept in ("/sao-luu", "/khoa-sao-luu", "/var/lib/motcua/backup-work"):
            assert hidden == bool(re.search(rf"^InaccessiblePaths=.*-{kept}\b", text, flags=re.M))


def test_no_start_of_a_unit_gives_the_papers_to_another_group() -> None:
    # systemd gives what a state directory holds, every file of it, to the user and group it starts.
    groups: dict[str, set[str]] = {}
    for path in (DEPLOY / "systemd").glob("*.service"):
        text = path.read_text()
        for line in re.findall(r"^StateDirectory=(.+)$", text, flags=re.M):
            for name in line.split():
                groups.setdefault(name, set()).update(re.findall(r"^Group=(.+)$", text, flags=re.M))
    assert set(groups) == {"motcua/staging", "motcua/papers", "motcua/backup-work"}
    assert all(len(each) == 1 for each in groups.values()), groups


def test_the_command_line_knows_the_owner_as_the_keeper_does() -> None:
    line = (DEPLOY / "systemd/motcua").read_text()
    assert "owner.env" in line and "--property=Group=motcua-owner" in line


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("one_port", [False, True])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, one_port: bool) -> None:
    units = [path for path in (DEPLOY / "systemd").rglob("*.*") if path.suffix in _UNITS]
    for path in units:
        text = path.read_text()
        (tmp_path / path.name.replace("@.", "@1.")).write_text(text)
    (tmp_path / "motcua-web@2.service").write_text((tmp_path / "motcua-web@1.service").read_text())
    for number in "12" if one_port else "":
        (added := tmp_path / f"motcua-web@{number}.service.d").mkdir()
        shutil.copy(DEPLOY / "systemd/one-port/one-port.conf", added)
    units = [path for path in tmp_path.iterdir() if path.suffix in _UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{unit.name}" for unit in units)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "motcua" in line]
    assert ours == []


def test_pgbouncer_lets_every_session_of_ours_begin() -> None:
    text = (DEPLOY / "postgres/pgbouncer.ini").read_text()
    listed = re.search(r"^ignore_startup_parameters = (.+)$", text, flags=re.M)
    assert listed
    handed_on = {"application_name", "timezone"}
    assert {name.strip() for name in listed[1].split(",")} == SESSION.keys() - handed_on


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_takes_the_proxys_configuration(tmp_path: Path) -> None:
    certificate(tmp_path, "cong.test")
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    for old, new in (
        ("/etc/motcua/proxy/upstream.conf", str(DEPLOY / "proxy/upstream-host.conf")),
        ("/etc/motcua/tls/fullchain.pem", str(tmp_path / "cert.pem")),
        ("/etc/motcua/tls/privkey.pem", str(tmp_path / "key.pem")),
        ("/var/log/nginx", str(tmp_path)),
    ):
        assert old in text
        text = text.replace(old, new)
    whole = tmp_path / "whole.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", whole, "-p", tmp_path, "-e", tmp_path / "error.log"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_proxy_writes_no_query_strings_down() -> None:
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    shape = text.split("log_format motcua", 1)[1].split(";", 1)[0]
    assert not re.search(r"\$(request|args|request_uri|http_referer|query_string)\b", shape)
    # nginx quotes the whole request in its error log from level "error" on; and what is named
    # outside of a server stands beside what the distribution's nginx.conf names, with the query.
    whole, *servers = re.split(r"^server {", text, flags=re.M)
    assert len(servers) == 2 and not re.search(r"^(access|error)_log", whole, flags=re.M)
    for server in servers:
        assert re.findall(r"access_log \S+ (.+);", server) == ["motcua"]
        assert re.findall(r"error_log \S+ (.+);", server) == ["crit"]


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_the_proxy_writes_down_what_was_asked_and_nothing_that_opens_anything(
    tmp_path: Path,
) -> None:
    with proxied.proxy(tmp_path / "proxy"):
        # Nobody is behind it, so its own page is what all of them are answered with.
        for path in ("/thu-tuc?tim=Nguyen+Van+Bi+Mat", "/tra-cuu/Q7K2", *_OPENERS):
            assert proxied.ask(path)[0] == 503
    log = (tmp_path / "proxy/access.log").read_text()
    assert re.findall(r'"GET (\S+)" 503', log) == [
        "/thu-tuc", "/tra-cuu/Q7K2", *(f"/{path.split('/')[1]}/*" for path in _OPENERS)
    ]  # fmt: skip
    assert "BiMat" not in log and "Bi+Mat" not in log


# A link to a file, a rating, a provider's reports and what people text us.
_OPENERS = [
    f"{links.PATH}/BiMat.BiMat", "/danh-gia/BiMat",
    f"{reports.PATH}/binhdinh/BiMat/1/BiMat", f"{answering.PATH}/binhdinh/BiMat",
]  # fmt: skip


def _all_of(*folders: str) -> str:
    return "\n".join(
        path.read_text()
        for folder in folders
        for path in sorted((DEPLOY / folder).rglob("*"))
        if path.is_file()
    )
