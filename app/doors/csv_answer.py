"""A list as CSV to save, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from storage.names import attachment

Cell = str | int
# A spreadsheet takes a text that begins so for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response[bytes]:
    """The rows under their header, saved as `name`.csv; never cached."""
    return Response(
        csv_of([header, *rows]),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": attachment(f"{name}.csv"),
            "Cache-Control": "private, no-store",
        },
    )


def csv_of(rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180 in UTF-8, with the mark by which spreadsheets know it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell
