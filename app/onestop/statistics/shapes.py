"""What is counted of a dossier, and a line of the report: DTOs."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct


class Kind(StrEnum):
    """What a row counts; `cancelled` is given up before it was received."""

    RECEIVED = "received"
    SETTLED_EARLY = "settled_early"
    SETTLED_ON_TIME = "settled_on_time"
    SETTLED_LATE = "settled_late"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


class Countable(Protocol):
    """What a dossier tells of itself to be counted; the columns of its table."""

    @property
    def id(self) -> UUID: ...

    @property
    def status(self) -> int: ...

    @property
    def agency_id(self) -> UUID: ...

    @property
    def procedure_id(self) -> UUID: ...

    @property
    def channel(self) -> str: ...

    @property
    def wanted_way(self) -> str: ...

    @property
    def requests(self) -> int: ...

    @property
    def received_at(self) -> datetime | None: ...

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def finished_at(self) -> datetime | None: ...


class Values(Struct, frozen=True):
    """What a row is counted under and a correction may change."""

    procedure_id: UUID
    channel: str
    wanted_way: str


class Row(Struct, frozen=True, kw_only=True):
    """One row that counts. `id` None: not written yet; `about`: the row it puts right."""

    kind: Kind
    agency_id: UUID
    values: Values
    month: date  # its first day
    id: UUID | None = None
    about: UUID | None = None


class Line(Struct, frozen=True, kw_only=True):
    """One line of the report, in dossiers; `moved` is what came by a reorganisation less what
    went."""

    name: str
    opening: int = 0
    online: int = 0
    counter: int = 0
    postal: int = 0
    moved: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    ended: int = 0
    refused: int = 0
    cancelled: int = 0
    delivered: int = 0

    @property
    def received(self) -> int:
        """Received in the period, by any channel."""
        return self.online + self.counter + self.postal

    @property
    def settled(self) -> int:
        """Settled in the period."""
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        """Still being settled when the period ends."""
        return self.opening + self.received + self.moved - self.settled - self.ended


FIGURES = tuple(name for name in Line.__struct_fields__ if name != "name")
