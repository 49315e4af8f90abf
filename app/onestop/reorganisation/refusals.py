"""What people may be told about reorganisations."""

from collections.abc import Sequence

from app.refusals import NotFound, Refusal


class PlanFaulty(Refusal):
    """The plan contradicts itself or the organisation as it stands; `faults` says where."""

    status = 422
    code = "plan_faulty"
    message = "Phương án sắp xếp có nội dung cần sửa."

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join([type(self).message, *self.faults[:20]]))

    def __str__(self) -> str:
        # The command line shows all of them.
        return "\n".join([type(self).message, *self.faults])


class PlanUnreadable(Refusal):
    """The description is no plan: a word is unknown or missing."""

    status = 422
    code = "plan_unreadable"
    message = "Tệp phương án sắp xếp không đúng cấu trúc."

    def __str__(self) -> str:
        return self.message


class NoSuchReorganisation(NotFound):
    """There is no such reorganisation here."""

    code = "no_such_reorganisation"
    message = "Không tìm thấy phương án sắp xếp này."
