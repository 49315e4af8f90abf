"""Reads the catalogue (danh mục thủ tục hành chính) that ships with the product."""

from functools import cache
from pathlib import Path

import msgspec

from app.onestop.catalog.shapes import Procedure
from app.onestop.catalog.validity import faults

FILE = Path(__file__).parent / "data" / "procedures.json"


@cache
def shipped() -> list[Procedure]:
    """All procedures that ship with the product, those in force first, then by field and code.

    Raises ValueError naming the first unsound record, msgspec.ValidationError for a wrong shape.
    """
    procedures = msgspec.json.decode(FILE.read_bytes(), type=list[Procedure])
    for procedure in procedures:
        if wrong := faults(procedure):
            raise ValueError(f"{procedure.code}: {wrong[0]}")
    return procedures
