"""Spreadsheets somebody made to break us: each is read within bounds or refused in one sentence."""

import os
import zipfile
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from app.coming_in import reading
from app.coming_in.files import Files
from app.coming_in.refusals import CannotRead
from app.coming_in.shapes import SheetName

_FAR = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'


def _book(file: Path) -> Path:
    book = Workbook(str(file), {"in_memory": True})
    sheet = book.add_worksheet("ho-so")
    sheet.write_row(0, 0, ["Mã", "Tên"])
    sheet.write_row(1, 0, ["1", "An"])
    book.close()
    return file


def _changed(file: Path, part: str, *swaps: tuple[bytes, bytes]) -> None:
    """The workbook anew, with other bytes within one part of it."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for before, after in swaps:
        assert before in parts[part]
        parts[part] = parts[part].replace(before, after)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def test_a_workbook_that_claims_every_cell_there_is_is_read_like_its_few(tmp_path: Path) -> None:
    """A million rows of sixteen thousand columns in some kilobytes: an hour of work if believed."""
    file = _book(tmp_path / "ho-so.xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    _changed(file, sheet, (b"</sheetData>", _FAR), (b'"A1:B2"', b'"A1:XFD1048576"'))
    found = reading.read(file, {})[SheetName.DOSSIERS]
    assert [row.cells for row in found.rows][:1] == [{"Mã": "1", "Tên": "An"}]


def test_what_is_no_workbook_is_refused_in_a_sentence(tmp_path: Path) -> None:
    sound = _book(tmp_path / "sound.xlsx").read_bytes()
    sheet, styles = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    for name, content in (
        *(("a", b""), ("b", b"PK\x05\x06" + bytes(18)), ("c", sound[:-40]), ("d", sound[200:])),
        *((f"cut{n}", sound[:n] + os.urandom(8) + sound[n + 8 :]) for n in range(0, 6000, 400)),
    ):
        (file := tmp_path / f"{name}.xlsx").write_bytes(content)
        try:
            reading.read(file, {})
        except CannotRead as refused:
            assert "\n" not in refused.message
    for part, swap in (
        (sheet, (b'r="A1"', b'r="?"')), (sheet, (b"<sheetData>", b"<sheetData><row r='x'/>")),
        (sheet, (b"<v>0</v>", b"<v>99999</v>")), (sheet, (b"</worksheet>", b"")),
        (styles, (b"<sheets>", b"<sheet>")),
    ):  # fmt: skip
        _changed(_book(tmp_path / "broken.xlsx"), part, swap)
        with pytest.raises(CannotRead):
            reading.read(tmp_path / "broken.xlsx", {})


@pytest.mark.parametrize(
    "line", [b"[1]", b"3", b"null", b"[" * 200_000, b'{"a": }', b"\xff", b'{"a": 1' + b"0" * 5000]
)
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "ho-so.jsonl").write_bytes(line)
    with pytest.raises(CannotRead):
        reading.read(tmp_path, {})


def test_a_paper_is_looked_for_in_its_folder_only(tmp_path: Path) -> None:
    home = tmp_path / "tep"
    home.mkdir()
    (outside := tmp_path / f"{'a' * 64}.pdf").write_bytes(b"x")
    (home / outside.name).symlink_to(outside)
    files = Files(home)
    for name in (outside.name, f"../{outside.name}", "a\0b", "/etc/passwd", "b" * 5000, ".", ""):
        assert files.find(name) is None, name[:80]
