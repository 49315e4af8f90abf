"""The description of a bag's tables: a data package (Frictionless), JSON Schemas. Pure.

docs/data-package.md tells the format to who writes or reads one without us.
"""

from typing import Any

import msgspec

from app.leaving.catalogue import Column, ForeignKey, Table
from app.leaving.comments import Said
from app.leaving.journal import File
from app.leaving.kinds import json_schema, table_type

FORMAT = "motcua-package/1"
# In CSV neither null nor a moment without end has letters of its own.
_MISSING = ["", "infinity", "-infinity"]
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the schema the rows were read under."""

    number: int
    name: str
    digest: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One table as it lies in the bag."""

    table: Table
    folder: str  # tables | books
    rows: int
    lines: File
    comma: File


def title_of(name: str, titles: dict[str, str]) -> str:
    """What a table is called in Vietnamese, or its own name when nobody has said."""
    return titles.get(name, name)


def data_package(
    title: str,
    schema: list[Step],
    written: list[Written],
    said: dict[str, Said],
    titles: dict[str, str],
) -> dict[str, Any]:
    """What `datapackage.json` holds; each table is there as CSV and as JSON Lines."""
    resources = []
    for each in written:
        about = _about(each, said, titles)
        resources += [_comma(each, about, said), _lines(each, about)]
    return {
        "name": "motcua",
        "title": title,
        "profile": "data-package",
        "format": FORMAT,
        "schema_steps": msgspec.to_builtins(schema),
        "resources": resources,
    }


def row_schema(table: Table, title: str, said: Said) -> dict[str, Any]:
    """The JSON Schema of one line of a table."""
    properties = {
        column.name: {
            **json_schema(column.type, required=column.required),
            **_described(said, column.name),
        }
        for column in table.columns
    }
    return {
        "$schema": _DRAFT,
        "title": title,
        "description": said.about,
        "type": "object",
        "properties": properties,
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def _about(each: Written, said: dict[str, Said], titles: dict[str, str]) -> dict[str, Any]:
    name = each.table.name
    about = said[name].about if name in said else ""
    return {
        "title": title_of(name, titles),
        **({"description": about} if about else {}),
        "table": name,
        "group": each.folder,
    }


def _comma(each: Written, about: dict[str, Any], said: dict[str, Said]) -> dict[str, Any]:
    words = said.get(each.table.name, Said("", {}))
    fields = [
        {
            "name": column.name,
            "type": table_type(column.type),
            "native_type": column.type,
            **_described(words, column.name),
            **_constrained(column),
        }
        for column in each.table.columns
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": _MISSING}
    if each.table.key:
        schema["primaryKey"] = each.table.key
    if each.table.foreign:
        schema["foreignKeys"] = [_foreign(key, each) for key in each.table.foreign]
    return {
        "name": _resource(each),
        **about,
        **_facts(each.comma),
        "rows": each.rows,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _lines(each: Written, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": f"{_resource(each)}-lines",
        **about,
        **_facts(each.lines),
        "lines": each.rows,
        "profile": "data-resource",
        "type": "file",
        "format": "ndjson",
        "mediatype": "application/x-ndjson",
        "encoding": "utf-8",
        "json_schema": f"schemas/{each.table.name}.schema.json",
    }


def _resource(each: Written) -> str:
    return each.table.name.replace("_", "-")


def _facts(file: File) -> dict[str, Any]:
    """Where a file is below the package, and how to know it again."""
    return {
        "path": file.path.removeprefix("data/"),
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }


def _foreign(key: ForeignKey, each: Written) -> dict[str, Any]:
    """A table that leans on itself is named by nothing (Table Schema)."""
    other = "" if key.table == each.table.name else key.table.replace("_", "-")
    return {
        "fields": key.columns,
        "reference": {"resource": other, "fields": key.references},
    }


def _described(said: Said, column: str) -> dict[str, str]:
    text = said.columns.get(column)
    return {"description": text} if text else {}


def _constrained(column: Column) -> dict[str, Any]:
    """An empty text is no missing one, but CSV cannot tell them apart; nor an endless moment."""
    doubtful = column.type in ("text", "timestamp with time zone", "date")
    return {"constraints": {"required": True}} if column.required and not doubtful else {}
