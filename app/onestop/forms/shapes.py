"""The shape of an electronic form (biểu mẫu điện tử): pages of fields, each with a stable id."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What is asked for, and so how an answer is read.

    NAME is a person's name; DAY is dd/mm/yyyy; PARTIAL_DAY also takes mm/yyyy or yyyy;
    DECIMAL has at most two digits after the comma; IDNO is a personal number; AGREE a tick.
    """

    TEXT = "text"
    LONGTEXT = "longtext"
    NAME = "name"
    DAY = "day"
    PARTIAL_DAY = "partial_day"
    CHOICE = "choice"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    PHONE = "phone"
    IDNO = "idno"
    EMAIL = "email"
    ADDRESS = "address"
    AGREE = "agree"


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice: the stored `key` never changes, the `label` is what people read."""

    key: str
    label: str


class Only(Struct, frozen=True, forbid_unknown_fields=True):
    """Asked only when the EARLIER choice `field` was answered with one of `keys`."""

    field: str
    keys: list[str]


class Late(Struct, frozen=True, forbid_unknown_fields=True):
    """A warning, never a refusal, when a day lies more than `days` before today."""

    days: int
    text: str


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """One question (trường thông tin).

    `max` is letters, `at_least`/`at_most` are numbers, `unit` stands after the box.
    `prefill` names what the account knows ("name", "id_number", "phone", "email", "address",
    "born_on"). `upper`: written in capitals. `birth` and `gender`: fields a personal number is
    compared with. `past`: the day may not lie after today.
    """

    id: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = True
    max: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    unit: str = ""
    options: list[Option] = []
    suggestions: list[str] = []
    prefill: str = ""
    upper: bool = False
    past: bool = False
    birth: str = ""
    gender: str = ""
    late: Late | None = None
    only_if: Only | None = None


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """One page of the form, asked as a whole or, by `only_if`, not at all."""

    id: str
    title: str
    fields: list[Field]
    intro: str = ""
    only_if: Only | None = None


class Applicant(Struct, frozen=True, forbid_unknown_fields=True):
    """Which fields tell who hands the dossier in (người nộp hồ sơ): ids of fields, "" if none."""

    name: str
    phone: str
    id_number: str = ""
    email: str = ""
    address: str = ""


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """One form in force from `valid_from`. `about`: fields whose answers say what it is about.

    `statute` names the paper form and the decree or circular that prescribes it.
    """

    id: str
    title: str
    statute: str
    valid_from: date
    applicant: Applicant
    pages: list[Page]
    about: list[str] = []


class Checked(Struct, frozen=True, forbid_unknown_fields=True):
    """What came of checking. `values` holds every asked field, a wrong one as it was typed.

    `errors` and `warnings` are Vietnamese sentences by field id; only errors forbid going on.
    """

    values: dict[str, str]
    errors: dict[str, str]
    warnings: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether the answers may be handed in."""
        return not self.errors


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One answered question as it is shown for review and in print."""

    field: str
    label: str
    text: str


class Sheet(Struct, frozen=True, forbid_unknown_fields=True):
    """The answered questions of one page."""

    id: str
    title: str
    lines: list[Line]
