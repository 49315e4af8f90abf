"""The exchange with other systems (liên thông) in words: what a message is, how it stands, and what
follows when it is given up."""

from app.doors.desk.lists_view import deadline_kind, short_moment
from app.onestop.deadlines.calendar import Calendar
from app.onestop.deadlines.rules import remaining
from app.onestop.exchange.queries import FarWork, Sent
from infra.clock import now

Tag = tuple[str, str]  # kind and words

KINDS = {
    "request": "Yêu cầu giải quyết",
    "supplement": "Giấy tờ bổ sung",
    "withdrawal": "Rút yêu cầu",
    "acceptance": "Báo đã tiếp nhận",
    "question": "Yêu cầu bổ sung giấy tờ",
    "answer": "Trả kết quả giải quyết",
}
# What the other side will never know, and what is to be done about it.
FOLLOWS = {
    "request": "Hệ thống kia không nhận được yêu cầu và phần việc vẫn chờ. Sau đó mở hồ sơ và chọn "
    "“Tiếp tục, không chờ kết quả”.",
    "supplement": "Giấy tờ bổ sung không đến hệ thống kia và hồ sơ bên đó tiếp tục chờ.",
    "withdrawal": "Hệ thống kia không biết yêu cầu đã rút và có thể vẫn giải quyết.",
    "acceptance": "Hệ thống kia không được báo hồ sơ đã tiếp nhận và ngày hẹn.",
    "question": "Hệ thống kia không biết cần bổ sung giấy tờ và hồ sơ tiếp tục chờ.",
    "answer": "Hệ thống kia không nhận được kết quả và hồ sơ bên đó tiếp tục chờ. Cần gửi kết quả "
    "bằng cách khác.",
}
_SYNC: dict[str, Tag] = {
    "pending": ("paused", "Đang gửi"),
    "taken": ("ok", "Đã nhận"),
    "refused": ("late", "Bên kia không nhận"),
    "stuck": ("late", "Chưa gửi được"),
    "dropped": ("done", "Đã bỏ qua"),
}
_OUTCOMES: dict[str | None, Tag] = {
    None: ("paused", "Chờ tiếp nhận"),
    "accepted": ("ok", "Đang giải quyết"),
    "asked": ("soon", "Yêu cầu bổ sung giấy tờ"),
    "finished": ("done", "Đã có kết quả"),
    "ended": ("late", "Kết thúc, không có kết quả"),
}
_OPEN = (None, "accepted", "asked")


def work_tag(work: FarWork) -> Tag:
    """How the work stands with the other system."""
    if work.left_at is not None and work.outcome in _OPEN:
        return "done", "Đã rút yêu cầu"
    return _OUTCOMES[work.outcome]


def sync_tag(state: str | None) -> Tag | None:
    """The state of the exchange (trạng thái đồng bộ); None where nothing was sent."""
    return _SYNC[state] if state else None


def message_note(sent: Sent) -> str:
    """What is to be said of one message beside its state."""
    if sent.state == "taken" and sent.taken_at:
        return short_moment(sent.taken_at)
    if sent.state == "pending" and sent.error:
        return f"{sent.error} Lần gửi tiếp theo: {short_moment(sent.next_at)}."
    return sent.error or ""


def deadline_tag(work: FarWork, calendar: Calendar) -> Tag:
    """How much of its time the other system has left."""
    if work.wanted_by is None:
        return "paused", "Tạm dừng"
    left = remaining(now(), work.wanted_by, calendar)
    return deadline_kind(left), left.text
