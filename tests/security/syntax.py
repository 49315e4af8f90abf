"""The product's code as syntax, its pages and scripts as text, read once for all who ask."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]
ROOMS = ("app", "billing", "storage", "tenants", "infra")
FILES = sorted(p for room in ROOMS for p in (HOUSE / room).rglob("*.py"))
# What runs at a customer's: without the trial's servers, its making-ready and its story.
SERVED = [
    p
    for p in FILES
    if not p.relative_to(HOUSE)
    .as_posix()
    .startswith(("infra/embedded/", "app/demo/", "infra/web/"))
    and p.name
    not in {"bootstrap.py", "extras.py", "up.py", "clean.py", "instance.py", "prepare.py"}
]
TEMPLATES = sorted((HOUSE / "app").rglob("templates/**/*.html"))
SCRIPTS = sorted((HOUSE / "app/doors/static/js").glob("*.js"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def _calls_in(path: Path) -> tuple[tuple[str, str, ast.Call], ...]:
    file = path.relative_to(HOUSE).as_posix()
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return tuple((file, _name(call.func), call) for call in calls)


def _name(node: ast.expr) -> str:
    """The dotted name of what is called; what is not a plain name stands as "?"."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return "?"


def calls(paths: list[Path]) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: the file, what is called, and the call."""
    for path in paths:
        yield from _calls_in(path)


@cache
def _imported_in(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def imported(paths: list[Path]) -> set[str]:
    return set().union(*map(_imported_in, paths))


def called(paths: list[Path], names: set[str]) -> list[str]:
    return [f"{file}:{call.lineno} {name}" for file, name, call in calls(paths) if name in names]


@cache
def dependencies() -> frozenset[str]:
    lines = (HOUSE / "infra/locks/run.txt").read_text().splitlines()
    return frozenset(
        line.partition("==")[0].lower() for line in lines if re.match(r"[a-z].*==", line)
    )
