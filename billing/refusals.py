"""Why the books refuse; the vendor's screens show `message` as it is."""

from billing.shapes import Fault


class BooksRefuse(Exception):
    """Something the books do not allow: `message` is a Vietnamese sentence that says what to do."""

    code = "refused"
    message = "Chưa thực hiện được. Vui lòng kiểm tra lại."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.message)


class NoContract(BooksRefuse):
    """The tenant has no contract at all."""

    code = "no_contract"
    message = "Đơn vị này chưa có hợp đồng trong sổ. Vui lòng nạp hợp đồng trước."


class MonthNotOver(BooksRefuse):
    """A month is closed only when it has ended in Vietnam."""

    code = "month_not_over"
    message = "Tháng này chưa kết thúc. Vui lòng chốt bảng kê từ ngày đầu của tháng sau."


class OverQuota(BooksRefuse):
    """The contract's limit of this month is used up, and more is refused."""

    code = "over_quota"
    message = (
        "Đã dùng hết mức của tháng này theo hợp đồng. Vui lòng liên hệ nhà cung cấp dịch vụ "
        "hoặc thực hiện lại từ ngày đầu của tháng sau."
    )


class SourceUnfit(BooksRefuse):
    """A meter's name or what it is to count is not fit for a token."""

    code = "source_unfit"
    message = "Nguồn đo cần một tên không có dấu cách và ít nhất một chỉ số đã có trong danh mục."


class MonthClosed(BooksRefuse):
    """A closed month is not changed; what is late is adjusted in the next."""

    code = "month_closed"
    message = "Tháng này đã chốt. Vui lòng điều chỉnh trong bảng kê của tháng còn mở."


class StepRefused(BooksRefuse):
    """The statement is not at this step, or it is the other side's to take."""

    code = "step_refused"
    message = "Bảng kê chưa đến bước này hoặc đã qua bước này. Vui lòng mở lại trang để xem."


class ReferenceMissing(BooksRefuse):
    """A step rests on a paper, which must be named."""

    code = "reference_missing"
    message = "Vui lòng ghi số biên bản, hóa đơn hoặc chứng từ làm căn cứ."


class CreditRefused(BooksRefuse):
    """The contract knows no such penalty, or the entry is incomplete."""

    code = "credit_refused"
    message = "Vui lòng chọn điều khoản giảm trừ trong hợp đồng, ghi số trường hợp và lý do."


class CreditKnown(BooksRefuse):
    """The very same breach of that month is entered already."""

    code = "credit_known"
    message = "Vi phạm này đã được ghi. Nếu là sự cố khác, vui lòng ghi số biên bản của sự cố đó."


class RateUnknown(BooksRefuse):
    """An invoice needs a rate of tax, which the contract does not give."""

    code = "rate_unknown"
    message = (
        "Hợp đồng chưa ghi thuế suất giá trị gia tăng. Vui lòng bổ sung bằng phụ lục "
        "trước khi xuất dữ liệu hóa đơn."
    )


class CorrectionUnfit(BooksRefuse):
    """Not a fact that can be corrected, or no more."""

    code = "correction_unfit"
    message = (
        "Chưa điều chỉnh được: số liệu không có trong sổ, đã được điều chỉnh, đang chờ duyệt "
        "hoặc thiếu lý do. Vui lòng mở lại trang để xem."
    )


class OwnCorrection(BooksRefuse):
    """Nobody approves or turns down what he asked for himself."""

    code = "own_correction"
    message = (
        "Người đề nghị không được tự duyệt. Vui lòng để tài khoản vận hành khác đăng nhập và duyệt."
    )


class ContractRefused(Exception):
    """A contract that cannot be taken; the faults say where and why (for operators, in English)."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"contract {name} is refused: " + "; ".join(map(str, faults)))


class UnknownTenant(Exception):
    """A contract names a tenant that does not exist."""
