"""What goes into the verbs of a dossier: DTOs shared by every door."""

from typing import Literal
from uuid import UUID

import msgspec

from app.onestop.catalog.shapes import ChannelKind

Way = Literal["counter", "electronic", "postal"]
PaperForm = Literal["original", "copy", "electronic"]

WAY_NAMES: dict[str, str] = {
    "counter": "Nhận tại Bộ phận Một cửa",
    "electronic": "Nhận bản điện tử",
    "postal": "Nhận qua bưu chính",
}
CHANNEL_NAMES: dict[str, str] = {
    "online": "Trực tuyến",
    "counter": "Trực tiếp",
    "postal": "Bưu chính",
    "linked": "Liên thông",
}
# How the procedure's record calls the channels.
KIND_OF_CHANNEL = {
    "online": ChannelKind.ONLINE,
    "counter": ChannelKind.DIRECT,
    "postal": ChannelKind.POSTAL,
    "linked": ChannelKind.ONLINE,
}
PAPER_FORM_NAMES: dict[str, str] = {
    "original": "Bản chính",
    "copy": "Bản sao",
    "electronic": "Bản điện tử",
}


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """Who hands the dossier in (người nộp), frozen as it was said then. `phone` is E.164."""

    full_name: str
    id_number: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None


class IntakePaper(msgspec.Struct, frozen=True, kw_only=True):
    """One paper laid on the counter: which of the procedure's papers, as what, how many."""

    slot: str
    form: PaperForm = "original"
    quantity: int = 1


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier on paper, as the officer enters it (tiếp nhận trực tiếp hoặc qua bưu chính).

    `key` is the form's one-time key: the same key always gives the same dossier. `agency_id` is
    needed only of an officer who receives for several agencies; `competent_id` is the agency that
    settles it where that is another one (hồ sơ thuộc thẩm quyền của cơ quan khác).
    `working_days` is asked for where the procedure publishes no time limit. Texts are as typed.
    """

    key: UUID
    procedure_code: str
    full_name: str
    channel: Literal["counter", "postal"] = "counter"
    agency_id: UUID | None = None
    competent_id: UUID | None = None
    case_id: str | None = None
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    summary: str = ""
    papers: list[IntakePaper] = []
    wanted_way: Way = "counter"
    working_days: int | None = None


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What the reception typed wrongly, as it should read (đính chính). Texts are as typed."""

    full_name: str
    id_number: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    summary: str = ""
    wanted_way: str = "counter"
