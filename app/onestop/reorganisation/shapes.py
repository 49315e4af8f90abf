"""A reorganisation as data: a decision, its day, and the list of what changes.

Agencies are named by their keys, posts by the key they have in their agency, officers by username.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct, field

from app.provinces.shapes import AgencyKind, PostKind


class Holders(StrEnum):
    """What becomes of who held posts of an agency that ends."""

    END = "end"  # only the appointments say who works in the new one
    FOLLOW = "follow"  # they hold the same post in the (main) successor, besides the appointments


class NewPost(Struct, frozen=True, forbid_unknown_fields=True):
    """A post (chức danh) of a new agency."""

    key: str
    kind: PostKind
    title: str


class NewAgency(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An agency (cơ quan) that begins on the day. `posts` None: those of the agencies it follows.

    `sms_name` has no marks and at most 30 letters; `code_prefix` opens the codes of its dossiers.
    """

    key: str
    name: str
    sms_name: str
    kind: AgencyKind
    code_prefix: str
    parent: str | None = None
    unit_code: str | None = None
    address: str = ""
    posts: list[NewPost] | None = None


class Merge(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="merge"):
    """Several agencies become one (sáp nhập): a new one, or one of themselves that goes on."""

    agencies: list[str]
    into: str


class Split(
    Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="split"
):
    """One agency's work goes to several (chia, tách); the first of `into` is the main successor.

    An open dossier goes where `dossiers` says by its code; else to whom has, in `areas`, exactly
    one place named in the applicant's address (or in the answers `place`); else to whom has its
    field; else to `otherwise`. With none of these it is undecided and the plan is not carried out.
    """

    agency: str
    into: list[str]
    areas: dict[str, list[str]] = {}
    place: list[str] = []
    fields: dict[str, str] = {}
    dossiers: dict[str, str] = {}
    otherwise: str | None = None


class Rename(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="rename"):
    """The same agency under another name (đổi tên)."""

    agency: str
    name: str
    sms_name: str


class Dissolve(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="dissolve"):
    """An agency ends and another that exists takes its work over (giải thể)."""

    agency: str
    successor: str


class MovePost(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="move_post"):
    """A post with its holders and its open work goes to another agency (điều chuyển chức danh)."""

    agency: str
    post: str
    to: str


Change = Merge | Split | Rename | Dissolve | MovePost


class Appointment(Struct, frozen=True, forbid_unknown_fields=True):
    """An officer who holds a post from the day on (giao chức danh)."""

    officer: str
    agency: str
    post: str


class Plan(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one decision reorganises (phương án sắp xếp). `on`: the new organisation's first day."""

    number: str  # "Nghị quyết số 1664/NQ-UBTVQH15"
    title: str
    decided_on: date
    on: date
    changes: list[Change]
    agencies: list[NewAgency] = []
    holders: Holders = Holders.END
    appointments: list[Appointment] = []
    note: str = ""  # where the description comes from; nobody reads it but people


class KnownPost(Struct, frozen=True):
    """A post as it stands around the day; `ended`: no longer on the day itself."""

    id: UUID
    key: str
    kind: str
    title: str
    ended: bool = False


class KnownAgency(Struct, frozen=True, kw_only=True):
    """An agency as it stands around the day; `posts` by key, without those that ended before."""

    id: UUID
    key: str
    name: str
    kind: str
    code_prefix: str
    parent: str | None = None
    ended: bool = False
    posts: dict[str, KnownPost] = field(default_factory=dict)


class Standing(Struct, frozen=True):
    """The organisation a plan is judged against: agencies by key, usernames of who may work."""

    agencies: dict[str, KnownAgency]
    officers: frozenset[str] = frozenset()


class Facts(Struct, frozen=True, kw_only=True):
    """What a split may ask of a dossier or a draft; `codes`: the present one and former ones."""

    codes: frozenset[str] = frozenset()
    field: str = ""
    address: str = ""
    answers: dict[str, str] = {}
