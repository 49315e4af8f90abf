"""Reads the sheets of another system: a folder of CSV or JSON Lines, or one workbook (xlsx).

All cells are read as text, a date of a workbook as ISO 8601. Nothing is kept open.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import load_workbook

from app.coming_in.refusals import CannotRead
from app.coming_in.shapes import Row, Sheet, SheetName
from app.onestop.catalog.rules import normalise
from storage import archives

FILES = "tep"
_MOST_BYTES = 500_000_000
# A workbook may claim sixteen thousand in a few bytes; nobody exports more than these.
_MOST_COLUMNS = 256
_ENDINGS = (".csv", ".jsonl")


def read(place: Path, names: Mapping[str, str]) -> dict[SheetName, Sheet]:
    """The sheets of a folder or workbook; `names` are what they are called there, if otherwise.

    Raises CannotRead.
    """
    try:
        found = _workbook(place, names) if place.suffix == ".xlsx" else _folder(place, names)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        raise CannotRead([f"Không đọc được {place.name}: {error}."]) from error
    if not found:
        wanted = ", ".join(SheetName)
        raise CannotRead([f"{place.name} không có bảng nào trong các bảng {wanted}."])
    return found


def files_beside(place: Path) -> Path:
    """Where the papers' files lie: the folder `tep` within the folder, or beside the workbook."""
    return (place.parent if place.suffix == ".xlsx" else place) / FILES


def _folder(place: Path, names: Mapping[str, str]) -> dict[SheetName, Sheet]:
    found = {}
    for name in SheetName:
        wanted = names.get(name) or name.value
        tries = [place / wanted, *(place / f"{wanted}{ending}" for ending in _ENDINGS)]
        for file in tries:
            if file.is_file() and file.resolve().is_relative_to(place.resolve()):
                found[name] = _lines(file) if file.suffix == ".jsonl" else _commas(file)
                break
    return found


def _commas(file: Path) -> Sheet:
    text = _text(file)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    return _sheet(enumerate(reader, start=1))


def _lines(file: Path) -> Sheet:
    rows, columns = [], dict[str, None]()
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if line.strip():
            cells = {str(key): _cell(value) for key, value in _object(number, line).items()}
            columns.update(dict.fromkeys(cells))
            rows.append(Row(number, cells))
    return Sheet(list(columns), rows)


def _object(number: int, line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError(f"dòng {number} không phải một đối tượng JSON")
    return found


def _text(file: Path) -> str:
    if file.stat().st_size > _MOST_BYTES:
        raise ValueError("tệp lớn hơn 500 MB, hãy chia theo năm")
    return file.read_bytes().decode("utf-8-sig")


def _workbook(place: Path, names: Mapping[str, str]) -> dict[SheetName, Sheet]:
    try:
        if archives.is_sound(place):
            return _sheets(place, names)
    except MemoryError:
        raise
    except Exception as error:  # A broken one makes its reader stumble in any way whatever.
        raise ValueError("bảng tính xlsx bị hỏng") from error
    raise ValueError("không phải bảng tính xlsx an toàn")


def _sheets(place: Path, names: Mapping[str, str]) -> dict[SheetName, Sheet]:
    book = load_workbook(place, read_only=True, data_only=True)
    try:
        titles = {normalise(title): title for title in book.sheetnames}
        found = {}
        for name in SheetName:
            title = titles.get(normalise(names.get(name) or name.value))
            if title is not None:
                rows = book[title].iter_rows(values_only=True, max_col=_MOST_COLUMNS)
                found[name] = _sheet(
                    (number, [_cell(cell) for cell in row])
                    for number, row in enumerate(rows, start=1)
                    if row.count(None) < len(row)
                )
        return found
    finally:
        book.close()


def _sheet(lines: Iterable[tuple[int, list[str]]]) -> Sheet:
    """The first line that says anything is the headings; empty lines are passed over."""
    columns: list[str] = []
    rows = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [cell.strip() for cell in cells]
            continue
        named = zip(columns, cells, strict=False)
        rows.append(Row(number, {column: cell.strip() for column, cell in named if column}))
    return Sheet([column for column in columns if column], rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
