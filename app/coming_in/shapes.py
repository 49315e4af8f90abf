"""What passes between reading, judging and writing: rows, faults, and what is to be written."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class SheetName(StrEnum):
    """The sheets another system's data comes in, in the order they are taken."""

    PEOPLE = "nguoi-dung"
    PROCEDURES = "thu-tuc"
    DOSSIERS = "ho-so"
    STEPS = "tien-trinh"
    PAPERS = "giay-to"


class Row(Struct, frozen=True):
    """A line of a sheet: its number as a spreadsheet shows it, its cells by column, as text."""

    number: int
    cells: Mapping[str, str]


class Sheet(Struct, frozen=True):
    """A sheet as it was read."""

    columns: list[str]
    rows: list[Row]


class Weight(StrEnum):
    """How much a remark weighs: the row stays out, or it came in and somebody should look."""

    FAULT = "lỗi"
    NOTE = "lưu ý"


class Remark(Struct, frozen=True):
    """One line of the error file: where, what stands there, and in a sentence what to do."""

    sheet: str
    row: int
    column: str
    value: str
    weight: Weight
    sentence: str


class Origin(Struct, frozen=True):
    """Which row of the other system something comes from, and how it read there."""

    sheet: SheetName
    number: int
    old_id: str
    digest: bytes
    original: Mapping[str, object]


class PersonIn(Struct, frozen=True, kw_only=True):
    """An officer (cán bộ) to be admitted and given a post."""

    origin: Origin
    username: str
    full_name: str
    email: str | None
    post_id: UUID
    from_on: date | None


class ProcedureIn(Struct, frozen=True, kw_only=True):
    """A procedure (thủ tục) the catalogue does not have; `closed_on` its last day."""

    origin: Origin
    code: str
    name: str
    field: str
    closed_on: date | None
    working_days: int | None
    decision: str | None


class StepIn(Struct, frozen=True, kw_only=True):
    """One line of the history (tiến trình) as the other system kept it."""

    at: datetime
    title: str
    agency_name: str
    note: str | None


class DossierIn(Struct, frozen=True, kw_only=True):
    """A dossier (hồ sơ) as it will stand here. Moments are aware; `at` names a step or the kind of
    post whose turn it is, for what is still worked on; `applicant` keeps what was converted."""

    origin: Origin
    code: str
    procedure_code: str
    agency_id: UUID
    agency_name: str
    channel: str
    way: str
    status: int
    at: str
    applicant: Mapping[str, object]
    applicant_name: str
    phone: str | None
    summary: str
    filed_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime
    steps: tuple[StepIn, ...]

    @property
    def is_open(self) -> bool:
        """Whether officers go on with it here: it waits for reception, or somebody's turn it is."""
        return self.status in (1, 2, 4)


class PaperIn(Struct, frozen=True, kw_only=True):
    """A paper (giấy tờ) of the dossier of that old id; `file` is a name or digest, "" for a paper
    on paper."""

    origin: Origin
    dossier: str
    kind: str
    name: str
    form: str
    file: str
    sha256: str
    added_at: datetime | None


class Tally(Struct):
    """What became of the rows of one sheet."""

    read: int = 0
    taken: int = 0  # on a dry run: would be
    known: int = 0  # they had come before and read the same
    changed: int = 0  # they had come before and read otherwise; nothing was overwritten
    refused: int = 0


class Report(Struct):
    """What came of an import."""

    tallies: dict[SheetName, Tally]
    remarks: list[Remark]
