"""The appointment as it may be relied on: a date that will move says so."""

from app.onestop.dossiers.rules import Status

_ON_ITS_WAY = "Sẽ có khi cơ quan có thẩm quyền nhận hồ sơ"
_DONE = {Status.FINISHED, Status.DELIVERED}
_NO_RESULT = {Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED}


def due_words(status: Status, due: str, *, paused: bool = False) -> str:
    """What is said of the date `due`, which is "" before the reception, and while what another
    agency's desk took in is on its way."""
    if status in _NO_RESULT:
        return "Không còn hẹn, hồ sơ đã kết thúc"
    if status is Status.SUPPLEMENT_ASKED:
        return "Sẽ hẹn lại khi hồ sơ được bổ sung"
    if due and (status is Status.PAYMENT_ASKED or paused):
        return f"{due}, sẽ dời vì đang tạm dừng"
    if not due and status in _DONE:  # Carried over from a system that knew none.
        return "Không ghi ngày hẹn"
    return due or (_ON_ITS_WAY if status is Status.RECEIVED else "")
