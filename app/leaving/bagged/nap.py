"""Nạp toàn bộ dữ liệu vào một tệp SQLite để tra cứu. Loads the whole package into one SQLite file.

    python3 nap.py                      ho-so.sqlite beside the package
    python3 nap.py /tmp/ho-so.sqlite    somewhere else
    python3 nap.py --tim "van hung"     dossiers by name or code, once it is loaded

Needs Python 3.9 or newer and nothing else. Every file is compared with its digest before it is
loaded. Dates and moments stay ISO 8601 text in UTC; JSON stays JSON text, which SQLite can read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
TYPES = {"integer": "integer", "number": "numeric", "boolean": "integer"}
REGISTER = """
create view so_theo_doi as
select d.code as ma_ho_so, p.name as thu_tuc, a.name as co_quan, d.applicant_name as nguoi_nop,
       d.phone as dien_thoai, d.summary as trich_yeu, s.name as trang_thai, d.filed_at as ngay_nop,
       d.received_at as ngay_tiep_nhan, d.due_at as han_tra, d.finished_at as giai_quyet_xong,
       d.delivered_at as da_tra, r.number as so_trong_so, r.year as nam
from dossier d join procedure p on p.id = d.procedure_id join agency a on a.id = d.agency_id
left join register_entry r on r.dossier_id = d.id left join trang_thai s on s.id = d.status
order by d.filed_at
"""
PAPERS = """
create view giay_to as
select d.code as ma_ho_so, w.name as ten, w.kind as loai, w.file_name as ten_tep,
       'files/' || substr(o.sha256, 3, 2) || '/' || substr(o.sha256, 3) as tep
from paper w join dossier d on d.id = w.dossier_id left join stored_object o on o.id = w.object_id
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("base", nargs="?", default=str(HERE.parent / "ho-so.sqlite"))
    asked.add_argument("--tim", metavar="TEXT", help="tìm theo tên hoặc mã hồ sơ")
    chosen = asked.parse_args()
    if chosen.tim:
        find(chosen.base, chosen.tim)
        return
    package = json.loads((HERE / "datapackage.json").read_text(encoding="utf-8"))
    half = Path(chosen.base + ".new")
    half.unlink(missing_ok=True)
    with sqlite3.connect(half) as base:
        base.execute("pragma synchronous = off")
        load(base, package)
    base.close()
    half.replace(chosen.base)
    print(f"Xong / done: {chosen.base}")


def load(base: sqlite3.Connection, package: dict[str, Any]) -> None:
    """Every table of the package, then what makes a register of them."""
    found = {each["name"]: each for each in package["resources"]}
    for name, lines in found.items():
        if name.endswith("-lines"):
            rows = load_table(base, lines, found[name[:-6]]["schema"])
            print(f"{lines['title']}: {rows}")
    statuses = statuses_of()
    base.execute("create table trang_thai (id integer primary key, name text)")
    base.executemany("insert into trang_thai values (?, ?)", statuses.items())
    for view in (REGISTER, PAPERS):
        base.execute(view)
    base.execute("create index dossier_by_code on dossier (code)")
    base.execute("create index paper_by_dossier on paper (dossier_id)")


def load_table(base: sqlite3.Connection, lines: dict[str, Any], schema: dict[str, Any]) -> int:
    """One table with its key and types; the number of its rows."""
    names = [field["name"] for field in schema["fields"]]
    columns = [f'"{each["name"]}" {TYPES.get(each["type"], "text")}' for each in schema["fields"]]
    if schema.get("primaryKey"):
        key = ", ".join(f'"{name}"' for name in schema["primaryKey"])
        columns.append(f"primary key ({key})")
    base.execute(f'create table "{lines["table"]}" ({", ".join(columns)})')
    places = ", ".join("?" * len(names))
    insert = f'insert into "{lines["table"]}" values ({places})'
    base.executemany(insert, rows_of(lines, names))
    count = int(base.execute(f'select count(*) from "{lines["table"]}"').fetchone()[0])
    if count != lines["lines"]:
        sys.exit(f"{lines['path']}: {count} dòng, phải có {lines['lines']} / rows differ")
    return count


def rows_of(lines: dict[str, Any], names: list[str]) -> Iterator[list[Any]]:
    """The rows of a file of JSON Lines; stops when the file is not the one that was handed over."""
    digest = hashlib.sha256()
    with (HERE / lines["path"]).open("rb") as file:
        for line in file:
            digest.update(line)
            row = json.loads(line)
            yield [plain(row[name]) for name in names]
    if "sha256:" + digest.hexdigest() != lines["hash"]:
        sys.exit(f"{lines['path']}: tệp đã bị thay đổi / the file was changed")


def plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return value


def statuses_of() -> dict[int, str]:
    """The names of the statuses, as the viewer has them."""
    text = (HERE / "viewer/data/facts.js").read_text(encoding="utf-8")
    facts = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    return {int(key): name for key, name in facts["statuses"].items()}


def bare(text: object) -> str:
    """Letters without their marks."""
    apart = unicodedata.normalize("NFD", str(text)).replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in apart if not unicodedata.combining(c)).lower()


def find(path: str, text: str) -> None:
    """Print the dossiers whose name or code holds the text."""
    base = sqlite3.connect(path)
    base.create_function("bare", 1, bare)
    query = (
        "select ma_ho_so, nguoi_nop, thu_tuc, trang_thai from so_theo_doi"
        " where instr(bare(nguoi_nop), ?1) or instr(bare(ma_ho_so), ?1) limit 50"
    )
    for row in base.execute(query, (bare(text).strip(),)):
        print(" | ".join(str(each) for each in row))


if __name__ == "__main__":
    main()
