"""Reads the forms (biểu mẫu) that ship with the product."""

from functools import cache
from pathlib import Path

import msgspec

from app.onestop.forms.rules import faults
from app.onestop.forms.shapes import Form

_DATA = Path(__file__).parent / "data"
GENERIC = "chung"


@cache
def shipped() -> dict[str, Form]:
    """Every shipped form by its id. Raises ValueError for an unsound one."""
    forms = [msgspec.json.decode(file.read_bytes(), type=Form) for file in sorted(_DATA.iterdir())]
    for form in forms:
        if wrong := faults(form):
            raise ValueError(f"{form.id}: {wrong[0]}")
    return {form.id: form for form in forms}


def form_named(name: str) -> Form:
    """The form a procedure names, or the generic one (tờ khai chung) when it ships none such."""
    return shipped().get(name) or shipped()[GENERIC]
