"""A print template filled with a slip's words: what both renderers draw, block by block. Pure.

Nothing of a slip is ever read as markup: words go into texts here, and the renderers print texts.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec import Struct, structs

from app.onestop.slips.checking import PLACEHOLDER
from app.onestop.slips.documents import (
    Block,
    Column,
    Document,
    Fields,
    Head,
    Line,
    Paragraph,
    Signature,
    Signatures,
    Table,
    Title,
)

Words = Mapping[str, str]


class Values(Struct, frozen=True, kw_only=True):
    """The words of one slip and the rows of its tables; "" where nothing is known."""

    words: dict[str, str]
    tables: dict[str, list[dict[str, str]]] = {}


class Heading(Struct, frozen=True):
    """One heading of a table: over `columns` columns and `rows` rows."""

    text: str
    columns: int
    rows: int


class Cell(Struct, frozen=True):
    """One cell of a table."""

    text: str
    align: str


class Grid(Struct, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """A table as it is drawn; `widths` are percentages. `empty` stands instead of no rows."""

    widths: list[float]
    headings: list[list[Heading]]
    rows: list[list[Cell]]
    empty: str


Laid = Head | Title | Fields | Paragraph | Grid | Signatures


def lay_out(document: Document, values: Values, copy: str) -> list[Laid]:
    """The blocks of one copy (liên), each text filled; optional lines without content are gone.

    A line that keeps its label but has no value is drawn as dots.
    """
    words = {**values.words, "copy": copy}
    laid = (_filled(block, words, values.tables) for block in document.blocks)
    return [block for block in laid if block is not None]


def fill(text: str, words: Words) -> str:
    """`text` with its placeholders filled; "" when it has some and none of them has content.

    Lines that end up blank are dropped, and so are spaces at the end.
    """
    names = [match[1] for match in PLACEHOLDER.finditer(text)]
    if names and not any(words[name] for name in names):
        return ""
    filled = PLACEHOLDER.sub(lambda match: _word(words[match[1]], match[2]), text)
    return "\n".join(line.rstrip() for line in filled.split("\n") if line.strip())


def _word(text: str, change: str | None) -> str:
    return text.upper() if change else text


def _filled(block: Block, words: Words, tables: Mapping[str, Sequence[Words]]) -> Laid | None:
    match block:
        case Head():
            return _head(block, words)
        case Title():
            return _title(block, words)
        case Fields():
            return _fields(block, words)
        case Paragraph():
            return _paragraph(block, words)
        case Table():
            return _grid(block, words, tables[block.rows])
        case Signatures():
            return _signatures(block, words)


def _head(block: Head, words: Words) -> Head:
    # A centre is its own desk; it is named once.
    bodies = dict.fromkeys(fill(body, words) for body in block.bodies)
    return structs.replace(
        block,
        bodies=[body for body in bodies if body],
        number=fill(block.number, words),
        day=fill(block.day, words),
    )


def _title(block: Title, words: Words) -> Title:
    return structs.replace(
        block,
        lines=[fill(line, words) for line in block.lines],
        above=_lines(block.above, words),
        below=_lines(block.below, words),
    )


def _fields(block: Fields, words: Words) -> Fields | None:
    rows = [row for each in block.rows if (row := _lines(each, words))]
    return structs.replace(block, rows=rows) if rows else None


def _lines(lines: Sequence[Line], words: Words) -> list[Line]:
    filled = [
        structs.replace(line, label=fill(line.label, words), value=_ended(fill(line.value, words)))
        for line in lines
    ]
    return [line for line in filled if line.value or (line.label and not line.optional)]


def _ended(text: str) -> str:
    """A sentence that brought its own full stop needs no second one."""
    return text[:-1] if text.endswith("..") and not text.endswith("...") else text


def _paragraph(block: Paragraph, words: Words) -> Paragraph | None:
    if block.only_if and not words[block.only_if]:
        return None
    return structs.replace(block, text=_ended(fill(block.text, words)))


def _grid(block: Table, words: Words, rows: Sequence[Words]) -> Grid:
    whole = sum(column.width for column in block.columns)
    return Grid(
        widths=[round(100 * column.width / whole, 2) for column in block.columns],
        headings=_headings(block.columns),
        rows=[[Cell(fill(c.value, row), c.align) for c in block.columns] for row in rows],
        empty="" if rows else fill(block.empty, words),
    )


def _headings(columns: Sequence[Column]) -> list[list[Heading]]:
    """One row of headings, or two when neighbours share one."""
    deep = 2 if any(column.group for column in columns) else 1
    upper: list[Heading] = []
    lower: list[Heading] = []
    for group, found in groupby(columns, key=lambda column: column.group):
        titles = [column.title for column in found]
        if group:
            upper.append(Heading(group, len(titles), 1))
            lower += [Heading(title, 1, 1) for title in titles]
        else:
            upper += [Heading(title, 1, deep) for title in titles]
    return [upper, lower] if lower else [upper]


def _signatures(block: Signatures, words: Words) -> Signatures:
    return structs.replace(
        block, of=[_signature(each, words) for each in block.of], day=fill(block.day, words)
    )


def _signature(each: Signature, words: Words) -> Signature:
    return structs.replace(
        each,
        title=fill(each.title, words),
        name=fill(each.name, words),
        lines=[line for text in each.lines if (line := fill(text, words))],
    )
