"""What an administrator may be told about a changed calendar."""

from app.refusals import NotFound, Refusal


class NoSuchDraft(NotFound):
    """There is no such draft here."""

    message = "Không tìm thấy dự thảo lịch làm việc này. Vui lòng chọn lại trong danh sách."


class DraftClosed(Refusal):
    """It was approved or discarded before."""

    code = "draft_closed"
    message = "Dự thảo này đã được phê duyệt hoặc hủy trước đó. Vui lòng tải lại trang."


class DraftStale(Refusal):
    """The calendar has changed since, and the draft makes no sense on it any more."""

    code = "draft_stale"
    message = (
        "Lịch làm việc đã thay đổi sau khi lập dự thảo này nên không áp dụng được nữa. "
        "Vui lòng hủy và lập dự thảo mới."
    )
