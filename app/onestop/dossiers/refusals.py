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
        "Vui lòng liên hệ quản trị của đơn vị để bổ sung chức danh."
    )


class ResultMissing(Refusal):
    """Finished means the result is there."""

    code = "result_missing"
    message = "Chưa có tệp kết quả. Đính kèm kết quả, hoặc chọn kết quả chỉ có bản giấy."
