"""The print template of a statutory form as data: blocks of text with placeholders in braces.

A document lies in `forms/<circular>/<form>.json`, one for each form and version. Texts are the
statute's words; `{word}` is filled from the slip, `{word|upper}` in capitals. Which words there
are for a form is said in `known.py`; what a sound document is, in `checking.py`.
"""

from datetime import date
from typing import Literal

from msgspec import Struct


class _Data(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a document; a key nobody knows is a mistake."""


class Line(_Data, frozen=True, kw_only=True):
    """A label and its value; a value without content is drawn as dots, or left out if `optional`.

    `short` dots leave room for a number, not for a sentence.
    """

    label: str = ""
    value: str = ""
    strong: bool = False
    italic: bool = False
    short: bool = False
    optional: bool = False


class Head(_Data, frozen=True, kw_only=True, tag_field="kind", tag="head"):
    """Names of the bodies on the left (the last one in bold), the national title on the right."""

    bodies: list[str]
    number: str = ""  # below the bodies: Số: …
    day: str = ""  # below the national title: place and day


class Title(_Data, frozen=True, kw_only=True, tag_field="kind", tag="title"):
    """The form's name, centred, lines above and below it, and the codes for scanners."""

    lines: list[str]
    above: list[Line] = []
    below: list[Line] = []
    bar: bool = False
    qr: bool = False


class Fields(_Data, frozen=True, kw_only=True, tag_field="kind", tag="fields"):
    """Labelled values, a row at a time; the values of a row stand beside each other."""

    rows: list[list[Line]]


class Paragraph(_Data, frozen=True, kw_only=True, tag_field="kind", tag="paragraph"):
    """Running text; left out when `only_if` names a word without content."""

    text: str
    style: Literal["plain", "italic", "indent", "centre", "foot"] = "plain"
    only_if: str = ""


class Column(_Data, frozen=True, kw_only=True):
    """A column: `width` is its weight, `group` a heading shared with its neighbours."""

    title: str
    value: str
    width: float
    align: Literal["left", "centre", "right"] = "left"
    group: str = ""


class Table(_Data, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """One row for each of the slip's `rows`; `empty` stands instead when there are none."""

    rows: str
    columns: list[Column]
    empty: str = ""


class Signature(_Data, frozen=True, kw_only=True):
    """A place to sign, or with `lines` the list of those who get a copy (nơi nhận)."""

    title: str
    note: str = ""
    name: str = ""
    lines: list[str] = []


class Signatures(_Data, frozen=True, kw_only=True, tag_field="kind", tag="signatures"):
    """Signatures beside each other; never torn apart by the end of a page."""

    of: list[Signature]
    day: str = ""


Block = Head | Title | Fields | Paragraph | Table | Signatures


class Document(_Data, frozen=True, kw_only=True):
    """One version of one form, in force from `valid_from` through `valid_to` (None: still).

    `number` is how the slip's number is written; "" for a form without one. `copies` are printed
    one after the other (liên); the first is the citizen's.
    """

    form: str
    version: str
    name: str
    size: Literal["A5", "A4"]
    landscape: bool = False
    valid_from: date
    valid_to: date | None = None
    basis: str
    number: str = ""
    copies: tuple[str, ...] = ("",)
    blocks: list[Block]
