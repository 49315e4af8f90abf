"""A tenant carried out, in and out again: the same bag, whole, that others' tools can read."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import bagit
import frictionless
import jsonschema
import pytest

from app.chains import tenant_chain
from app.leaving import arriving, bag, exporting, reading
from app.leaving.refusals import LeavingRefused
from storage.store import store_of
from tenants import registry
from tenants.clusters import owner
from tenants.shapes import Tenant
from tests.leaving.conftest import Away


async def test_what_is_carried_out_and_in_and_out_again_is_the_same(
    worked: Tenant, neighbour: Tenant, away: Away, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    made = await exporting.export(worked, first, share=100)
    assert (made.summary.files, made.summary.lost) == (1, [])  # equal papers lie there once
    came = await away.take_in("noi-den", first)
    assert (came.rows, came.trail) == (made.summary.rows, [])
    again = await exporting.export(came.tenant, second, share=100)
    assert differences(first, second) == []
    assert again.digest == made.digest
    assert (await papers_of(came.tenant)) == (await papers_of(worked))

    bagit.Bag(str(first)).validate()
    assert faults_of_package(first) == []
    assert lines_that_break_their_schema(first) == []
    assert register_of(first, tmp_path) == 3
    assert_nothing_is_told_of(neighbour, worked, first)
    await assert_what_is_not_whole_is_refused(away, first)
    await arriving.open_doors("noi-den")
    assert (await registry.by_slug("noi-den")).status == "active"  # type: ignore[union-attr]


async def assert_what_is_not_whole_is_refused(away: Away, first: Path) -> None:
    described = first / "data/datapackage.json"
    for name, old, new, word in (
        ("data/tables/dossier.jsonl", "Bùi Thị Ngọc", "Bùi Thị Ngộc", "was changed"),
        ("bag-info.txt", "Source", "Sourse", "was changed"),
        ("data/la.txt", "", "", "files lie in data/"),
    ):
        before = (first / name).read_text() if (first / name).exists() else None
        (first / name).write_text((before or "").replace(old, new))
        with pytest.raises(LeavingRefused, match=word):
            await away.take_in("noi-khac", first)
        (first / name).write_text(before) if before else (first / name).unlink()
    content = json.loads(described.read_text())
    content["schema_steps"].append({"number": 999, "name": "0999_later", "digest": ""})
    described.write_text(json.dumps(content))
    with pytest.raises(LeavingRefused, match="install the newer program first"):
        reading.known_steps(reading.read(first), tenant_chain())


async def papers_of(tenant: Tenant) -> list[bytes]:
    """What the tenant's store holds for each of its files."""
    async with owner(tenant.cluster, tenant.database) as connection:
        rows = await connection.fetch("select key from stored_object order by id")
    store = store_of(tenant)
    return [b"".join([c async for c in store.read(row["key"])]) for row in rows]


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


def lines_that_break_their_schema(folder: Path) -> list[str]:
    found = []
    for lines in (folder / "data/tables").glob("*.jsonl"):
        schema = json.loads((folder / f"data/schemas/{lines.stem}.schema.json").read_text())
        judge = jsonschema.Draft202012Validator(schema)
        for line in lines.read_text().splitlines()[:20]:
            found += [
                f"{lines.stem}: {error.message}" for error in judge.iter_errors(json.loads(line))
            ]
    return found


def register_of(folder: Path, place: Path) -> int:
    """How many dossiers stand in the register that the bag's own tool makes, with no help."""
    base = place / "ho-so.sqlite"
    tool = [sys.executable, "-I", str(folder / "data/tools/nap.py"), str(base)]
    subprocess.run(tool, check=True, capture_output=True)
    found = subprocess.run([*tool, "--tim", "bui thi"], check=True, capture_output=True, text=True)
    assert "Bùi Thị Ngọc" in found.stdout
    with sqlite3.connect(base) as opened:
        return int(opened.execute("select count(*) from so_theo_doi").fetchone()[0])


def assert_nothing_is_told_of(neighbour: Tenant, worked: Tenant, folder: Path) -> None:
    """Neither the other province nor a secret nor who we are to our vendor is in the payload."""
    whole = b"".join(f.read_bytes() for f in sorted((folder / "data").rglob("*.js*")))
    for word in (neighbour.slug, neighbour.site.office, str(neighbour.id), str(worked.id)):
        assert word.encode() not in whole
    assert worked.secrets.password.encode() not in whole
    assert b"mai.vang" not in whole
