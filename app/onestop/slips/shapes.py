"""What stands on the statutory slips (Circular 03/2025/TT-VPCP, Appendix I), frozen at issue.

Times are aware, texts are Vietnamese; an absent value ("" or None) stays a dotted line. A field
added later has a default, so that every slip ever issued can still be read.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec


class SlipPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table of papers; `form` is how it was given: bản chính, bản sao, bản điện tử."""

    name: str
    form: str
    quantity: int


class SlipPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed the dossier in, as the slip names the person.

    Telephone as people write it: 0905 000 301.
    """

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""


class SlipContent(msgspec.Struct, frozen=True, kw_only=True):
    """What every slip names: who issues it, for whom, about which dossier."""

    agency: str
    desk: str  # bộ phận tiếp nhận và trả kết quả
    place: str  # where it is signed, before the date
    code: str
    number: str  # the digits of the bar code
    tracking_url: str
    officer: str
    applicant: SlipPerson
    request: str  # nội dung yêu cầu giải quyết
    hotline: str = ""


class Receipt(SlipContent, frozen=True, kw_only=True):
    """Form 01: Giấy tiếp nhận hồ sơ và hẹn trả kết quả.

    `register_number` is its line in the register of `register_year`; `replaces_at` says when the
    receipt was issued that this one replaces, `replaces_why` for what reason. Taken in for another
    agency: `settled_by` is that one while it has not got it (`due_at` None); then `taken_in_by` is
    whose desk it was, and `competent_received_at` since when the time is counted.
    """

    papers: list[SlipPaper]
    sets: int
    limit: str
    received_at: datetime
    due_at: datetime | None
    return_at: str
    fees: list[str]
    explanation: list[str]
    register_number: int | None = None
    register_year: int | None = None
    replaces_at: datetime | None = None
    replaces_why: str = ""
    settled_by: str = ""
    taken_in_by: str = ""
    competent_received_at: datetime | None = None


class SupplementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be supplied or put right, with the reason in words and its article."""

    name: str
    form: str = ""
    reason: str = ""
    article: str = ""
    note: str = ""


class SupplementRequest(SlipContent, frozen=True, kw_only=True):
    """Form 02: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ. `reply_by` is the last day to answer."""

    items: list[SupplementLine]
    reply_by: date | None = None
    note: str = ""


class RefusalSlip(SlipContent, frozen=True, kw_only=True):
    """Form 03: Phiếu từ chối tiếp nhận giải quyết hồ sơ; the coded reason and what it is here."""

    reason: str
    article: str = ""
    detail: str = ""


class Apology(SlipContent, frozen=True, kw_only=True):
    """Form 04: Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết. `signer` may be ""."""

    field: str  # lĩnh vực
    received_at: datetime | None
    old_due_at: datetime
    new_due_at: datetime
    reason: str
    signer: str = ""


class StopNotice(SlipContent, frozen=True, kw_only=True):
    """Form 05: Thông báo dừng giải quyết hồ sơ, at the applicant's request (`requested_by`)."""

    received_at: datetime | None
    requested_by: str
    stage: str  # giai đoạn giải quyết
    reason: str
    fees: str = ""  # what becomes of fees already paid
    signer: str = ""


class SupplementItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the officer asks for; `form` as papers have it: original, copy, electronic or "".

    `reason_code` names a coded reason of form 02 (`slips.reasons`).
    """

    name: str
    form: str = ""
    reason_code: str = ""
    note: str = ""


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """An issued slip; `number` runs through the agency's year, None for form 01.

    `replaced_at` says when another slip was issued instead of this one, `replaced_why` why.
    """

    id: UUID
    dossier_id: UUID
    form: str
    form_version: str
    issued_at: datetime
    number: int | None
    replaced_at: datetime | None
    replaced_why: str | None = None
    content: SlipContent


CONTENTS: dict[str, type[SlipContent]] = {
    "01": Receipt,
    "02": SupplementRequest,
    "03": RefusalSlip,
    "04": Apology,
    "05": StopNotice,
}
