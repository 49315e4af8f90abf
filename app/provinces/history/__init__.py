"""How provinces were organised before, and the plan that reorganised them, as files.

`binh_dinh`: 11 districts and 155 communes until 30 June 2025, 58 communes from 1 July 2025.
"""

from pathlib import Path

import msgspec

from app.provinces.shapes import Agency

_HERE = Path(__file__).parent


class Before(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The agencies of a province that have ended since."""

    note: str
    agencies: list[Agency]


def agencies_before(name: str) -> list[Agency]:
    """The agencies that a province's last reform ended. Raises FileNotFoundError."""
    return msgspec.json.decode((_HERE / f"{name}_before.json").read_bytes(), type=Before).agencies


def plan_file(name: str, day: str) -> Path:
    """The file of the reform that began on that day, as `motcua tenant reorganise` takes it."""
    return _HERE / f"{name}_{day}.json"
