"""What people may be told about a dossier."""

from collections.abc import Sequence

from app.onestop.catalog.shapes import Paper
from app.refusals import Malformed, NotAllowed, Refusal


class PapersMissing(Malformed):
    """Required papers are not there; `papers` are they, `fields` marks their lines."""

    code = "papers_missing"

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers = tuple(papers)
        names = "; ".join(paper.short for paper in papers)
        super().__init__(
            f"Hồ sơ còn thiếu giấy tờ bắt buộc: {names}.",
            {f"paper.{paper.id}": f"Bổ sung: {paper.short}." for paper in papers},
        )


class AlreadySubmitted(Refusal):
    """The declaration was submitted meanwhile, perhaps in another window."""

    code = "already_submitted"
    message = (
        "Tờ khai này đã được nộp nên không sửa hoặc bỏ được nữa. "
        "Ông/bà vui lòng mở Hồ sơ của tôi để theo dõi hồ sơ đã nộp."
    )


class CaseNeeded(Malformed):
    """The procedure has several cases of papers and none was chosen."""

    code = "case_needed"

    def __init__(self) -> None:
        super().__init__(fields={"case_id": "Chọn trường hợp của ông/bà để biết giấy tờ cần nộp."})


class FormUsed(Refusal):
    """The form was saved before, for somebody else: Back was pressed and the next person typed."""

    code = "form_used"

    def __init__(self, code: str, name: str) -> None:
        super().__init__(
            f"Biểu mẫu này đã được lưu thành hồ sơ {code} của {name}. "
            "Vui lòng kiểm tra nội dung bên dưới rồi lưu lần nữa để lập hồ sơ mới."
        )


class LimitNeeded(Malformed):
    """Nothing is published about the time: the officer sets it."""

    code = "limit_needed"

    def __init__(self) -> None:
        text = "Thủ tục chưa công bố thời hạn. Nhập số ngày làm việc, từ 1 đến 365."
        super().__init__(text, {"working_days": text})


class NotYourTurn(NotAllowed):
    """Another post of the same kind has the dossier."""

    code = "not_your_turn"
    message = "Hồ sơ đang do chức danh khác xử lý. Ông/bà chưa đến lượt thực hiện việc này."


class NobodyThere(Refusal):
    """The next step has no post to go to."""

    code = "nobody_there"
    message = (
        "Cơ quan chưa có chức danh cho bước tiếp theo. "
        "Vui lòng liên hệ quản trị viên của đơn vị để bổ sung chức danh."
    )


class SuccessorUnclear(Refusal):
    """The workflow names an agency that ended and was followed by several."""

    code = "successor_unclear"
    message = (
        "Cơ quan ghi trong quy trình đã kết thúc hoạt động và có nhiều cơ quan kế thừa. "
        "Vui lòng liên hệ quản trị viên của đơn vị để chọn cơ quan trong quy trình."
    )


class ResultMissing(Refusal):
    """Finished means the result is there."""

    code = "result_missing"
    message = "Chưa có tệp kết quả. Đính kèm kết quả, hoặc chọn kết quả chỉ có bản giấy."


class AlreadyDecided(Refusal):
    """The leaders have settled the result: nobody may stop it or ask for more."""

    code = "already_decided"
    message = (
        "Hồ sơ đã có quyết định giải quyết nên không dừng, rút hoặc yêu cầu bổ sung được nữa. "
        "Ông/bà vui lòng hoàn thành và trả kết quả."
    )


class ClockPaused(Refusal):
    """The time is not counted now; what moves the dossier waits until it is again."""

    code = "clock_paused"
    message = (
        "Hồ sơ đang tạm dừng tính thời hạn. "
        "Bấm “Tiếp tục tính thời hạn” trước khi thực hiện việc này."
    )


class WaitedFor(Refusal):
    """The workflow awaits something: no time is counted and nothing moves until it has come."""

    code = "waited_for"
    message = (
        "Hồ sơ đang chờ theo quy trình nên thời hạn tạm dừng. "
        "Khi phần đang chờ đã có trả lời, ghi nhận việc đó trước khi thực hiện việc này."
    )


class LeaderAsksAgain(NotAllowed):
    """A second request for papers counts as late, so a leader decides."""

    code = "leader_asks_again"
    message = (
        "Hồ sơ đã được yêu cầu bổ sung một lần. Yêu cầu lần nữa bị tính là giải quyết quá hạn "
        "và do lãnh đạo quyết định. Vui lòng báo cáo lãnh đạo."
    )


class NotConfirmed(Malformed):
    """The leader must say that the consequence of asking again is known."""

    code = "not_confirmed"

    def __init__(self) -> None:
        super().__init__(
            fields={
                "confirmed": "Đánh dấu để xác nhận: yêu cầu bổ sung từ lần thứ hai bị tính là "
                "giải quyết quá hạn."
            }
        )


class ExtensionTooLate(Refusal):
    """The deadline is over: an apology comes before it."""

    code = "extension_too_late"
    message = (
        "Hồ sơ đã quá hạn nên không gia hạn được nữa. Vui lòng giải quyết và trả kết quả ngay; "
        "quá hạn không ngăn việc trả kết quả."
    )


class ExtendedBefore(Refusal):
    """An appointment is put off once only."""

    code = "extended_before"
    message = "Hồ sơ đã được gia hạn một lần; mỗi hồ sơ chỉ được hẹn lại một lần."


class NotLater(Malformed):
    """The new appointment must be later and in office hours."""

    code = "not_later"

    def __init__(self) -> None:
        super().__init__(fields={"until": "Chọn ngày làm việc sau ngày hẹn hiện tại để hẹn lại."})


class NothingNew(Refusal):
    """The citizen says the papers are there, and none has come since they were asked for."""

    code = "nothing_new"
    message = (
        "Chưa có giấy tờ nào được bổ sung. Ông/bà vui lòng tải giấy tờ còn thiếu lên, "
        "sau đó bấm “Gửi bổ sung”."
    )


class AlreadyTaken(Refusal):
    """The next one has begun with it, so it cannot be taken back."""

    code = "already_taken"
    message = (
        "Hồ sơ đã được phân công cho người xử lý ở bước sau nên không rút lại được. "
        "Vui lòng trao đổi với người đó để được trả lại."
    )


class NotAHolder(Malformed):
    """Work is assigned to somebody who holds the post today."""

    code = "not_a_holder"

    def __init__(self) -> None:
        super().__init__(fields={"to": "Chọn cán bộ đang giữ chức danh này."})


class AskElsewhere(Malformed):
    """An agency does not ask itself."""

    code = "ask_elsewhere"

    def __init__(self) -> None:
        super().__init__(fields={"agency_id": "Chọn cơ quan khác với cơ quan đang xử lý hồ sơ."})


class LaterDay(Malformed):
    """An answer is asked for by a working day to come."""

    code = "later_day"

    def __init__(self) -> None:
        super().__init__(fields={"answer_by": "Chọn một ngày làm việc sắp tới."})


class StepNeeded(Malformed):
    """In the new version it is not plain where the dossier stands: a person says it."""

    code = "step_needed"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Chưa xác định được bước của hồ sơ {code} trong phiên bản mới. "
            "Chọn bước cho hồ sơ này.",
            {"step": "Chọn bước của hồ sơ trong phiên bản mới."},
        )


class AlreadyEnded(Refusal):
    """What is finished or was never received stays with the version it had."""

    code = "already_ended"
    message = "Hồ sơ chưa tiếp nhận hoặc đã giải quyết xong nên không chuyển phiên bản quy trình."
