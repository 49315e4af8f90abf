"""What a column's type is called outside of PostgreSQL. Pure."""

from typing import Any

# PostgreSQL's name -> (Table Schema's type, JSON Schema of the value in JSON Lines).
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "uuid": ("string", {"type": "string", "format": "uuid"}),
    "text": ("string", {"type": "string"}),
    "bytea": ("string", {"type": "string", "pattern": r"^\\x([0-9a-f]{2})*$"}),
    "smallint": ("integer", {"type": "integer"}),
    "integer": ("integer", {"type": "integer"}),
    "bigint": ("integer", {"type": "integer"}),
    "numeric": ("number", {"type": "number"}),
    "double precision": ("number", {"type": "number"}),
    "boolean": ("boolean", {"type": "boolean"}),
    "date": ("date", {"type": "string"}),  # a day, or the word infinity
    "timestamp with time zone": ("datetime", {"type": "string"}),
    "jsonb": ("any", {}),
    "json": ("any", {}),
}
# As PostgreSQL writes them a spreadsheet would not read them; its JSON writes them as ISO 8601.
_PLAIN = {
    "uuid", "text", "bytea", "smallint", "integer", "bigint", "numeric", "date", "jsonb", "json",
}  # fmt: skip


def table_type(native: str) -> str:
    """The type of a column in Table Schema (Frictionless); `any` holds JSON."""
    return "any" if native.endswith("[]") else _KINDS.get(native, ("string", {}))[0]


def json_schema(native: str, *, required: bool) -> dict[str, Any]:
    """The schema of a column's value in JSON Lines; null is allowed unless `required`."""
    if native.endswith("[]"):
        found: dict[str, Any] = {"type": "array"}
    else:
        found = dict(_KINDS.get(native, ("", {"type": "string"}))[1])
    if not required and "type" in found:
        found["type"] = [found["type"], "null"]
    return found


def csv_expression(column: str, native: str) -> str:
    """The SQL that writes a column into CSV; `column` is a quoted name."""
    return column if native in _PLAIN else f"to_json({column}) #>> '{{}}' as {column}"
