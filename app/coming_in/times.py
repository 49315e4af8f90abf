"""When things happened to an old dossier, and whether that can be so. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from app.coming_in import days
from app.coming_in.judging import Judged, Words

_ORDER = ("filed", "received", "finished", "delivered")
_NAMES = {
    "filed": "ngày nộp", "received": "ngày tiếp nhận", "finished": "ngày kết thúc",
    "delivered": "ngày trả kết quả",
}  # fmt: skip
_UNFINISHED = (
    "Hồ sơ đã xong nhưng thiếu ngày kết thúc; hãy điền, hoặc chọn cột ngày trả làm ngày kết thúc"
    " trong tệp ánh xạ."
)
_RECEIVED_ANYHOW = (2, 4, 8, 9, 10)


class Times(Struct, frozen=True, kw_only=True):
    """The moments of a dossier as its row keeps them; `ended` when the last of it happened."""

    filed: datetime
    received: datetime | None
    due: datetime | None
    finished: datetime | None
    delivered: datetime | None
    ended: datetime


def times(row: Judged, status: int, words: Words, now: datetime) -> Times | None:
    """The moments that belong to the status; None with a fault when they cannot be."""
    found = {field: row.moment(field, words) for field in _ORDER}
    due = row.moment("due", words, alone=days.CLOSING)
    filed = found["filed"] or found["received"]
    if filed is None:
        if row.ok:
            row.fault("filed", "Thiếu ngày nộp và ngày tiếp nhận; hãy điền một trong hai.")
        return None
    received = _received(row, status, filed, found["received"])
    _must_fit(row, status, found)
    _in_order(row, [(name, at) for name, at in found.items() if at], now)
    if due is not None and received is not None and due < received:
        row.fault("due", "Ngày hẹn trả trước ngày tiếp nhận; hãy kiểm tra lại.")
    delivered = found["delivered"] if status == 10 else None
    if status == 10 and delivered is None:
        row.note("delivered", "Chưa có ngày trả kết quả; lấy ngày kết thúc.")
        delivered = found["finished"]
    ended = [at for at in (*found.values(), filed) if at is not None]
    return Times(
        filed=filed,
        received=received,
        due=due if received else None,
        finished=found["finished"] if status in (9, 10) else None,
        delivered=delivered,
        ended=max(ended),
    )


def _received(
    row: Judged, status: int, filed: datetime, received: datetime | None
) -> datetime | None:
    """What was never received has no such day; where it is left out, the day of filing stands."""
    if status in (1, 3):
        return None
    if received is None and status in _RECEIVED_ANYHOW:
        row.note("received", "Chưa có ngày tiếp nhận; lấy ngày nộp.")
        return filed
    return received


def _must_fit(row: Judged, status: int, found: dict[str, datetime | None]) -> None:
    if status in (9, 10) and found["finished"] is None and not row["finished"]:
        row.fault("finished", _UNFINISHED)
    if status in (1, 2, 4):
        for field in ("finished", "delivered"):
            if found[field] is not None:
                row.fault(field, "Hồ sơ đang xử lý mà đã có ngày này; sửa trạng thái hoặc ngày.")


def _in_order(row: Judged, found: Sequence[tuple[str, datetime]], now: datetime) -> None:
    for name, at in found:
        if at > now:
            row.fault(name, "Ngày này ở tương lai; hãy kiểm tra lại.")
    for (before, first), (name, second) in pairwise(found):
        if second < first:
            row.fault(name, f"Ngày này trước {_NAMES[before]}; hãy kiểm tra lại.")
