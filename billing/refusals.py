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


class ContractRefused(Exception):
    """A contract that cannot be taken; the faults say where and why (for operators, in English)."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"contract {name} is refused: " + "; ".join(map(str, faults)))


class UnknownTenant(Exception):
    """A contract names a tenant that does not exist."""
