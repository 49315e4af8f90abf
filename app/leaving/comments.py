"""What the schema's own comments say of tables and columns, for who reads the package. Pure."""

import re
from typing import NamedTuple

_CREATE = re.compile(r"create table (\w+) \(")
_ALTER = re.compile(r"alter table (\w+)")
_COLUMN = re.compile(r"\s+(?:add column )?([a-z_]\w*) .*?-- (.+)$")
_NO_COLUMNS = {"check", "unique", "primary", "foreign", "constraint", "add", "references"}


class Said(NamedTuple):
    """One table: what stands above it, and beside each of its columns."""

    about: str
    columns: dict[str, str]


def read(sql: str) -> dict[str, Said]:
    """The comments of one schema file by table; a file that says nothing gives nothing."""
    found: dict[str, Said] = {}
    above: list[str] = []
    at: Said | None = None
    for line in sql.splitlines():
        if line.startswith("--"):
            above.append(line[2:].strip())
            continue
        if match := _CREATE.match(line) or _ALTER.match(line):
            about = " ".join(above) if line.startswith("create") else ""
            at = found.setdefault(match[1], Said(about, {}))
        elif line.startswith(")"):
            at = None
        if at is not None and (match := _COLUMN.match(line)) and match[1] not in _NO_COLUMNS:
            at.columns[match[1]] = match[2].strip()
        above = []
    return found


def gathered(files: list[str]) -> dict[str, Said]:
    """The comments of a chain of schema files, later ones added to earlier ones."""
    found: dict[str, Said] = {}
    for sql in files:
        for table, said in read(sql).items():
            before = found.get(table, Said("", {}))
            found[table] = Said(before.about or said.about, {**before.columns, **said.columns})
    return found
