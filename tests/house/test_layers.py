"""The architecture, asked of the code itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("app", "billing", "storage", "tenants", "infra")
FILES = sorted(p for room in ROOMS for p in (HOUSE / room).rglob("*.py"))
RULES = [p for p in FILES if p.name == "rules.py" or p.parent.name == "rules"]

# A rule takes values and returns values; these modules bring a database, a clock or a tenant.
_IMPURE = {
    "asyncio", "asyncpg", "httpx", "os", "piccolo", "random", "redis", "secrets", "socket",
    "litestar", "tenants.db", "tenants.current", "tenants.work", "tenants.registry",
    "infra.settings", "infra.bell", "infra.http", "time",
}  # fmt: skip


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _name(path):
    return path.relative_to(HOUSE).as_posix()


def test_rooms_lean_only_downward():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=HOUSE, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", RULES, ids=_name)
def test_rules_know_neither_database_nor_clock_nor_tenant(path):
    assert not _IMPURE & set(_imports(path))
    calls = [
        ast.unparse(n.func)
        for n in ast.walk(ast.parse(path.read_text()))
        if isinstance(n, ast.Call)
    ]
    assert not {"now", "clock.now", "datetime.now", "date.today", "open", "print"} & set(calls)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_file_swallows_a_subject(path):
    assert len(path.read_text().splitlines()) <= 350


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_function_needs_scrolling(path):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > 45
    ]
    assert not long


def test_infra_knows_no_domain_word():
    words = ("dossier", "procedure", "citizen", "officer", "tenant")
    for path in (HOUSE / "infra").rglob("*.py"):
        names = {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}
        assert not {n for n in names for word in words if word in n.lower()}, path


def test_no_file_names_where_packages_come_from():
    # Spelt in halves, so that this file passes its own test.
    hosts = ["py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "deb." + "debian.org"]
    listed = subprocess.run(["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True).stdout
    for name in listed.splitlines():
        path = HOUSE / name
        if path.is_file():
            text = path.read_bytes().decode(errors="ignore")
            assert not [host for host in hosts if host in text], name
