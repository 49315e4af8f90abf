"""What each form of deployment gives to each program: its settings, command and files."""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HOUSE = Path(__file__).parents[2]
DEPLOY = HOUSE / "infra/deploy"
COMPOSE = DEPLOY / "compose/compose.yaml"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OWN = ("motcua", "motcua-keeper")


class Program(NamedTuple):
    """One program as a form starts it."""

    form: str
    name: str
    module: str  # app.web and the like
    environment: dict[str, str]
    writes: frozenset[str]  # the directories that are there, kept and its to write


def programs() -> list[Program]:
    """Every program of ours in every form."""
    return [*_composed("compose", COMPOSE), *_composed_with_store(), *_pods(), *_units()]


def image_settings(target: str) -> dict[str, str]:
    """The ENV lines of a stage of the Containerfile."""
    stage = re.split(r"^FROM \S+ AS ", containerfile(), flags=re.M)
    text = next(part for part in stage if part.startswith(f"{target}\n"))
    return dict(re.findall(r"^ENV (\S+?)=(\S+)$", text, flags=re.M))


def containerfile() -> str:
    """Its text."""
    return (DEPLOY / "Containerfile").read_text()


@cache
def documents(path: Path) -> list[dict[str, Any]]:
    """The documents of a YAML file."""
    return [found for found in yaml.safe_load_all(path.read_text()) if found]


def manifests() -> list[dict[str, Any]]:
    """Every object the Kubernetes form makes."""
    return [each for path in MANIFESTS for each in documents(path)]


def pods() -> list[dict[str, Any]]:
    """The objects that make pods."""
    return [each for each in manifests() if "template" in each.get("spec", {})]


def variables(path: Path) -> dict[str, str]:
    """A file of NAME=value lines."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def services(path: Path = COMPOSE) -> dict[str, dict[str, Any]]:
    """The services of a compose file; merges are resolved by YAML itself."""
    found: dict[str, dict[str, Any]] = documents(path)[0]["services"]
    return found


def _composed(form: str, *paths: Path) -> list[Program]:
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for name, service in services(path).items():
            known = found.setdefault(name, {})
            more = {**known.get("environment", {}), **(service.get("environment") or {})}
            found[name] = {**known, **service, "environment": more}
    example = variables(DEPLOY / "compose/motcua.env.example")
    return [
        Program(
            form,
            name,
            _module(service),
            {**_image(service), **example, **_text(service)},
            frozenset(v.split(":")[1] for v in service["volumes"] if not v.endswith(":ro")),
        )
        for name, service in found.items()
        if service.get("image", "").split(":")[0] in OWN
    ]


def _composed_with_store() -> list[Program]:
    path = DEPLOY / "compose/compose.s3.yaml"
    address = {"MOTCUA_S3_ENDPOINT": "https://kho.motcua.example.vn"}
    found = _composed("compose with a store", COMPOSE, path)
    return [each._replace(environment={**each.environment, **address}) for each in found]


def _image(service: dict[str, Any]) -> dict[str, str]:
    return image_settings("keeper" if "keeper" in service["image"] else "run")


def _module(service: dict[str, Any]) -> str:
    words = [*service.get("entrypoint", []), *service.get("command", [])]
    return next((word for word in words if word.startswith("app.")), "app.web")


def _text(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service["environment"].items()}


def _pods() -> list[Program]:
    shared = {name: variables(DEPLOY / f"kubernetes/{name}.env") for name in ("settings", "owner")}
    found = []
    for each in pods():
        container = each["spec"]["template"]["spec"]["containers"][0]
        if container["image"].split(":")[0] not in OWN:
            continue
        given = {k: v for ref in container["envFrom"] for k, v in shared[_name(ref)].items()}
        environment = {**_image(container), **given}
        name = each["metadata"]["name"]
        mounts = container["volumeMounts"]
        writes = frozenset(m["mountPath"] for m in mounts if not m.get("readOnly"))
        found.append(Program("kubernetes", name, container["args"][0], environment, writes))
    return found


def _name(reference: dict[str, Any]) -> str:
    return str(reference["configMapRef"]["name"])


def _units() -> list[Program]:
    found = []
    for path in sorted((DEPLOY / "systemd").glob("*.service")):
        text = path.read_text()
        files = re.findall(r"^EnvironmentFile=/etc/motcua/(\S+)$", text, flags=re.M)
        environment = {
            name: value
            for file in files
            for name, value in variables(DEPLOY / "systemd" / file.replace("%i", "1")).items()
        }
        module = re.search(r"^ExecStart=.+/python\" -m ([\w. ]+)'$", text, flags=re.M)
        assert module, path
        own = re.findall(r"^StateDirectory=(.+)$", text, flags=re.M)
        let = re.findall(r"^ReadWritePaths=(.+)$", text, flags=re.M)
        writes = {f"/var/lib/{name}" for line in own for name in line.split()}
        writes |= {name.lstrip("-") for line in let for name in line.split()}
        program = module[1].split()[0]
        found.append(Program("systemd", path.stem, program, environment, frozenset(writes)))
    return found
