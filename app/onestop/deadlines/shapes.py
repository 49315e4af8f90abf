"""The rows of the deadline's ledger (sổ thời hạn) and what they add up to."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

# A step's share of the whole is counted in working minutes, which no procedure publishes.
MINUTES = "working_minutes"
# The moment itself is set, as by an agreement or a letter.
UNTIL = "until"


class Kind(StrEnum):
    """What a row of the ledger does to the clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    RESTART = "restart"
    EXTEND = "extend"
    CALENDAR = "calendar"
    STOP = "stop"


class ClockName(StrEnum):
    """What is timed. STEP, OPINION and AGENCY belong to a subject: a task, a request for an
    opinion, a sub-process of another agency; the other two are the dossier's own."""

    RECEPTION = "reception"
    WHOLE = "whole"
    STEP = "step"
    OPINION = "opinion"
    AGENCY = "agency"


class Entry(Struct, frozen=True, kw_only=True):
    """One row. `amount` and `unit` stand where time is given: on start and restart.

    `unit` is a catalogue Unit, MINUTES or UNTIL; `until_at` is the moment UNTIL or an extension
    sets. `due_at` is the deadline after this row, as it was then told to people.
    """

    kind: Kind
    at: datetime
    calendar_version: int
    clock: ClockName = ClockName.WHOLE
    subject_id: UUID | None = None
    amount: int | None = None
    unit: str | None = None
    until_at: datetime | None = None
    reason: str | None = None  # a code
    note: str | None = None  # in the officer's words
    basis: str = ""
    actor_id: UUID | None = None
    due_at: datetime | None = None
    lines: tuple[str, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """Where a clock stands after its rows; times are aware UTC.

    `started_at` and `worked_paused` speak of the running count: a restart begins them anew.
    `original_due_at` is the first promise and never changes. `due_at` while paused is the deadline
    as it stood when the pause began.
    """

    clock: ClockName
    subject_id: UUID | None
    started_at: datetime
    original_due_at: datetime
    due_at: datetime
    amount: int
    unit: str
    calendar_version: int
    paused_since: datetime | None = None
    pause_reason: str | None = None
    worked_paused: timedelta = timedelta()
    restarts: int = 0
    extensions: int = 0
    stopped_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether time passes: neither paused nor stopped."""
        return self.paused_since is None and self.stopped_at is None

    @property
    def worked_paused_minutes(self) -> int:
        """Whole working minutes that were not counted because of pauses."""
        return int(self.worked_paused / timedelta(minutes=1))


class Answer(StrEnum):
    """What the rules of the ledger say to a wish."""

    YES = "yes"
    NOT_STARTED = "not_started"
    ALREADY_STARTED = "already_started"
    PAUSED = "paused"
    NOT_PAUSED = "not_paused"
    STOPPED = "stopped"
    ALREADY_EXTENDED = "already_extended"
    EXPIRED = "expired"
    NOT_LATER = "not_later"
    NOT_WORKING = "not_working"
