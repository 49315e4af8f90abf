"""Reads the print templates that ship with the product and says which is in force."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from app.onestop.slips.checking import faults, overlapping
from app.onestop.slips.documents import Document

_FORMS = Path(__file__).parent / "forms"


@cache
def shipped() -> dict[tuple[str, str], Document]:
    """Every print template by form and version. Raises ValueError for an unsound one."""
    found: dict[tuple[str, str], Document] = {}
    for file in sorted(_FORMS.rglob("*.json")):
        document = msgspec.json.decode(file.read_bytes(), type=Document)
        if wrong := faults(document):
            raise ValueError(f"{file.relative_to(_FORMS)}: {wrong[0]}")
        found[document.form, document.version] = document
    if wrong_days := overlapping(list(found.values())):
        raise ValueError(wrong_days)
    return found


def document(form: str, version: str) -> Document:
    """The template a slip was issued under. Raises LookupError when it is not kept."""
    return shipped()[form, version]


def in_force(form: str, day: date) -> Document:
    """The template that a slip issued on `day` is printed with.

    Raises LookupError when no version of the form holds on that day.
    """
    for found in shipped().values():
        if found.form == form and holds(found, day):
            return found
    raise LookupError(f"no version of form {form} is in force on {day}")


def holds(document: Document, day: date) -> bool:
    """Whether a template is in force on that day."""
    return document.valid_from <= day and (document.valid_to is None or day <= document.valid_to)
