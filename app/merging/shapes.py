"""What a plan of a merger says: whose rows meet, what was decided, what goes along."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

Row = dict[str, Any]


class Decision(StrEnum):
    """What becomes of a row that meets one of ours (quyết định)."""

    SAME = "same"  # it is the same: ours stands for both
    KEEP = "keep"  # both stay, theirs under another name
    STAY = "stay"  # theirs stays behind, ours counts


class Column(Protocol):
    """What rules have to know of a column; the catalogue knows more."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class Lean(Protocol):
    """Which row of which table a row leans on."""

    @property
    def columns(self) -> Sequence[str]: ...
    @property
    def table(self) -> str: ...


class Shape(Protocol):
    """What rules have to know of a table."""

    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def key(self) -> Sequence[str]: ...
    @property
    def foreign(self) -> Sequence[Lean]: ...


class Unique(Struct, frozen=True, kw_only=True):
    """What may stand in a table only once; `where` is the SQL of the rows meant, "" for all."""

    table: str
    columns: tuple[str, ...]
    where: str = ""


class Meeting(Struct, frozen=True, kw_only=True):
    """A row of the joining tenant that meets one of the receiving (dòng trùng nhau)."""

    table: str
    name: str  # what such rows are called in Vietnamese
    key: dict[str, Any]  # by what they meet
    theirs: str  # the keys of the two rows
    ours: str
    differs: dict[str, list[Any]] = {}  # column -> ours, theirs
    seen: str = ""  # digest of what was compared
    offers: list[Decision]
    proposed: Decision
    decision: Decision | None = None

    @property
    def place(self) -> tuple[str, str]:
        """By what a meeting is known again."""
        return self.table, self.theirs


class Plan(Struct, frozen=True, kw_only=True):
    """What is decided before anything moves (phương án hợp nhất)."""

    format: int = 1
    joined: str  # short names
    into: str
    joined_id: UUID
    into_id: UUID
    schema_version: int
    made_at: datetime
    rows: dict[str, int]  # how many each table brings, about
    stays: dict[str, int]  # settings and accounts that stay behind
    settled: dict[str, int]  # meetings that decide themselves
    meetings: list[Meeting]
    messages: int  # pending ones, carried over and sent once
    warnings: list[str]


class Changes(Struct, kw_only=True):
    """How their rows become ours, by table; all keys are texts, several columns joined by "|"."""

    maps: dict[str, dict[str, str]] = {}  # their key -> the key here, for whoever refers to it
    left: dict[str, set[str]] = {}  # rows that are not added
    stayed: dict[str, set[str]] = {}  # of those the ones that are nobody's here
    changed: dict[str, dict[str, Row]] = {}  # key -> columns that are written otherwise

    def same(self, table: str, theirs: str, ours: str) -> None:
        """Their row is not added; what refers to it refers to ours."""
        if theirs != ours:
            self.maps.setdefault(table, {})[theirs] = ours
        self.left.setdefault(table, set()).add(theirs)

    def stay(self, table: str, theirs: str) -> None:
        """Their row is not added, nor what hangs on it."""
        self.left.setdefault(table, set()).add(theirs)
        self.stayed.setdefault(table, set()).add(theirs)

    def write(self, table: str, theirs: str, columns: Row) -> None:
        """Their row is added with other values in some columns."""
        self.changed.setdefault(table, {}).setdefault(theirs, {}).update(columns)
