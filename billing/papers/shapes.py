"""Forms of papers (mẫu biểu) as dated data, and a paper filled from one."""

from datetime import date
from typing import Literal

import msgspec

Rows = Literal["lines", "clauses", "counted", "start", "period", "end", "sla", "sites", "steps"]


class FormBlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a form; `text` and `names` may name known facts in braces."""

    kind: Literal["text", "heading", "table", "signs"]
    text: str = ""
    of: Rows | None = None
    names: list[str] = []


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form that ships with the product, with the days it holds and what it rests on."""

    code: str
    title: str
    valid_from: date
    basis: str
    blocks: list[FormBlock]
    valid_to: date | None = None
    subtitle: str = ""


class Text(msgspec.Struct, frozen=True, tag_field="kind", tag="text"):
    """A paragraph."""

    text: str


class Heading(msgspec.Struct, frozen=True, tag_field="kind", tag="heading"):
    """A paragraph that names what follows."""

    text: str


class Table(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """Rows of text; `foot` rows are a name and an amount."""

    headings: list[str]
    widths: list[int]
    aligns: list[str]
    rows: list[list[str]]
    foot: list[list[str]] = []


class Signs(msgspec.Struct, frozen=True, tag_field="kind", tag="signs"):
    """Room for signatures."""

    names: list[str]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper ready to be drawn."""

    title: str
    subtitle: str
    issuer: str
    made_on: date
    blocks: list[Text | Heading | Table | Signs]
