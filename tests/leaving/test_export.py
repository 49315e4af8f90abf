"""A tenant carried out: one bag, whole, that others' tools can read."""

from pathlib import Path

import bagit
import frictionless

from app.leaving import exporting
from tenants.shapes import Tenant


async def test_an_export(worked: Tenant, neighbour: Tenant, tmp_path: Path) -> None:
    made = await exporting.export(worked, tmp_path / "bag", share=100)
    print(made)
    bagit.Bag(str(tmp_path / "bag")).validate()
    report = frictionless.validate(str(tmp_path / "bag/data/datapackage.json"))
    print(report.flatten(["name", "rowNumber", "fieldName", "note"])[:20])
    assert report.valid
