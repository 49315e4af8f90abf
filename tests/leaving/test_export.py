"""A tenant carried out, in and out again: the same bag, whole, that others' tools can read."""

import json
from pathlib import Path

import bagit
import frictionless

from app.leaving import bag, exporting
from tenants.shapes import Tenant
from tests.leaving.conftest import Away


async def test_what_is_carried_out_and_in_and_out_again_is_the_same(
    worked: Tenant, away: Away, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    made = await exporting.export(worked, first, share=100)
    assert (made.files, made.lost) == (1, [])  # equal papers lie there once
    came = await away.take_in("noi-den", first)
    assert (came.rows, came.trail) == (made.rows, [])
    again = await exporting.export(came.tenant, second, share=100)
    assert differences(first, second) == []
    assert again.digest == made.digest
    bagit.Bag(str(first)).validate()
    assert faults_of_package(first) == []


def differences(one: Path, other: Path) -> list[str]:
    """The lines of two manifests that are not in both."""
    lines = [set((each / bag.MANIFEST).read_text().splitlines()) for each in (one, other)]
    return sorted(lines[0] ^ lines[1])


def faults_of_package(folder: Path) -> list[str]:
    """What the public tool finds wrong with the tables that hold rows."""
    package = frictionless.Package(str(folder / "data/datapackage.json"))
    told = [each for each in package.resources if each.rows or each.custom.get("lines")]
    reports = [each.validate() for each in told]
    return [report.to_summary() for report in reports if not report.valid]
