"""The ten statuses of a dossier (trạng thái hồ sơ), and what is kept apart from them. Pure.

The statuses are the national portal's codes, word for word. Whether money is owed and whether the
result has left the house are states of their own: a finished dossier may be unpaid.
"""

from enum import IntEnum, StrEnum


class Status(IntEnum):
    """The ten statuses (trạng thái hồ sơ) by the national portal's numbers."""

    REGISTERED = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    PROCESSING = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    DELIVERED = 10

    @property
    def title(self) -> str:
        """The name people read, word for word the national one."""
        return STATUS_NAMES[self]


STATUS_NAMES = {
    Status.REGISTERED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.NOT_RECEIVED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT_ASKED: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT_ASKED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.FINISHED: "Đã xử lý xong",
    Status.DELIVERED: "Đã trả kết quả",
}

# Nothing more happens to a dossier that stands here.
ENDED = frozenset({Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED, Status.DELIVERED})
# Officers are at work on it; the clock of the whole procedure runs.
RUNNING = (Status.RECEIVED, Status.PROCESSING)
# It waits for its citizen; the clock stands still.
ASKED = (Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED)


class Finance(StrEnum):
    """Whether the citizen owes the State anything (tình trạng nghĩa vụ tài chính)."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"


class Delivery(StrEnum):
    """Where the result is (tình trạng trả kết quả)."""

    NONE = "none"
    READY = "ready"
    POSTED = "posted"
    GIVEN = "given"
