"""What must not stand in the code at all, asked of its syntax."""

import ast
import re
import tomllib

import pytest

from tests.security.syntax import (
    FILES,
    HOUSE,
    ROOMS,
    SERVED,
    called,
    calls,
    imported,
    tree,
)


@pytest.mark.asvs("16.2.2")
def test_there_is_one_clock_and_it_tells_utc() -> None:
    ways = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.localtime"}
    found = {line.partition(":")[0] for line in called(FILES, ways)}
    assert found == {"infra/clock.py"}
    assert "datetime.now(UTC)" in (HOUSE / "infra/clock.py").read_text()


@pytest.mark.asvs("16.2.3")
def test_nothing_is_said_beside_the_logs() -> None:
    talks = set(
        [
            "app/cli",
            "infra/bootstrap",
            "infra/clean",
            "infra/extras",
            "app/up",
            "app/demo/",
            "infra/embedded/",
            "infra/web/",
            "app/leaving/bagged/",
            "infra/deploy/make_secrets.py",
            "billing/recompute.py",
        ]
    )
    printed = {line for line in called(FILES, {"print"}) if not line.startswith(tuple(talks))}
    assert printed == set()
    writes = set(
        ["logging.FileHandler", "logging.handlers.SysLogHandler", "logging.handlers.HTTPHandler"]
    )
    assert called(FILES, writes) == []


@pytest.mark.asvs("16.5.2", "2.3.3")
def test_no_network_is_used_inside_a_transaction() -> None:
    """Who answers slowly must not keep a connection, and a message sent cannot be rolled back."""
    outside = {"client", "call", "fetch_token", "send", "put", "get_object", "stat"}
    for path in SERVED:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.AsyncWith) and any(
                ast.unparse(item.context_expr) == "work()" for item in node.items
            ):
                called = [
                    ast.unparse(c.func)
                    for s in node.body
                    for c in ast.walk(s)
                    if isinstance(c, ast.Call)
                ]
                bad = [
                    n
                    for n in called
                    if n.startswith(("http.", "line.", "store_of(", "lines."))
                    and n.rpartition(".")[2] in outside
                ]
                assert not bad, (path, node.lineno, bad)


@pytest.mark.asvs("1.5.1")
def test_xml_is_read_in_one_place_and_that_refuses_entities() -> None:
    readers = {
        n for f, n, _ in calls(SERVED) if n.endswith((".fromstring", ".parseString", "etree.parse"))
    }
    files = {f for f, n, _ in calls(SERVED) if n in readers}
    assert files == {"app/onestop/notices/gateways/mapping.py"}


@pytest.mark.asvs("15.2.3", "13.4.2")
def test_what_serves_people_brings_nothing_of_the_trial_along() -> None:
    for program in ("app/web.py", "app/worker.py"):
        seen: set[str] = set()
        waiting = [HOUSE / program]
        while waiting:
            for name in imported([waiting.pop()]):
                file = HOUSE / f"{name.replace('.', '/')}.py"
                package = HOUSE / name.replace(".", "/") / "__init__.py"
                for found in (file, package):
                    if found.is_file() and name not in seen:
                        seen.add(name)
                        waiting.append(found)
        trial = ("app.demo", "infra.embedded", "tests", "app.instance", "app.up", "app.accounts")
        assert not [name for name in seen if name.startswith(trial)], program
    debugs = [
        f
        for f, _, c in calls(SERVED)
        for k in c.keywords
        if k.arg in {"debug", "reload"} and getattr(k.value, "value", True)
    ]
    assert debugs == []


@pytest.mark.asvs("15.1.2")
def test_every_dependency_is_locked_by_version_and_digest_and_explained() -> None:
    text = (HOUSE / "infra/locks/run.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [block for block in blocks if re.match(r"[a-z0-9][\w.-]*(\[[\w,]+\])?==", block)]
    assert len(pinned) > 20
    assert all("--hash=sha256:" in block for block in pinned)
    assert "--index-url" not in text and "--extra-index-url" not in text and "git+" not in text
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["dependencies"]
    told = (HOUSE / "docs/decisions/0002-dependencies.md").read_text()
    names = {re.match(r"[\w-]+", line)[0] for line in project}  # type: ignore[index]
    assert {name for name in names if name not in told} == set()


@pytest.mark.asvs("15.3.5")
def test_types_are_checked_strictly() -> None:
    chosen = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["mypy"]
    assert chosen["strict"] is True and set(chosen["files"]) == set(ROOMS)
    ignored = [f for f in SERVED if "# mypy: ignore-errors" in f.read_text()]
    assert ignored == []


@pytest.mark.asvs("13.3.1", "13.2.3")
def test_no_secret_stands_in_the_repository() -> None:
    pattern = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}"
        r"|(?:password|secret|passwd)\s*=\s*[\"'][^\"'{}$]{8,}[\"']",
        re.IGNORECASE,
    )
    for path in SERVED:
        assert not pattern.search(path.read_text()), path
