"""The shape of a province's file: read once when a tenant is provisioned, never at request time."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class AgencyKind(StrEnum):
    """What an agency (cơ quan) is; districts ended on 1 July 2025."""

    PROVINCE = "province"
    DEPARTMENT = "department"
    DISTRICT = "district"
    COMMUNE = "commune"
    SERVICE_CENTRE = "service_centre"


class PostKind(StrEnum):
    """The kind of work a post (chức danh) does; procedure steps bind to these, not to persons."""

    RECEPTION = "reception"
    SPECIALIST = "specialist"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class FormerUnit(Struct, frozen=True, forbid_unknown_fields=True):
    """A commune of before July 2025; `part` is true when only a part of it came into the new one.

    `code` is the old administrative unit code.
    """

    code: str
    name: str
    district: str
    part: bool = False


class Agency(Struct, frozen=True, forbid_unknown_fields=True):
    """One agency (cơ quan). `key` never changes and never shows; `parent` is another key or None.

    `sms_name` has no marks and at most 30 letters. `identifier` opens the codes of its dossiers.
    `unit_code` is the administrative unit code; `unit_code_also` another source's code for it.
    """

    key: str
    name: str
    sms_name: str
    kind: AgencyKind
    identifier: str
    valid_from: date
    parent: str | None = None
    unit_code: str | None = None
    unit_code_also: str | None = None
    valid_to: date | None = None
    address: str | None = None
    formed_from: list[FormerUnit] = []


class Post(Struct, frozen=True, forbid_unknown_fields=True):
    """A post (chức danh) that may be held in agencies of the kinds named in `held_in`."""

    key: str
    name: str
    kind: PostKind
    held_in: list[AgencyKind]


class Officer(Struct, frozen=True, forbid_unknown_fields=True):
    """A constructed officer (cán bộ) of the first day: who signs in, where, holding which posts."""

    username: str
    name: str
    email: str
    phone: str
    agency: str
    posts: list[str]
    shown_as: str
    administrator: bool = False


class Brand(Struct, frozen=True, forbid_unknown_fields=True):
    """How the province presents itself; `colour` is one sRGB hex value, all roles derive from it.

    `monogram` stands where a logo is not uploaded yet.
    """

    name: str
    province: str
    office: str
    address: str
    hotline: str
    email: str
    colour: str
    monogram: str
    sms_name: str
    sms_sender: str


class Swap(Struct, frozen=True, forbid_unknown_fields=True):
    """A working day moved by the Government (hoán đổi ngày làm việc): `off` free, `on` worked."""

    off: date
    on: date
    basis: str


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """The configured working calendar (lịch làm việc).

    `weekdays` are ISO numbers (Monday 1); `periods` are pairs of local "HH:MM"; `cutoff` is the
    hour after which a same-day result moves to the next working day.
    """

    timezone: str
    weekdays: list[int]
    periods: list[tuple[str, str]]
    cutoff: str
    swaps: list[Swap]
    basis: str


class Province(Struct, frozen=True, forbid_unknown_fields=True):
    """All that provisioning loads into a fresh tenant. `slug` is the tenant's and the host's name.

    `home_agency` is where the constructed officers work and the demonstration is played.
    """

    slug: str
    name: str
    identifier: str
    unit_code: str
    legacy_unit_code: str
    home_agency: str
    brand: Brand
    calendar: Calendar
    posts: list[Post]
    agencies: list[Agency]
    officers: list[Officer]
    note: str


class Citizen(Struct, frozen=True, forbid_unknown_fields=True):
    """A constructed person who signs in through the citizens' issuer; no real person."""

    username: str
    name: str
    id_number: str
    phone: str
    email: str
    born_on: date
    gender: str
    address: str
    province: str


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """A constructed member of the vendor's staff; never sees a dossier."""

    username: str
    name: str
    email: str


class Stranger(Struct, frozen=True, forbid_unknown_fields=True):
    """A staff identity no administrator has admitted; proves the page that says so."""

    username: str
    name: str
    email: str
    province: str


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """Everyone the embedded issuers know besides the officers, who stand in the province files."""

    citizens: list[Citizen]
    operators: list[Operator]
    strangers: list[Stranger]
