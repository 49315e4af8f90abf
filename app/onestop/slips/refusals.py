"""What people may be told about slips."""

from app.refusals import Malformed, Refusal


class ReasonNeeded(Malformed):
    """The slip must say why."""

    code = "reason_needed"

    def __init__(self) -> None:
        text = "Ghi rõ lý do để in trên phiếu gửi người nộp."
        super().__init__(text, {"reason": text})


class UnknownReason(Malformed):
    """The coded reason is not one of today's; `field` is where it was chosen."""

    code = "unknown_reason"

    def __init__(self, field: str) -> None:
        super().__init__(fields={field: "Chọn lý do trong danh sách."})


class NothingAsked(Malformed):
    """A request for more that asks for nothing."""

    code = "nothing_asked"

    def __init__(self) -> None:
        text = "Ghi ít nhất một giấy tờ hoặc nội dung cần bổ sung, hoàn thiện."
        super().__init__(text, {"items": text})


class NoReceipt(Refusal):
    """There is no receipt that could be replaced."""

    code = "no_receipt"
    message = "Hồ sơ chưa có giấy tiếp nhận nên chưa có giấy để cấp lại."


class PeriodTooLong(Malformed):
    """The register of that period has too many lines for one print."""

    code = "period_too_long"

    def __init__(self, most: int) -> None:
        lines = f"{most:,}".replace(",", ".")
        text = f"Khoảng thời gian này có hơn {lines} hồ sơ. Chọn khoảng ngắn hơn để xem và in."
        super().__init__(text, {"tu": text})
