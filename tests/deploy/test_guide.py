"""Nothing alarms that the guide does not explain, and it explains nothing that is not there."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import msgspec
import pytest
from prometheus_client import REGISTRY

from app import main as product
from infra.settings import Settings
from tests.cli.verbs import verbs
from tests.deploy import forms
from tests.deploy.forms import DEPLOY, HOUSE
from tests.security.syntax import SERVED

GUIDE = (HOUSE / "docs/operators-guide.md").read_text()
DUTY = (HOUSE / "docs/huong-dan-van-hanh.md").read_text()
RULES = forms.documents(DEPLOY / "watching/alerts.yaml")[0]["groups"][0]["rules"]
PROMISES = (HOUSE / "SECURITY.md").read_text()


def _paragraphs() -> dict[str, str]:
    part = GUIDE.split("\n## 9. ", 1)[1].split("\n## 10. ", 1)[0]
    found = re.split(r"^### `?([A-Za-z_]+)`?$", part.split("\n### Warnings", 1)[0], flags=re.M)
    return dict(zip(found[1::2], found[2::2], strict=True))


@cache
def _events(*levels: str) -> set[str]:
    said = re.compile(rf'\b_?log(?:ger)?\.(?:{"|".join(levels)})\(\s*"([^"]+)"')
    # A sentence is told by the standard library's logger, as the event `library`.
    return {
        text if re.fullmatch("[a-z_]+", text) else "library"
        for path in SERVED
        for text in said.findall(path.read_text())
    }


def test_every_alert_and_every_error_has_its_paragraph_and_no_other_has() -> None:
    alerts, errors = {rule["alert"] for rule in RULES}, _events("error", "exception", "critical")
    assert len(errors) > 15
    assert set(_paragraphs()) == alerts | errors
    for name, text in _paragraphs().items():
        assert re.match(r"\n\*[^*]*(60 min|4 h|1 day|As the event says)", text), name
        assert (
            "**Do:**" in text
            or "As TrailNotWhole" in text
            or name == "ErrorsInTheLogs"
            or (name == "BackupsAreRed")
        ), name


def test_every_warning_is_told_in_the_table() -> None:
    told = GUIDE.split("\n### Warnings", 1)[1].split("\n## 10. ", 1)[0]
    told_of = set(re.findall(r"`([a-z_]+)`", told))
    assert _events("warning", "info") <= told_of
    assert told_of <= _events("warning", "info") | _events("error", "exception")


def test_alerts_ask_for_figures_that_are_there() -> None:
    assert product, "whose modules make the figures"
    known = {
        sample.name for family in REGISTRY.collect() for sample in family.samples
    } | {family.name for family in REGISTRY.collect()}  # fmt: skip
    known |= {f"{name}_total" for name in known} | {f"{name}_bucket" for name in known}
    known |= {f"{name}_count" for name in known}
    for rule in RULES:
        asked = set(re.findall(r"motcua_[a-z_]+", rule["expr"]))
        assert asked <= known, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        within = {"60m": "60 min", "4h": "4 h", "1d": "1 day"}[rule["labels"]["within"]]
        said = _paragraphs()[rule["alert"]].split("\n", 2)[1]
        assert within in said or rule["alert"] == "ErrorsInTheLogs", rule["alert"]


def test_each_alert_is_tried_where_promtool_is() -> None:
    tried = [
        each
        for group in forms.documents(DEPLOY / "watching/alerts_test.yaml")[0]["tests"]
        for each in group["alert_rule_test"]
    ]
    assert {each["alertname"] for each in tried if each["exp_alerts"]} == {
        rule["alert"] for rule in RULES
    }


@pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool here")
def test_alerts_sound_when_they_should_and_not_before() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yaml"],
        cwd=DEPLOY / "watching", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_is_on_duty_finds_every_alert_in_vietnamese() -> None:
    for rule in RULES:
        assert f"| `{rule['alert']}` |" in DUTY, rule["alert"]
    assert set(re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", DUTY, flags=re.M)) == {
        rule["alert"] for rule in RULES
    }


def test_connections_are_counted_as_the_table_says() -> None:
    one = {f.name: f.default for f in msgspec.structs.fields(Settings)}["connections_per_cluster"]
    row = re.compile(
        r"^\| \d.* \| (\d+) \| (\d+) \| [^|]*cores[^|]* \| [^|]* \| (\d+) \|$", flags=re.M
    )
    rows = [[int(each) for each in found] for found in row.findall(GUIDE)]
    assert len(rows) == 3
    for web, worker, connections in rows:
        assert connections == (web + worker + 1) * one + 20
    conf = (DEPLOY / "postgres/postgresql.conf").read_text()
    assert int(re.findall(r"^max_connections = (\d+)$", conf, flags=re.M)[0]) >= rows[0][2]


@pytest.mark.parametrize("text", [GUIDE, DUTY, PROMISES], ids=["guide", "duty", "security"])
def test_commands_settings_and_pages_that_are_named_exist(text: str) -> None:
    known_verbs = verbs()
    rooms = {verb.split(" ")[0] for verb in known_verbs}
    for room, word in re.findall(r"motcua ([a-z]+)(?: ([a-z][a-z-]*))?", text):
        if room in rooms:
            assert f"{room} {word}".strip() in known_verbs or not word, room
    known = {f"MOTCUA_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    assert set(re.findall(r"MOTCUA_[A-Z_0-9]+", text)) <= known
    for path in re.findall(r"`((?:infra|tests|docs|app|tenants)/[\w./-]+)`", text):
        assert (HOUSE / path).exists(), path
    for module in re.findall(r"python -m (tests[\w.]+|app[\w.]+)", text):
        assert (HOUSE / module.replace(".", "/")).exists() or _file(module).exists(), module


def test_links_of_these_pages_lead_somewhere() -> None:
    for name in ("docs/operators-guide.md", "docs/huong-dan-van-hanh.md", "SECURITY.md"):
        place = HOUSE / name
        for target in re.findall(r"\]\(([^)#h][^)#]*)\)", place.read_text()):
            assert (place.parent / target).exists(), f"{name}: {target}"


def test_what_is_promised_is_tested_where_it_says() -> None:
    rows = [line for line in PROMISES.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 10
    for row in rows:
        tests = re.findall(r"`(tests/[\w./-]+)(?:::(\w+))?`", row)
        assert tests, row
        for path, name in tests:
            assert not name or f"def {name}(" in (HOUSE / path).read_text(), (path, name)


def _file(module: str) -> Path:
    return HOUSE / f"{module.replace('.', '/')}.py"
