"""What a package says of its tables; what a journal remembers; how a page's data is cut."""

from pathlib import Path

from app.chains import control_chain, tenant_chain
from app.leaving import comments, facts, kinds
from app.leaving.bag import faults
from app.leaving.books import CARRIED
from app.leaving.catalogue import NOT_CARRIED, tables
from app.leaving.journal import File, Journal
from app.leaving.package import row_schema
from app.leaving.snapshot import snapshot
from tenants.shapes import Tenant

SQL = """
-- What a dossier (hồ sơ) is,
-- in two lines.
create table dossier (
    id uuid primary key,
    code text not null,                     -- opaque text
    check (length(code) > 0)
);
alter table dossier
    add column pay_by date;                 -- the last day to pay
"""


def test_the_schemas_own_comments_describe_the_package() -> None:
    said = comments.gathered([SQL])["dossier"]
    assert said.about == "What a dossier (hồ sơ) is, in two lines."
    assert said.columns == {"code": "opaque text", "pay_by": "the last day to pay"}
    ours = comments.gathered([each.sql for each in (*tenant_chain(), *control_chain())])
    assert ours["citizen"].columns["phone"] == "E.164"
    assert ours["usage"].about.startswith("`billed_in` is the first day")


def test_values_keep_their_kinds_outside() -> None:
    assert kinds.table_type("jsonb") == kinds.table_type("integer[]") == "any"
    assert kinds.json_schema("bigint", required=False) == {"type": ["integer", "null"]}
    assert kinds.csv_expression('"at"', "timestamp with time zone") != '"at"'


async def test_every_table_is_carried_and_has_a_vietnamese_title(tenant: Tenant) -> None:
    async with snapshot(tenant) as shot:
        found = await tables(shot.connection)
        real = await shot.connection.fetch(
            "select tablename from pg_tables where schemaname = 'public'"
        )
    names = {table.name for table in found}
    assert names == {row["tablename"] for row in real} - set(NOT_CARRIED)
    # A table added tomorrow is carried all the same, under its own name.
    assert {"dossier", "trail", "trail_seal"} <= names & set(facts.titles())
    assert set(CARRIED) <= set(facts.titles())
    for table in found:
        assert table.key, f"{table.name} has no key to be ordered by"
        assert row_schema(table, "", comments.Said("", {}))["required"]


def test_a_journal_forgets_what_the_disk_has_lost(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.finish("a", [File("data/1", "x", 1), File("data/2", "y", 2)], lines=3, mark="7")
    journal.finish("b", [File("data/3", "z", 3)])
    journal.add("files", [File("data/4", "w", 4)])
    journal.forget_unless(lambda file: file.path != "data/2")
    assert journal.piece("a") is None and journal.piece("b") is not None
    journal.keep_only("files", ["data/5"])
    assert [file.path for file in journal.files()] == ["data/1", "data/3"]
    journal.close()
    again = Journal(tmp_path / "journal")
    assert again.weight() == (2, 4)
    again.close()


def test_a_bag_that_leads_out_of_itself_is_at_fault(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name, line in (("manifest-sha256.txt", "0" * 64 + "  data/../../etc/passwd\n"),
                       ("tagmanifest-sha256.txt", ""), ("bagit.txt", "")):  # fmt: skip
        (tmp_path / name).write_text(line)
    assert "leads out" in next(faults(tmp_path))
