"""What an administrator may be told about a workflow."""

from collections.abc import Sequence

from app.onestop.workflows.shapes import Fault
from app.refusals import Malformed, NotFound, Refusal


class NoSuchWorkflow(NotFound):
    """There is no such version here."""

    message = "Không tìm thấy quy trình này. Vui lòng chọn lại trong danh sách."


class WorkflowFaulty(Malformed):
    """The definition cannot be used as it is; `faults` say where and why."""

    code = "workflow_faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"Quy trình còn {len(self.faults)} chỗ cần sửa nên chưa dùng được.",
            {"document": f"Sửa {len(self.faults)} chỗ đã nêu rồi lưu lại."},
        )


class NotADraft(Refusal):
    """A published version never changes, and is published once."""

    code = "not_a_draft"
    message = (
        "Phiên bản này đã công bố nên không sửa hoặc công bố lại được. Vui lòng lập bản nháp mới."
    )


class NotInUse(Refusal):
    """Only what is published can be retired or taken up by dossiers."""

    code = "not_in_use"
    message = (
        "Phiên bản này chưa công bố hoặc đã ngừng dùng. Vui lòng chọn một phiên bản đang dùng."
    )
