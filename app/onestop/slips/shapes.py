"""What stands on the statutory slips (Circular 03/2025/TT-VPCP, Appendix I)."""

from datetime import datetime
from uuid import UUID

import msgspec


class SlipPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table of papers; `form` is how it was given: bản chính, bản sao, bản điện tử."""

    name: str
    form: str
    quantity: int


class SlipPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed the dossier in, as the slip names the person; an absent value stays a dotted line.

    Telephone as people write it: 0905 000 301.
    """

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Form 01: Giấy tiếp nhận hồ sơ và hẹn trả kết quả. Times are aware, texts are Vietnamese."""

    agency: str
    desk: str  # bộ phận tiếp nhận và trả kết quả
    place: str  # where it is signed, before the date
    code: str
    number: str  # the digits of the bar code
    tracking_url: str
    officer: str
    applicant: SlipPerson
    request: str  # nội dung yêu cầu giải quyết
    papers: list[SlipPaper]
    sets: int
    limit: str
    received_at: datetime
    due_at: datetime
    return_at: str
    fees: list[str]
    explanation: list[str]
    hotline: str = ""


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """An issued slip and the template its version of the form is printed with."""

    id: UUID
    dossier_id: UUID
    form: str
    form_version: str
    template: str
    issued_at: datetime
    content: Receipt


class SlipView(msgspec.Struct, frozen=True, kw_only=True):
    """A slip ready to print: its content and its two codes as SVG."""

    slip: Slip
    qr_svg: str
    bar_svg: str
