"""What an officer may be told about a clock that cannot do as asked."""

from app.onestop.deadlines.shapes import Answer
from app.refusals import Malformed, Refusal

_SENTENCES = {
    Answer.NOT_STARTED: "Hồ sơ chưa bắt đầu tính thời hạn. Vui lòng tiếp nhận hồ sơ trước.",
    Answer.ALREADY_STARTED: "Thời hạn của hồ sơ đã được tính. Vui lòng tải lại trang.",
    Answer.PAUSED: "Hồ sơ đang tạm dừng tính thời hạn. Vui lòng tính tiếp thời hạn trước.",
    Answer.NOT_PAUSED: "Hồ sơ không tạm dừng tính thời hạn. Vui lòng tải lại trang.",
    Answer.STOPPED: "Việc tính thời hạn của hồ sơ đã kết thúc. Vui lòng tải lại trang.",
    Answer.ALREADY_EXTENDED: "Hồ sơ đã được hẹn lại một lần, không hẹn lại lần nữa. "
    "Vui lòng khẩn trương giải quyết và trả kết quả.",
    Answer.EXPIRED: "Hồ sơ đã quá hạn, không hẹn lại ngày trả được nữa. "
    "Vui lòng khẩn trương giải quyết và trả kết quả.",
    Answer.NOT_LATER: "Chọn ngày hẹn trả mới sau ngày hẹn trả hiện tại.",
    Answer.NOT_WORKING: "Chọn ngày hẹn trả mới trong giờ làm việc.",
}


class ClockRefuses(Refusal):
    """The ledger does not allow this row now; `answer` says why."""

    code = "clock_refuses"

    def __init__(self, answer: Answer) -> None:
        super().__init__(_SENTENCES[answer])
        self.answer = answer


class UnknownReason(Malformed):
    """No law in force allows a pause for that reason."""

    code = "unknown_reason"

    def __init__(self) -> None:
        super().__init__(fields={"reason": "Chọn lý do tạm dừng trong danh sách."})
