"""What a procedure (thủ tục hành chính) says of itself, as published: DTOs for all its readers."""

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Unit(StrEnum):
    """In what a time limit is counted. SAME_DAY has qty 1 and obeys the 15:00 rule."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    WORKING_HOURS = "working_hours"
    HOURS = "hours"
    MONTHS = "months"
    SAME_DAY = "same_day"


class Basis(StrEnum):
    """Where a time limit comes from.

    PUBLISHED: the national portal shows it. STEPS: read in the published steps, the portal's own
    field having no unit. LAW: the statute's known time, recalled where the portal shows no unit.
    """

    PUBLISHED = "published"
    STEPS = "steps"
    LAW = "law"


class ChannelKind(StrEnum):
    """How a dossier is handed in (cách thức thực hiện)."""

    ONLINE = "online"
    POSTAL = "postal"
    DIRECT = "direct"


class Level(StrEnum):
    """Who settles the procedure (cấp thực hiện). DISTRICT only in procedures that have ended."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    OTHER = "other"


class PostKind(StrEnum):
    """The kind of post (chức danh) a step binds to."""

    RECEPTION = "reception"
    SPECIALIST = "specialist"
    LEADER = "leader"


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """A time limit (thời hạn giải quyết): `qty` whole units."""

    qty: int
    unit: Unit
    basis: Basis = Basis.PUBLISHED


class Fee(Struct, frozen=True, forbid_unknown_fields=True):
    """What the citizen pays the State: phí ("fee"), lệ phí ("charge"), or None where unsaid.

    `amount` is whole units of `currency`; `text` is how it is shown; `note` who pays how much when.
    """

    amount: int
    text: str
    currency: str = "VND"
    kind: str | None = None
    note: str = ""


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    """One way of handing in with its own time and fees; `limit` None where none is published."""

    kind: ChannelKind
    limit: Limit | None
    fees: list[Fee]
    note: str = ""


class Paper(Struct, frozen=True, forbid_unknown_fields=True):
    """One paper (giấy tờ) of the dossier. `id` is stable and the same in every case that needs it.

    `short` fits a list on a phone; `name` is the whole published sentence; `details` its sub-items.
    `shown_only`: presented, not handed in. `made_by_form`: our electronic form produces it.
    `channels`: empty means every channel. `form_code`: number of the statutory form, if any.
    """

    id: str
    name: str
    short: str
    originals: int
    copies: int
    required: bool
    details: list[str] = []
    shown_only: bool = False
    made_by_form: bool = False
    channels: list[ChannelKind] = []
    form_code: str | None = None


class PaperCase(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of papers (trường hợp). `always` groups apply to all; of the others one is chosen.

    `limit` replaces the channel's time where the law gives this case its own.
    """

    id: str
    name: str | None
    always: bool
    papers: list[Paper]
    notes: list[str] = []
    limit: Limit | None = None


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """What the citizen receives (kết quả) and its national code where published."""

    name: str
    code: str | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One step (bước) of the flow: done by a kind of post, in `share` percent of the whole time.

    `held_by` names the post preferred for the work; any post of the kind may do it.
    """

    id: str
    name: str
    post: PostKind
    share: int
    held_by: str | None = None


class Provenance(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the record comes from. `confidence` is "source" or "memory" (`recalled` names fields).

    `added` names the fields the product supplied because nothing was published.
    """

    url: str | None
    confidence: str
    recalled: list[str] = []
    added: list[str] = []
    note: str = ""


class Procedure(Struct, frozen=True, forbid_unknown_fields=True):
    """One procedure in force from `valid_from` to `valid_to` (None: open).

    `department` is the key of the provincial agency that settles it when it is settled there.
    `form` names the form of app/onestop/forms. `words` are what people call it.
    """

    code: str
    name: str
    short_name: str
    sms_name: str
    field: str
    levels: list[Level]
    agency: str
    department: str
    applicants: list[str]
    channels: list[Channel]
    cases: list[PaperCase]
    results: list[Result]
    legal_basis: list[str]
    conditions: str | None
    steps: list[str]
    flow: list[Step]
    decision_no: str | None
    online: bool
    form: str
    provenance: Provenance
    valid_from: date | None = None
    valid_to: date | None = None
    words: list[str] = []
    local_codes: list[str] = []
    internal: bool = False
