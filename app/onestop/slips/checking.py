"""Whether a print template is sound: each fault names the place and the reason. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from msgspec import Struct

from app.onestop.slips.documents import (
    Document,
    Fields,
    Head,
    Line,
    Paragraph,
    Signatures,
    Table,
    Title,
)
from app.onestop.slips.known import TABLES, WORDS

PLACEHOLDER = re.compile(r"\{([a-z_]+)(\|upper)?\}")


class Fault(Struct, frozen=True):
    """What is wrong and where, such as `blocks[2].rows[0][1].value: unknown word "adress"`."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def faults(document: Document) -> list[Fault]:
    """Everything that keeps the template from being printed; empty when it is sound."""
    if document.form not in WORDS:
        return [Fault("form", f'there is no form "{document.form}"')]
    return [*_about(document), *_in_blocks(document)]


def overlapping(documents: Sequence[Document]) -> str:
    """Two versions of one form that are in force on the same day, in words; "" when none are."""
    for one, other in combinations(documents, 2):
        if one.form == other.form and _meet(one, other):
            return f"form {one.form}: {one.version} and {other.version} are in force together"
    return ""


def _about(document: Document) -> Iterator[Fault]:
    if document.valid_to is not None and document.valid_to < document.valid_from:
        yield Fault("valid_to", "lies before valid_from")
    if document.number and "{number}" not in document.number:
        yield Fault("number", "does not say where {number} stands")
    if not document.copies:
        yield Fault("copies", "there is no copy to print")
    if not document.blocks:
        yield Fault("blocks", "there is nothing to print")


def _in_blocks(document: Document) -> Iterator[Fault]:
    words = WORDS[document.form]
    for at, block in enumerate(document.blocks):
        place = f"blocks[{at}]"
        for where, text in _texts(block):
            yield from _in_text(f"{place}.{where}", text, words)
        if isinstance(block, Paragraph) and block.only_if and block.only_if not in words:
            yield Fault(f"{place}.only_if", f'unknown word "{block.only_if}"')
        if isinstance(block, Table):
            yield from _in_table(document.form, place, block)


def _in_table(form: str, place: str, table: Table) -> Iterator[Fault]:
    words = TABLES[form].get(table.rows)
    if words is None:
        yield Fault(f"{place}.rows", f'form {form} has no table "{table.rows}"')
        return
    for at, column in enumerate(table.columns):
        where = f"{place}.columns[{at}]"
        yield from _in_text(f"{where}.value", column.value, words)
        if column.width <= 0:
            yield Fault(f"{where}.width", "must be more than nought")


def _in_text(place: str, text: str, words: Collection[str]) -> Iterator[Fault]:
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in words:
            yield Fault(place, f'unknown word "{match[1]}"')
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        yield Fault(place, "a brace that belongs to no placeholder")


def _texts(block: object) -> Iterator[tuple[str, str]]:
    """The texts of a block that take the form's words, each with its place inside the block."""
    match block:
        case Head():
            yield from _numbered("bodies", block.bodies)
            yield from (("number", block.number), ("day", block.day))
        case Title():
            yield from _numbered("lines", block.lines)
            yield from _of_lines("above", block.above)
            yield from _of_lines("below", block.below)
        case Fields():
            for at, row in enumerate(block.rows):
                yield from _of_lines(f"rows[{at}]", row)
        case Paragraph():
            yield "text", block.text
        case Table():
            yield "empty", block.empty
        case Signatures():
            yield from _of_signatures(block)


def _of_signatures(block: Signatures) -> Iterator[tuple[str, str]]:
    yield "day", block.day
    for at, each in enumerate(block.of):
        yield from ((f"of[{at}].title", each.title), (f"of[{at}].name", each.name))
        yield from _numbered(f"of[{at}].lines", each.lines)


def _of_lines(place: str, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    for at, line in enumerate(lines):
        yield from ((f"{place}[{at}].label", line.label), (f"{place}[{at}].value", line.value))


def _numbered(place: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((f"{place}[{at}]", text) for at, text in enumerate(texts))


def _meet(one: Document, other: Document) -> bool:
    starts = max(one.valid_from, other.valid_from)
    ends = [day for day in (one.valid_to, other.valid_to) if day is not None]
    return not ends or starts <= min(ends)
