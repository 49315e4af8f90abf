"""Which form is in force, and how single facts are written on it. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from app.onestop.catalog.needs import fees_for, limit_words
from app.onestop.catalog.shapes import ChannelKind, Fee, Limit, Procedure
from app.onestop.forms import cleaning
from infra.clock import VIETNAM

RECEIPT, SUPPLEMENT, REFUSAL, APOLOGY, STOP = "01", "02", "03", "04", "05"
CONTROL, REGISTER = "06", "07"
OTHER = "other"  # the coded reason that says nothing without a text

# Who signs what no officer has to decide, such as a receipt whose date moved by law.
BY_ITSELF = "Hệ thống thông tin giải quyết thủ tục hành chính"

# What the trail calls issuing each form, and what becomes of it later.
ACTS = {
    RECEIPT: "slip.issue",
    SUPPLEMENT: "slip.ask_supplement",
    REFUSAL: "slip.refuse",
    APOLOGY: "slip.apologise",
    STOP: "slip.stop",
}
REPLACED, REPRINTED = "slip.replace", "slip.reprint"
ACT_TITLES = {
    "slip.issue": "Lập giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "slip.ask_supplement": "Lập phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "slip.refuse": "Lập phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "slip.apologise": "Lập văn bản xin lỗi và đề nghị gia hạn",
    "slip.stop": "Lập thông báo dừng giải quyết hồ sơ",
    "slip.replace": "Thay thế giấy tiếp nhận đã cấp",
    "slip.reprint": "In lại giấy, phiếu",
}

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


def place_name(site_name: str) -> str:
    """The province's name for the line of place and date; "" when the site does not name one."""
    for word in ("tỉnh ", "thành phố "):
        if word in site_name:
            return site_name.partition(word)[2]
    return ""


def plain(text: str) -> str:
    """A text as it is printed: composed, without invisible letters, trimmed."""
    return cleaning.many_lines(text)


def day_of(moment: date) -> date:
    """The day of a moment in Vietnam; a day is itself."""
    return moment.astimezone(VIETNAM).date() if isinstance(moment, datetime) else moment


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
