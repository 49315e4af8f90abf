"""The architecture, asked of the code itself."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("app", "billing", "storage", "tenants", "infra")
FILES = sorted(p for room in ROOMS for p in (HOUSE / room).rglob("*.py"))
NAMED_RULES = [p for p in FILES if p.name == "rules.py" or p.parent.name == "rules"]

# A rule takes values and returns values; these modules bring a database, a clock or a tenant.
_IMPURE = {
    "asyncio", "asyncpg", "httpx", "os", "piccolo", "random", "redis", "secrets", "socket",
    "litestar", "tenants.db", "tenants.current", "tenants.work", "tenants.registry",
    "infra.settings", "infra.bell", "infra.http", "time", "infra.clock.now", "infra.ids",
}  # fmt: skip


@cache
def _nodes(path):
    return tuple(ast.walk(ast.parse(path.read_text())))


@cache
def _imports(path):
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _name(path):
    return path.relative_to(HOUSE).as_posix()


def _module(path):
    return _name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {_module(path): path for path in FILES}


def _acts(path):
    """Whether the file itself could do more than answer."""
    waits = any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in _nodes(path))
    return waits or bool(_IMPURE & _imports(path))


def _says_pure(path):
    return "Pure" in (ast.get_docstring(ast.parse(path.read_text())) or "")


def _of_the_heart(path):
    """What in the heart does not act by itself, or claims so. A package's front only hands on."""
    heart = _name(path).startswith("app/onestop/") and path.name != "__init__.py"
    return heart and (_says_pure(path) or not _acts(path))


# The law lives in more files than those called rules; one added tomorrow is held to it as well.
RULES = [path for path in FILES if path in NAMED_RULES or _of_the_heart(path)]


def _leans_on(path):
    """Every file of the house the file imports, and those import; infra knows no dossier."""
    seen, waiting = set(), [path]
    while waiting:
        for name in _imports(waiting.pop()):
            found = MODULES.get(name)
            if found and found not in seen and not name.startswith("infra."):
                seen.add(found)
                waiting.append(found)
    return seen


def test_rooms_lean_only_downward():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=HOUSE, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", RULES, ids=_name)
def test_rules_know_neither_database_nor_clock_nor_tenant(path):
    assert not _acts(path)
    calls = {ast.unparse(n.func) for n in _nodes(path) if isinstance(n, ast.Call)}
    assert not {"clock.now", "datetime.now", "date.today", "open", "print"} & calls
    assert [_name(each) for each in _leans_on(path) if _IMPURE & _imports(each)] == []


def test_rules_are_found_by_what_they_import():
    heart = HOUSE / "app/onestop"
    known = ["dossiers/standing", "deadlines/ledger", "reorganisation/checking"] + [
        f"workflows/{name}"
        for name in ("tree", "running", "conditions", "shares", "checking", "publishing",
                     "agencies", "waiting")
    ]  # fmt: skip
    assert {heart / f"{name}.py" for name in known} <= set(RULES)
    assert heart / "statistics/service.py" not in RULES


def test_no_file_swallows_a_subject():
    assert [_name(path) for path in FILES if len(path.read_text().splitlines()) > 350] == []


def test_no_function_needs_scrolling():
    long = [
        f"{_name(path)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in FILES
        for node in _nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > 45
    ]
    assert long == []


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
