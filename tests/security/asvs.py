"""docs/asvs.md and the marks of tests, held together: `python -m tests.security.asvs` rewrites it.

A row is `| id | level | what | verdict | how | tests |`. The last column is made from the marks
`@pytest.mark.asvs("1.2.3", ...)` in the tests; everything else is written by people.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parents[2]
PAGE = HOUSE / "docs/asvs.md"
VERDICTS = {"met", "not met", "not applicable"}


class Row(NamedTuple):
    """One requirement of the standard and what became of it here."""

    id: str
    level: str
    what: str
    verdict: str
    how: str
    tests: tuple[str, ...]

    @property
    def line(self) -> str:
        """The row as it stands on the page."""
        shown = "<br>".join(f"`{test}`" for test in self.tests) or "–"
        return f"| {self.id} | {self.level} | {self.what} | {self.verdict} | {self.how} | {shown} |"


def rows(text: str) -> list[Row]:
    """The rows of the page."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and cells[0][:1].isdigit():
            tests = tuple(part.strip("` ") for part in cells[5].split("<br>") if "::" in part)
            found.append(Row(*cells[:5], tests))
    return found


def marks() -> dict[str, set[str]]:
    """By row, the tests that carry it, as `tests/file.py::test`."""
    carried: dict[str, set[str]] = defaultdict(set)
    for path in sorted((HOUSE / "tests").rglob("test_*.py")):
        text = path.read_text()
        if "mark.asvs(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for row in _carried(node):
                    carried[row].add(f"{path.relative_to(HOUSE).as_posix()}::{node.name}")
    return carried


def _carried(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
    return [
        str(argument.value)
        for call in calls
        if ast.unparse(call.func) == "pytest.mark.asvs"
        for argument in _one_by_one(call.args)
        if isinstance(argument, ast.Constant)
    ]


def _one_by_one(arguments: list[ast.expr]) -> Iterator[ast.expr]:
    for argument in arguments:
        if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.List):
            yield from argument.value.elts
        else:
            yield argument


def renewed(text: str) -> str:
    """The page with its last column made anew."""
    carried, lines = marks(), []
    for line in text.splitlines():
        found = rows(line)
        if found:
            line = found[0]._replace(tests=tuple(sorted(carried[found[0].id]))).line
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text()))
