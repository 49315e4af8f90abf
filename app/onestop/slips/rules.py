"""Which form is in force, and how single facts are written on it. Pure."""

from collections.abc import Iterable

from app.onestop.catalog.needs import fees_for, limit_words
from app.onestop.catalog.shapes import ChannelKind, Fee, Limit, Procedure

RECEIPT = "01"
RECEIPT_VERSION = "TT03-2025.1"

# A slip is printed for ever with the template of the version it was issued under.
TEMPLATES = {(RECEIPT, RECEIPT_VERSION): "desk/slip_01.html"}

FORMS = {"original": "Bản chính", "copy": "Bản sao", "electronic": "Bản điện tử"}
_KINDS = {"fee": "phí ", "charge": "lệ phí "}
_LONGEST_NOTE = 160


def limit_line(limit: Limit) -> str:
    """05 ngày làm việc."""
    return limit_words(limit)


def fee_lines(procedure: Procedure, kind: ChannelKind) -> list[str]:
    """What is to be paid, one line each; one plain sentence when nothing is."""
    lines = [_fee(fee) for fee in fees_for(procedure, kind)]
    return _once(lines) or ["Không"]


def request_line(procedure: Procedure, summary: str) -> str:
    """What is asked for (nội dung yêu cầu giải quyết): the procedure and what it is about."""
    about = summary.removeprefix(procedure.short_name).removeprefix(procedure.name).lstrip(" :.-")
    return f"{procedure.name}: {about}" if about else procedure.name


def desk_name(agency: str) -> str:
    """The reception desk of an agency; a centre (trung tâm) is one itself."""
    if agency.startswith("Trung tâm"):
        return agency
    return "Bộ phận Tiếp nhận và Trả kết quả"


def return_place(way: str, agency: str) -> str:
    """Where the result will be given (đăng ký nhận kết quả tại)."""
    return {
        "electronic": "Nhận bản điện tử tại mục Hồ sơ của tôi trên Cổng Dịch vụ công",
        "postal": "Qua dịch vụ bưu chính công ích, theo địa chỉ người nộp",
    }.get(way, f"{desk_name(agency)}, {agency}" if desk_name(agency) != agency else agency)


def phone_text(phone: str | None) -> str:
    """+84905000301 as 0905 000 301."""
    if not phone or not phone.startswith("+84"):
        return phone or ""
    local = "0" + phone[3:]
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def _fee(fee: Fee) -> str:
    kind = _KINDS.get(fee.kind or "", "") if fee.amount else ""
    note = f" ({fee.note})" if fee.note and len(fee.note) <= _LONGEST_NOTE else ""
    return f"{kind}{fee.text}{note}"


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
