"""What may change in a working calendar, and what comes of it."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

Pairs = list[tuple[str, str]]


class Swapped(Struct, frozen=True, tag="swap"):
    """A working day is moved (hoán đổi ngày làm việc): `off` is free, `on` is worked instead."""

    off: date
    on: date


class OtherDay(Struct, frozen=True, tag="day"):
    """A day with hours of its own, or closed when `periods` is empty."""

    on: date
    periods: Pairs
    reason: str


class NewHours(Struct, frozen=True, tag="hours"):
    """New hours of every day in `weekdays` (ISO numbers) from a day on; `saturday` may differ."""

    from_on: date
    weekdays: list[int]
    periods: Pairs
    saturday: Pairs = []


Change = Swapped | OtherDay | NewHours


class Draft(Struct, frozen=True, kw_only=True):
    """A changed calendar with its decision. `agency_id` None: everybody's; `versions` are what
    came of it once it was approved."""

    id: UUID
    agency_id: UUID | None
    agency_name: str | None
    change: Change
    decision: str
    drafted_at: datetime
    drafted_by: str
    approved_at: datetime | None
    approved_by: str | None
    discarded_at: datetime | None
    recounted_at: datetime | None
    versions: list[int]

    @property
    def open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.approved_at is None and self.discarded_at is None


class Moved(Struct, frozen=True, kw_only=True):
    """A dossier whose deadline moves; `working_minutes` is by how much, negative for earlier."""

    code: str
    agency: str
    old_due_at: datetime
    new_due_at: datetime
    working_minutes: int


class Preview(Struct, frozen=True):
    """What a draft would do to the next `looked_at` open dossiers; `after` asks for the rest."""

    moved: list[Moved]
    looked_at: int
    after: UUID | None
